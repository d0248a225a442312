"""The names at the top are ours: nothing else installs them, and the ground is no package."""

import importlib.util
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("events", "timing", "streams", "sinks", "serving", "dashboards", "reports", "portclock")


@pytest.mark.parametrize("name", OURS)
def test_name_is_this_repository(name: str) -> None:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).is_relative_to(ROOT)


@pytest.mark.parametrize("name", OURS)
def test_no_dependency_installs_the_same_name(name: str) -> None:
    assert set(packages_distributions().get(name, ())) <= {"portclock"}


@pytest.mark.parametrize("folder", ["docker", "load_tests", "tests", "docs"])
def test_the_ground_is_no_package(folder: str) -> None:
    assert not (ROOT / folder / "__init__.py").exists()


@pytest.mark.parametrize("name", OURS)
def test_import_does_nothing(name: str) -> None:
    """The top of a package holds at most a docstring: what is imported runs, and nothing should."""
    text = (ROOT / name / "__init__.py").read_text(encoding="utf-8").strip()
    assert text == "" or (
        text.startswith('"""') and text.endswith('"""') and text.count('"""') == 2
    )
