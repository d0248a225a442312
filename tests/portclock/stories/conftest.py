"""Golden stories: what a visit is told as, stored, reviewed, compared.

`python tests/portclock/stories/rewrite.py` stores them anew; the difference in git is the review.
"""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-stories", action="store_true", help="store them as told today")


@pytest.fixture
def rewriting(request: pytest.FixtureRequest) -> bool:
    """Whether the stories are to be stored rather than compared."""
    return bool(request.config.getoption("--rewrite-stories", default=False))
