"""Golden files: what every example becomes, stored, reviewed, compared.

One folder per reading of the examples: `facts` (decoded events), `refusals` (why not). Another
reading (outcomes, rows) is another folder and another test file that uses the `golden` fixture.
`python tests/golden/rewrite.py` rewrites the files; the difference in git is the review.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden", action="store_true", help="store what the examples become today"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, Any], None]:
    """Compare a JSON value with the file of that name below tests/golden, or rewrite the file."""

    def compare(name: str, found: Any) -> None:
        path = GOLDEN / f"{name}.json"
        text = json.dumps(found, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        if request.config.getoption("--rewrite-golden", default=False):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing; run python tests/golden/rewrite.py"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def golden_names() -> Callable[[str], set[str]]:
    """The names of the golden files of one folder, to find those that nothing makes any more."""

    def names(folder: str) -> set[str]:
        root = GOLDEN / folder
        return {str(path.relative_to(root).with_suffix("")) for path in root.glob("**/*.json")}

    return names
