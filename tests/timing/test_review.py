"""Reviewing a folder of editions: each planted defect is found, and named with its file."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

from timing.limits import PUBLISHED
from timing.review import RELEASED, complaints, hashes, released

EDITION = """\
edition = "t/{name}"
issuer = "t"
title = "t"
source = "https://example.org"
status = "example"
port = "CNLYG"
effective_from = {begins}
{more}

[[limit]]
id = "t.move"
stage = "box-move"
kind = "duration"
within = "PT30M"

[[example]]
limit = "t.move"
given = ["10:00 move-ordered", "{end}"]
expect = "met"
"""


def write(
    folder: Path, name: str = "one", begins: str = '"undated"', end: str = "10:30 move-ended",
    more: str = "",
) -> Path:  # fmt: skip
    file = folder / f"{name}.toml"
    file.write_text(EDITION.format(name=name, begins=begins, end=end, more=more), encoding="utf-8")
    return file


def release(folder: Path) -> None:
    lines = (f"{digest}  {path}\n" for path, digest in hashes(folder).items())
    (folder / RELEASED).write_text("".join(lines), encoding="utf-8")


def only_complaint(folder: Path, words: str, file: Path) -> None:
    (complaint,) = complaints(folder)
    assert str(file) in str(complaint)
    assert re.search(words, str(complaint))


def test_the_published_editions_are_beyond_complaint() -> None:
    assert list(complaints(PUBLISHED)) == []


def test_every_published_edition_was_released() -> None:
    assert released(PUBLISHED) == hashes(PUBLISHED)


def test_a_good_edition_draws_no_complaint(tmp_path: Path) -> None:
    write(tmp_path)
    assert list(complaints(tmp_path)) == []


def test_an_edition_that_cannot_be_loaded_is_the_only_complaint(tmp_path: Path) -> None:
    file = write(tmp_path, more='misspelt = "x"')
    only_complaint(tmp_path, "misspelt", file)


def test_an_example_that_does_not_hold(tmp_path: Path) -> None:
    file = write(tmp_path, end="10:30:01 move-ended")
    only_complaint(tmp_path, "says breached, expected met; correct", file)


def test_an_example_that_cannot_be_read(tmp_path: Path) -> None:
    file = write(tmp_path, end="half past ten")
    only_complaint(tmp_path, "write it as", file)


def test_a_limit_without_an_example(tmp_path: Path) -> None:
    file = write(tmp_path)
    text = file.read_text(encoding="utf-8")
    more = text[text.index("[[limit]]") : text.index("[[example]]")].replace("t.move", "t.other")
    file.write_text(text + more, encoding="utf-8")
    only_complaint(tmp_path, r"t\.other has no example", file)


def test_two_editions_of_one_issuer_in_force_together(tmp_path: Path) -> None:
    file = write(tmp_path, "one", "2025-01-01")
    write(tmp_path, "two", "2026-01-01")
    only_complaint(tmp_path, "in force together with t/two", file)


APART = {
    "superseded": ("", 'supersedes = "t/one"', "", ""),
    "ended": ("effective_to = 2026-01-01", "", "", ""),
    "of another port": ("", "", "CNLYG", "CNTAC"),
    "of another issuer": ("", "", 'issuer = "t"', 'issuer = "u"'),
}


@pytest.mark.parametrize(("first", "second", "old", "new"), APART.values(), ids=APART.keys())
def test_two_editions_that_do_not_meet(
    first: str, second: str, old: str, new: str, tmp_path: Path
) -> None:
    write(tmp_path, "one", "2025-01-01", more=first)
    other = write(tmp_path, "two", "2026-01-01", more=second)
    text = other.read_text(encoding="utf-8")
    other.write_text(text.replace(old, new) if old else text, encoding="utf-8")
    assert list(complaints(tmp_path)) == []


def test_an_edition_that_ends_a_day_after_the_next_begins(tmp_path: Path) -> None:
    file = write(tmp_path, "one", "2025-01-01", more="effective_to = 2026-01-02")
    write(tmp_path, "two", "2026-01-01")
    only_complaint(tmp_path, "in force together", file)


def test_a_released_edition_may_not_change(tmp_path: Path) -> None:
    file = write(tmp_path)
    release(tmp_path)
    assert list(complaints(tmp_path)) == []
    file.write_text(file.read_text(encoding="utf-8") + "# a comment\n", encoding="utf-8")
    only_complaint(tmp_path, "changed since", file)


def test_a_released_edition_may_not_go(tmp_path: Path) -> None:
    gone = write(tmp_path, "two", "2025-01-01", more="effective_to = 2026-01-01")
    write(tmp_path, "one", "2026-01-01")
    release(tmp_path)
    gone.unlink()
    only_complaint(tmp_path, "is gone", gone)


def test_every_complaint_of_a_folder_is_made(tmp_path: Path) -> None:
    write(tmp_path, "one", end="11:00 move-ended")
    write(tmp_path, "two", end="half past ten")
    assert len(list(complaints(tmp_path))) == 3


def test_a_hash_is_the_sha256_of_the_bytes_under_the_path_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    file = write(tmp_path / "deep")
    assert hashes(tmp_path) == {"deep/one.toml": sha256(file.read_bytes()).hexdigest()}


def test_without_a_list_nothing_was_released(tmp_path: Path) -> None:
    write(tmp_path)
    assert released(tmp_path) == {}
