"""What is shipped is what is here: packages by name, data by glob, versions pinned."""

import re
import tomllib
from pathlib import Path

from tree import PACKAGES, ROOT, kept_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")


def test_every_package_is_listed_by_name() -> None:
    found = {
        ".".join(f.parent.relative_to(ROOT).parts)
        for package in PACKAGES
        for f in (ROOT / package).rglob("__init__.py")
    }
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found


def test_every_data_file_ships() -> None:
    globs = PROJECT["tool"]["setuptools"]["package-data"]
    shipped = {
        file
        for package, patterns in globs.items()
        for pattern in patterns
        for file in (ROOT / Path(*package.split("."))).glob(pattern)
    }
    data = {
        f
        for f in kept_files()
        if f.relative_to(ROOT).parts[0] in PACKAGES and f.suffix not in {".py", ".md"}
    }
    assert data - shipped == set()


def test_constraints_pin_every_dependency_and_name_no_registry() -> None:
    assert not re.search(r"://|--index|--find-links|@", CONSTRAINTS)
    pinned = {_name(line.split("==")[0]) for line in CONSTRAINTS.splitlines() if "==" in line}
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *extras["standalone"], *extras["dev"]]
    assert {_name(w) for w in wanted} - {"portclock"} <= pinned


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None
    return re.sub(r"[._-]+", "-", match[0].lower())
