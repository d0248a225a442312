"""Every rule that a vintage cites has a source that can be looked up."""

from pathlib import Path

import pytest

from timing.disclosure.rules import disclosure
from timing.measures.rules import measure_rules
from timing.measures.sources import source_of

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("rule", [*measure_rules().ids.values(), disclosure().id])
def test_a_rule_is_from_an_address_or_stated_on_a_page_of_ours(rule: str) -> None:
    source = source_of(rule)
    assert source.startswith("https://") or rule in (ROOT / source).read_text(encoding="utf-8")


def test_a_rule_without_a_source_is_named() -> None:
    with pytest.raises(KeyError, match=r"sources\.toml has no source of fence/9"):
        source_of("fence/9")
