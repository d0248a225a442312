"""System programs that some tests ask for: found on the PATH, else had from the machine's packages.

Knows Debian's package names and two ways to get them: unpacked below .venv/programs, which starts
no service and leaves the machine as it is but for a folder that a program wants at a fixed place;
or installed, where it cannot live without its libraries. Must never know what a test does with a
program, nor where packages come from: apt-get has its own sources. By hand:
`python tests/house/programs.py [NAME...]` gets them and prints their paths.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".venv" / "programs"
UPDATE_WITHIN_S: Final = 90
FETCH_WITHIN_S: Final = 120
UNPACK_WITHIN_S: Final = 60
INSTALL_WITHIN_S: Final = 240
CJK_FONTS: Final = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc",
)


class Missing(Exception):
    """One sentence: which program is not here, why, and how to get it."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program and the packages it needs. `whole` ones are installed, others only unpacked.

    `with_any_of` are files of which one must be there too, such as fonts; `at` is a folder of its
    own package that it looks for at that place and nowhere else.
    """

    name: str
    packages: tuple[str, ...]
    whole: bool = False
    with_any_of: tuple[str, ...] = ()
    at: Path | None = None


TEMPLATES: Final = Path("/usr/share/prometheus/alertmanager")
PROGRAMS: Final = {
    program.name: program
    for program in (
        Program("chromium", ("chromium", "fonts-noto-cjk"), whole=True, with_any_of=CJK_FONTS),
        Program("prometheus", ("prometheus",)),
        Program("promtool", ("prometheus",)),
        Program("prometheus-alertmanager", ("prometheus-alertmanager",), at=TEMPLATES),
        Program("amtool", ("prometheus-alertmanager",)),
    )
}


def provide(
    program: Program,
    folder: Path = FOLDER,
    which: Callable[[str], str | None] = shutil.which,
) -> Path:
    """The program's path: from the PATH, from `folder`, or had now. Raises Missing."""
    if found := here(program, folder, which):
        return found
    if which("apt-get") is None:
        raise _missing(program, "there is no apt-get on this machine")
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        if not here(program, folder, which):
            (_install if program.whole else _unpack)(program, folder)
    if found := here(program, folder, which):
        return found
    raise _missing(program, "its packages came without it")


def here(program: Program, folder: Path, which: Callable[[str], str | None]) -> Path | None:
    """The program if it is on this machine already, with all that it needs."""
    if program.with_any_of and not any(Path(file).exists() for file in program.with_any_of):
        return None
    if program.at and not program.at.exists():
        return None
    unpacked = [folder / package / "usr/bin" / program.name for package in program.packages]
    on_path = which(program.name)
    candidates = ([Path(on_path)] if on_path else []) + unpacked
    return next((path for path in candidates if path.exists()), None)


def _unpack(program: Program, folder: Path) -> None:
    """Download and unpack beside first: a broken fetch never looks like a finished one."""
    for package in program.packages:
        if (folder / package).is_dir():
            continue
        half = folder / f"{package}.part"
        shutil.rmtree(half, ignore_errors=True)
        (half / "root").mkdir(parents=True)
        _say(f"{program.name}: downloading the package {package}")
        _fetched(program, ["apt-get", "download", package], FETCH_WITHIN_S, half)
        (archive,) = half.glob("*.deb")
        unpack = ["dpkg-deb", "--extract", str(archive), str(half / "root")]
        if trouble := _run(unpack, UNPACK_WITHIN_S, half):
            raise _missing(program, trouble)
        os.replace(half / "root", folder / package)
        shutil.rmtree(half)
    if program.at and not program.at.exists():
        _place(program, program.at, folder)


def _place(program: Program, at: Path, folder: Path) -> None:
    """Copy the folder that it insists on, which only root may where it insists; whole or not."""
    own, half = folder / program.packages[0] / at.relative_to("/"), at.with_name(f"{at.name}.part")
    try:
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(own, half)
        os.replace(half, at)
    except (OSError, shutil.Error) as error:
        raise _missing(program, f"it looks for {at}, and that cannot be made: {error}") from error


def _install(program: Program, folder: Path) -> None:
    """With its libraries, as root."""
    if os.geteuid() != 0:
        raise _missing(program, "it has to be installed, and only root may do that")
    _say(f"{program.name}: installing {' '.join(program.packages)}")
    command = ["apt-get", "install", "--yes", "--no-install-recommends"]
    command += ["--option", "DPkg::Lock::Timeout=60", *program.packages]
    _fetched(program, command, INSTALL_WITHIN_S, folder)


def _fetched(program: Program, command: list[str], within_s: int, where: Path) -> None:
    """Run; where the machine's lists of packages are old or absent, refresh them and run again."""
    trouble = _run(command, within_s, where)
    if trouble and os.geteuid() == 0:
        _say(f"{program.name}: {trouble}; refreshing the lists of packages")
        trouble = _run(["apt-get", "update"], UPDATE_WITHIN_S, where)
        trouble = trouble or _run(command, within_s, where)
    if trouble:
        raise _missing(program, trouble)


def _run(command: list[str], within_s: int, where: Path) -> str | None:
    """What went wrong, in one line; None when nothing did."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command, cwd=where, env=quiet, capture_output=True, text=True, timeout=within_s
        )
    except subprocess.TimeoutExpired:
        return f"`{' '.join(command)}` took more than {within_s} s"
    except OSError as error:
        return f"`{command[0]}` cannot be run: {error.strerror}"
    if done.returncode == 0:
        return None
    last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
    return f"`{' '.join(command)}` ended with {done.returncode}: {last}"


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time; whoever comes second finds what the first brought."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _missing(program: Program, why: str) -> Missing:
    packages = " ".join(program.packages)
    return Missing(
        f"the program {program.name} is missing, and the tests that need it cannot run: {why}; "
        f"get it with: apt-get update && apt-get install {packages}"
    )


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def main(names: list[str]) -> int:
    """Get the named programs, or all, and print where they are. Exit status: how many are not."""
    lacking = 0
    for name in names or PROGRAMS:
        try:
            print(f"{name} {provide(PROGRAMS[name])}", flush=True)
        except Missing as missing:
            _say(str(missing))
            lacking += 1
    return lacking


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
