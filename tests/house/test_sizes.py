"""Small rooms: files, functions, names. The numbers are those of STYLE.md."""

import ast

from tree import PACKAGES, ROOT, functions, python_files

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
FORBIDDEN = {"utils", "util", "helpers", "common", "manager", "base", "misc", "core"}


def test_no_file_is_longer_than_the_limit() -> None:
    long = {f: len(f.read_text(encoding="utf-8").splitlines()) for f in python_files()}
    assert {str(f): n for f, n in long.items() if n > FILE_LINES_MAX} == {}


def test_no_function_is_longer_than_the_limit() -> None:
    found = [f for file in python_files() for f in functions(file)]
    assert [f for f in found if f.lines > FUNCTION_LINES_MAX] == []


def test_most_functions_are_short() -> None:
    lengths = sorted(f.lines for file in python_files(*PACKAGES) for f in functions(file))
    assert lengths[len(lengths) // 2] <= 10
    assert lengths[len(lengths) * 9 // 10] < 35


def test_no_module_is_named_for_nothing() -> None:
    assert [f for f in python_files() if f.stem in FORBIDDEN] == []


def test_every_module_says_what_it_knows() -> None:
    empty = [
        str(f.relative_to(ROOT))
        for f in python_files()
        if f.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(f.read_text(encoding="utf-8")))
    ]
    assert empty == []
