"""Tests mirror the code: every module of facts and rules has its test file, and no test is lost."""

import pytest
from tree import ROOT, python_files


@pytest.mark.parametrize("package", ["events", "timing"])
def test_every_module_has_its_test_file(package: str) -> None:
    modules = [f for f in python_files(package) if f.name != "__init__.py"]
    twins = {f: ROOT / "tests" / f.relative_to(ROOT).with_name(f"test_{f.name}") for f in modules}
    assert [str(module) for module, twin in twins.items() if not twin.exists()] == []
