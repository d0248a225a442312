"""Run mypy over the tests and the load tests, one folder at a time: files repeat names and are no
packages."""

import os
import subprocess
import sys
from pathlib import Path

from tree import python_files

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Exit status: that of the first folder that fails."""
    folders = sorted({file.parent for file in python_files("tests", "load_tests")})
    for folder in folders:
        files = [str(f) for f in sorted(folder.glob("*.py"))]
        command = [sys.executable, "-m", "mypy", "--no-error-summary", *files]
        beside = {**os.environ, "MYPYPATH": str(ROOT / "tests" / "house")}
        status = subprocess.run(command, cwd=ROOT, env=beside, check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
