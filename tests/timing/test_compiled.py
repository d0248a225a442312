"""The modules named for compiling are compiled together or not at all, and the law knows which."""

import os
import tomllib
from importlib import import_module
from importlib.machinery import ExtensionFileLoader
from pathlib import Path

from timing.compiled import compiled

ROOT = Path(__file__).resolve().parents[2]
NAMED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["portclock"][
    "compiled"
]["modules"]


def test_all_named_modules_are_of_one_build() -> None:
    loaders = {name: import_module(name).__spec__ for name in NAMED}
    machine_code = {
        name: spec is not None and isinstance(spec.loader, ExtensionFileLoader)
        for name, spec in loaders.items()
    }
    assert machine_code == dict.fromkeys(NAMED, compiled())


def test_the_suite_runs_over_the_build_it_was_started_for() -> None:
    """Compiled where `tests/house/compiled.py` says so, else plain: what a module is broken by from
    within would not be noticed in machine code that was left in the working tree."""
    assert compiled() == (os.environ.get("PORTCLOCK_EXPECTS") == "compiled"), "run: make plain"
