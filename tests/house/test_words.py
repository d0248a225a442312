"""What may not stand anywhere in the repository: registries, machine paths, hushed tests."""

import re

from tree import ROOT, kept_files

TEXT = {".py", ".md", ".toml", ".txt", ".sql", ".json", ".xml", ".yaml", ".yml", ""}
REGISTRY = re.compile(
    r"https?://[^\s\"')]*(?:pypi|pythonhosted|npmjs|maven\.org|maven2|debian\.org)"
)
MACHINE = re.compile(r"(?<![\w.:/-])/(?:work|home|root)/[a-z]")
HUSHED = re.compile(r"pytest\.mark\.xfail|assert True\b|# *TODO|# *FIXME|raise NotImplementedError")


def _found(pattern: re.Pattern[str]) -> list[str]:
    here = ROOT / "tests" / "house"
    return [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in kept_files()
        if file.suffix in TEXT and here not in file.parents and file.stat().st_size < 400_000
        for match in pattern.finditer(file.read_text(encoding="utf-8", errors="replace"))
    ]


def test_no_registry_is_named() -> None:
    assert _found(REGISTRY) == []


def test_no_path_of_a_machine_is_named() -> None:
    assert _found(MACHINE) == []


def test_nothing_is_left_undone_or_hushed() -> None:
    assert _found(HUSHED) == []
