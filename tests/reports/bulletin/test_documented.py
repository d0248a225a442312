"""What docs/bulletin.md shows can be used as it stands."""

import re
from decimal import Decimal
from pathlib import Path

from reports.baselines import read_baselines

PAGE = Path(__file__).parents[3] / "docs" / "bulletin.md"


def test_the_baselines_shown_can_be_loaded() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert read_baselines(shown.encode()).hours("import", "CN-JS") == Decimal("88.10")
