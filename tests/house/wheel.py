"""Build the wheel, install it in an empty place, and import every package from there."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRY = """
import pathlib, sys
import events.codec, timing.limits, timing.review, sinks.rows, streams.settings, portclock.cli
here = pathlib.Path(sys.argv[1])
assert all(pathlib.Path(m.__file__).is_relative_to(here) for m in (events.codec, portclock.cli))
assert not list(timing.review.complaints(timing.limits.PUBLISHED))
assert len(timing.limits.load_register().editions) >= 3
"""


def main() -> None:
    """Raises CalledProcessError if any step fails."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "wheel", "--no-deps", "--wheel-dir", folder, str(ROOT)])
        (wheel,) = Path(folder).glob("*.whl")
        site = Path(folder, "site")
        _run([*pip, "install", "--no-deps", "--target", str(site), str(wheel)])
        _run([sys.executable, "-c", TRY, str(site)], cwd=folder, env={"PYTHONPATH": str(site)})
    print(f"wheel: {wheel.name} installs and imports", file=sys.stderr)


def _run(command: list[str], cwd: str | None = None, env: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, cwd=cwd, env=env)


if __name__ == "__main__":
    main()
