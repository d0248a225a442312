"""What is named for compiling can be compiled: no class says in keywords what compiling loses, and
the proof that a build is compiled fails for a plain one."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from compiled import prove
from tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODULES = PROJECT["tool"]["portclock"]["compiled"]["modules"]
LOST = {"BaseModel", "Written", "Published", "Struct"}
"""Bases whose classes are read by their annotations, or hear nothing of their keywords."""


def lost(text: str) -> Iterator[str]:
    """The classes of a module that would be others once compiled."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
            if bases & LOST or any(each.arg == "order" for each in node.keywords):
                yield node.name


@pytest.mark.parametrize("module", MODULES)
def test_no_class_is_another_once_compiled(module: str) -> None:
    file = ROOT / f"{module.replace('.', '/')}.py"
    assert list(lost(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "class Row(msgspec.Struct, frozen=True):\n    at: int",
        "class Row(Frozen, frozen=True, order=True):\n    at: int",
        "class Limit(Written):\n    at: int",
    ],
)
def test_such_a_class_would_be_noticed(text: str) -> None:
    assert len(list(lost(text))) == 1


def test_a_plain_build_does_not_pass_for_a_compiled_one(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for package in ("timing", "events"):
        (tmp_path / package).symlink_to(ROOT / package)
    with pytest.raises(subprocess.CalledProcessError):
        prove(tmp_path)
    assert "AssertionError: the law was built plain" in capfd.readouterr().err
