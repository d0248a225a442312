"""One virtual environment per list of requirements, made when it is missing or out of date.

Knows pip and the requirement files; an address of a registry stands nowhere: pip has its own
settings. Versions that a file leaves open are those of the project's constraints.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
REQUIREMENTS = HERE / "requirements"
ENVIRONMENTS = HERE / ".envs"
CONSTRAINTS = ROOT / "constraints.txt"
PROJECT = "project"
"""The environment with everything that the project needs."""
UNBOUND = "# not-by-constraints:"
"""A peer's file may name packages of which it wants other versions than the project."""


class EnvironmentFailed(Exception):
    """A peer's environment could not be made; with pip's last lines."""


def python_of(name: str) -> Path:
    """The interpreter of an environment, with everything in it. Raises EnvironmentFailed."""
    folder = ENVIRONMENTS / name
    python, ready = folder / "bin" / "python", folder / ".ready"
    wanted = fingerprint(name)
    if not (ready.exists() and ready.read_text() == wanted):
        print(f"making the environment {name}", file=sys.stderr, flush=True)
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        _install(python, name, folder)
        ready.write_text(wanted)
    return python


def fingerprint(name: str) -> str:
    """Changes when anything that decides about the peer's versions does."""
    files = [*_files(name), *(file for file in [_pom(name)] if file.exists())]
    texts = [sys.version, *(file.read_text() for file in files)]
    constraints = constraints_for(name)
    if name == PROJECT:
        texts += [constraints, (ROOT / "pyproject.toml").read_text()]
    named = {line.partition("==")[0] for text in texts for line in text.splitlines()}
    texts += [line for line in constraints.splitlines() if line.partition("==")[0] in named]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def constraints_for(name: str) -> str:
    """The project's constraints, less what the peer wants otherwise."""
    unbound = {
        package
        for file in _files(name)
        for line in file.read_text().splitlines()
        if line.startswith(UNBOUND)
        for package in line.removeprefix(UNBOUND).split()
    }
    kept = CONSTRAINTS.read_text().splitlines()
    return "\n".join(line for line in kept if line.partition("==")[0] not in unbound) + "\n"


def _files(name: str) -> list[Path]:
    file = REQUIREMENTS / f"{name}.txt"
    lines = file.read_text().splitlines()
    others = [REQUIREMENTS / line.split()[1] for line in lines if line.startswith("-r ")]
    return [file, *others]


def _install(python: Path, name: str, folder: Path) -> None:
    """The peer first, then the project beside it; `project` brings all of the project's needs."""
    constraints = folder / "constraints.txt"
    constraints.write_text(constraints_for(name))
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    file = str(REQUIREMENTS / f"{name}.txt")
    _run([*pip, "--constraint", str(constraints), "--requirement", file])
    _run([*pip, "--no-deps", "--editable", str(ROOT)])
    if _pom(name).exists():
        _fetch_jars(_pom(name), folder / "jars")


def _pom(name: str) -> Path:
    return REQUIREMENTS / f"{name}.pom.xml"


def _fetch_jars(pom: Path, folder: Path) -> None:
    """Java's part, by Maven, which has its own settings, too."""
    maven = ["mvn", "--batch-mode", "--quiet", "--strict-checksums", "--file", str(pom)]
    _run([*maven, "dependency:copy-dependencies", f"-DoutputDirectory={folder}"])


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise EnvironmentFailed(f"{command[0]} is not on this machine") from error
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise EnvironmentFailed(f"{' '.join(command[:4])} failed:\n{tail}")
