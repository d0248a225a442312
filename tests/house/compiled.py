"""Build the law compiled into build/compiled and run the same tests over it.

    python tests/house/compiled.py [ARGUMENTS OF PYTEST...]

Builds anew only what changed. Left out are tests marked `plain`, which break a module from within:
machine code does not notice that, so they say nothing there. The mutants of tests/properties do the
same and are not among the folders. Must never touch the modules in the working tree.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "build" / "compiled"
FOLDERS = ("tests/events", "tests/timing", "tests/golden")
PROOF = """
import pathlib, sys
import timing.findings
from timing.compiled import compiled
here = pathlib.Path(sys.argv[1])
assert compiled(), "the law was built plain"
assert pathlib.Path(timing.findings.__file__).is_relative_to(here), timing.findings.__file__
"""


def main() -> int:
    """Exit status: that of pytest. Raises CalledProcessError where nothing compiled came about."""
    build(PLACE)
    prove(PLACE)
    print("compiled: the same tests over machine code", file=sys.stderr)
    return _tests(PLACE, sys.argv[1:])


def build(place: Path) -> None:
    """All packages with their data, the hot modules as machine code. Raises CalledProcessError."""
    command = [sys.executable, "setup.py", "--quiet", "build"]
    folders = ["--build-lib", str(place), "--build-temp", str(place.with_name("compiled-objects"))]
    told = subprocess.run(
        [*command, *folders], cwd=ROOT, env={**os.environ, "PORTCLOCK_COMPILED": "1"},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if told.returncode:
        print(told.stdout, told.stderr, sep="\n", file=sys.stderr)
    told.check_returncode()


def prove(place: Path) -> None:
    """Raises CalledProcessError unless the law that is found first in a place is machine code."""
    subprocess.run(
        [sys.executable, "-P", "-c", PROOF, str(place)], cwd=place, check=True,
        env={**os.environ, "PYTHONPATH": str(place)},
    )  # fmt: skip


def _tests(place: Path, arguments: list[str]) -> int:
    """Without the safe path, pytest would find the modules of the working tree first."""
    pytest = [sys.executable, "-P", "-m", "pytest", "-q", "-o", f"pythonpath={place}"]
    chosen = ["-m", "not plain", *(arguments or ["-n", "2", "--dist", "loadfile", *FOLDERS])]
    beside = {**os.environ, "PYTHONPATH": str(place), "PORTCLOCK_EXPECTS": "compiled"}
    return subprocess.run([*pytest, *chosen], cwd=ROOT, env=beside, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
