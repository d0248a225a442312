"""What the tests of the door share."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """kafka-python reads its own files in a way that Python 3.11 calls deprecated."""
    config.addinivalue_line(
        "filterwarnings", "ignore:(read|open)_text is deprecated:DeprecationWarning"
    )
