"""Every gate is tested by breaking what it guards: a copy of the tree, one planted fault, one gate.

The same commands as in the Makefile; each passes on the untouched copy and fails on the fault.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from tree import ROOT, kept_files

Plant = Callable[[Path], None]


class Gate(NamedTuple):
    """A command of `make check`, and a fault that it must not let through."""

    name: str
    command: list[str]
    plant: Plant


def _append(file: str, text: str) -> Plant:
    def plant(copy: Path) -> None:
        path = copy / file
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    return plant


def _replace(file: str, old: str, new: str) -> Plant:
    def plant(copy: Path) -> None:
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return plant


def _orphan(copy: Path) -> None:
    folder = copy / "events" / "examples" / "terminal-events"
    shutil.copy(folder / "gated-in.json", folder / "teleported.json")


PYTHON = [sys.executable, "-m"]
SCRIPTS = Path(sys.executable).parent
LINT_IMPORTS = [str(SCRIPTS / "lint-imports"), "--no-cache"]
RUFF = [*PYTHON, "ruff", "check", "--no-cache", "timing", "events"]
MYPY = [*PYTHON, "mypy", "--cache-dir", ".cache", "timing/verdict.py"]
FORMAT = [*PYTHON, "ruff", "format", "--no-cache", "--check", "timing"]
CONTRACT = [*PYTHON, "events.contract", "--check"]
LIMITS = [*PYTHON, "portclock", "limits", "check", "timing/published"]
PYTEST = [*PYTHON, "pytest", "-q", "-p", "no:cacheprovider"]
EXAMPLES = [*PYTEST, "tests/events/test_topics.py"]
CLOCK = "\n\nimport datetime  # noqa: E402\n\nNOW = datetime.datetime.now(datetime.UTC)\n"

GATES = [
    Gate(
        "floor", LINT_IMPORTS, _append("timing/verdict.py", "\nimport sinks.rows  # noqa: E402\n")
    ),
    Gate("transport", LINT_IMPORTS, _append("events/codec.py", "\nimport kafka  # noqa: E402\n")),
    Gate(
        "wings", LINT_IMPORTS, _append("sinks/rows.py", "\nimport streams.tables  # noqa: E402\n")
    ),
    Gate("clock", RUFF, _append("timing/verdict.py", CLOCK)),
    Gate("format", FORMAT, _append("timing/verdict.py", "x  =  1\n")),
    Gate("type", MYPY, _append("timing/verdict.py", '\nWRONG: int = "thirty minutes"\n')),
    Gate("schema drift", CONTRACT, _replace("events/schemas/event.json", "event_id", "event_no")),
    Gate("orphan example", EXAMPLES, _orphan),
    Gate(
        "released edition",
        LIMITS,
        _replace("timing/published/shidao/undated.toml", "PT30M", "PT45M"),
    ),
]


Passes = Callable[[list[str]], bool]


@pytest.fixture(scope="session")
def open_before(clean_copy: Path) -> Passes:
    """Whether a command passes on the untouched copy: asked once for each."""
    known: dict[str, bool] = {}

    def passes(command: list[str]) -> bool:
        name = " ".join(command)
        if name not in known:
            known[name] = _passes(command, clean_copy)
        return known[name]

    return passes


@pytest.fixture(scope="session")
def clean_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree as git would keep it, without what tools left behind."""
    copy = tmp_path_factory.mktemp("gates") / "tree"
    for file in kept_files():
        target = copy / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    return copy


def _passes(command: list[str], copy: Path) -> bool:
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, check=False, timeout=240
    )
    return done.returncode == 0


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_a_planted_fault_is_refused(
    gate: Gate, clean_copy: Path, open_before: Passes, tmp_path: Path
) -> None:
    assert open_before(gate.command), "the gate must be open before the fault is planted"
    copy = tmp_path / "tree"
    shutil.copytree(clean_copy, copy)
    gate.plant(copy)
    assert not _passes(gate.command, copy)
