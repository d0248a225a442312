"""Stores anew what the examples become: `python tests/golden/rewrite.py`. Review the difference."""

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    folder = Path(__file__).parent
    for kept in folder.glob("*/**/*.json"):
        kept.unlink()
    sys.exit(pytest.main(["--quiet", "--rewrite-golden", str(folder)]))
