"""Build the wheel, install it in an empty place, and import every package from there.

Pure, unless PORTCLOCK_COMPILED=1 asks for one with the law as machine code; it says which it is."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRY = """
import pathlib, sys
import events.codec, timing.limits, timing.review, sinks.rows, streams.settings, portclock.cli
from timing.compiled import compiled
here = pathlib.Path(sys.argv[1])
assert compiled() == (sys.argv[2] == 'compiled'), 'another build than was asked for'
assert all(pathlib.Path(m.__file__).is_relative_to(here) for m in (events.codec, portclock.cli))
assert not list(timing.review.complaints(timing.limits.PUBLISHED))
assert len(timing.limits.load_register().editions) >= 3
"""


def main() -> None:
    """Raises CalledProcessError if any step fails."""
    build = "compiled" if os.environ.get("PORTCLOCK_COMPILED") == "1" else "pure"
    # A compiled build reads the types of what the law imports, so it is made where that is.
    isolation = ["--no-build-isolation"] if build == "compiled" else []
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "wheel", "--no-deps", *isolation, "--wheel-dir", folder, str(ROOT)])
        (wheel,) = Path(folder).glob("*.whl")
        site = Path(folder, "site")
        _run([*pip, "install", "--no-deps", "--target", str(site), str(wheel)])
        command = [sys.executable, "-c", TRY, str(site), build]
        _run(command, cwd=folder, env={"PYTHONPATH": str(site)})
    print(f"wheel: {wheel.name} ({build}) installs and imports", file=sys.stderr)


def _run(command: list[str], cwd: str | None = None, env: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, cwd=cwd, env=env)


if __name__ == "__main__":
    main()
