"""Run mypy over the tests and the load tests, as packages below the root: files repeat names.

The tools of this folder import one another by their names alone, so they are a run of their own.
"""

import os
import subprocess
import sys
from pathlib import Path

from tree import ROOT, python_files

HOUSE = Path(__file__).resolve().parent


def main() -> int:
    """Exit status: that of the first run that fails."""
    files = python_files("tests", "load_tests")
    house = [file for file in files if HOUSE in file.parents]
    return _run([file for file in files if file not in house]) or _run(house)


def _run(files: list[Path]) -> int:
    command = [sys.executable, "-m", "mypy", "--no-error-summary", *map(str, files)]
    beside = {**os.environ, "MYPYPATH": str(HOUSE)}
    return subprocess.run(command, cwd=ROOT, env=beside, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
