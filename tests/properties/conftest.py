"""The laws lie in `laws/`, a file for each matter, with the broken parts that it must notice.

A law is a function that takes a generator and gives nothing back: it draws its own stories and
checks them. Parts of the engine are called through their modules, so that a mutant is the one
called. A mutant is a law, a module or a class, the name of a part of it, and a broken part.
"""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import ModuleType

import pytest

Law = Callable[[Random], None]
Mutant = tuple[Law, object, str, object]


def _read(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"laws_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _is_law(name: str, part: object, module: ModuleType) -> bool:
    own = (module.__name__, name) == (
        getattr(part, "__module__", None), getattr(part, "__name__", None)
    )  # fmt: skip
    says = {"rng": Random, "return": None}
    return own and getattr(part, "__annotations__", None) == says


MODULES = [_read(file) for file in sorted((Path(__file__).parent / "laws").glob("*.py"))]
LAWS: list[Law] = [
    part for m in MODULES for name, part in vars(m).items() if _is_law(name, part, m)
]
MUTANTS: list[Mutant] = [mutant for module in MODULES for mutant in module.MUTANTS]


def _named(mutant: Mutant) -> str:
    law, _, name, part = mutant
    return f"{getattr(part, '__name__', name)}-{law.__name__}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests ask for the laws and the mutants one by one, or for all of them."""
    if "law" in metafunc.fixturenames:
        metafunc.parametrize("law", LAWS, ids=lambda law: law.__name__)
    if "mutant" in metafunc.fixturenames:
        metafunc.parametrize("mutant", MUTANTS, ids=_named)


@pytest.fixture
def laws() -> list[Law]:
    """Every law."""
    return LAWS


@pytest.fixture
def mutants() -> list[Mutant]:
    """Every mutant."""
    return MUTANTS
