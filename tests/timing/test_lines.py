"""The line of every key, by a parser of TOML: comments, strings and nesting do not mislead it."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from timing.limits import PUBLISHED
from timing.lines import Lines

DOCUMENT = '''\
# A comment is no key: title = "x"
edition = "x"
calendar.of.works = "24x365"

[[limit]]
id = "a"  # id = "b"
words = """
[[limit]]
id = "c"
"""
within_by_size = { "20" = "PT2H", 40 = "PT3H" }
due = [
    # the morning
    { until = "12:00", by = "16:00" },
    { until = "17:00", by = "20:00" },
]

[[limit.override]]
reason = "fog"
[[limit.override]]
reason = "ice"

[[limit]]
id = "d"
[[limit.override]]
reason = "wind"

[notes."of the page"]
read_on = 2026-03-02
'''
LINES = Lines(DOCUMENT)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (2, ("edition",)),
        (3, ("calendar", "of", "works")),
        (5, ("limit", 0)),
        (6, ("limit", 0, "id")),
        (7, ("limit", 0, "words")),
        (11, ("limit", 0, "within_by_size", "40")),
        (14, ("limit", 0, "due", 0, "by")),
        (15, ("limit", 0, "due", 1)),
        (18, ("limit", 0, "override", 0)),
        (21, ("limit", 0, "override", 1, "reason")),
        (23, ("limit", 1)),
        (24, ("limit", 1, "id")),
        (26, ("limit", 1, "override", 0, "reason")),
        (29, ("notes", "of the page", "read_on")),
    ],
)
def test_a_key_stands_on_its_line(line: int, path: tuple[str | int, ...]) -> None:
    assert LINES.of(path) == line


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (23, ("limit", 1, "within")),
        (18, ("limit", 0, "override", 0, "from")),
        (1, ("source",)),
        (1, ()),
        (24, ("limit", 1, "duration", "id")),
    ],
)
def test_what_is_missing_is_told_by_the_line_of_what_should_hold_it(
    line: int, path: tuple[str | int, ...]
) -> None:
    assert LINES.of(path) == line


def paths(value: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every key of a document, as tomllib reads it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, below in pairs:
        yield (*above, key)
        if isinstance(below, dict | list):
            yield from paths(below, (*above, key))


@pytest.mark.parametrize("file", sorted(PUBLISHED.rglob("*.toml")), ids=lambda file: file.name)
def test_every_key_of_every_edition_is_found_on_a_line_that_names_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    lines, rows = Lines(text), text.splitlines()
    for path in paths(tomllib.loads(text)):
        named = next(str(part) for part in reversed(path) if isinstance(part, str))
        line = lines.of(path)
        above = "\n".join(rows[:line])
        assert named in (rows[line - 1] if isinstance(path[-1], str) else above), path


def test_an_empty_document_has_one_line() -> None:
    assert Lines("").of(("limit", 0)) == 1
