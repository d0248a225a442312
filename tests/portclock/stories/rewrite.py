"""Stores the stories anew: `python tests/portclock/stories/rewrite.py`. Review the difference."""

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    folder = Path(__file__).parent
    for kept in folder.glob("*.txt"):
        kept.unlink()
    sys.exit(pytest.main(["--quiet", "--rewrite-stories", str(folder)]))
