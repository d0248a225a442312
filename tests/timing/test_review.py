"""Reviewing a folder of editions: each planted defect is found, with its file and line."""

from hashlib import sha256
from pathlib import Path

import pytest

from timing.limits import PUBLISHED
from timing.review import RELEASED, Complaint, complaints, hashes, released

EDITION = """\
edition = "t/{name}"
issuer = "t"
title = "an example"
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
LISTED = """
[[limit]]
id = "t.inspection"
stage = "inspection"
kind = "listed"
"""


def write(
    folder: Path, name: str = "one", begins: str = '"undated"', end: str = "10:30 move-ended",
    more: str = "",
) -> Path:  # fmt: skip
    file = folder / f"{name}.toml"
    file.write_text(EDITION.format(name=name, begins=begins, end=end, more=more), encoding="utf-8")
    return file


def extend(file: Path, more: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")


def release(folder: Path) -> None:
    lines = (f"{digest}  {path}\n" for path, digest in hashes(folder).items())
    (folder / RELEASED).write_text("".join(lines), encoding="utf-8")


def only(folder: Path) -> Complaint:
    (complaint,) = complaints(folder)
    assert complaint.remedy
    return complaint


def test_the_published_editions_are_beyond_complaint() -> None:
    assert list(complaints(PUBLISHED)) == []


def test_every_published_edition_was_released() -> None:
    assert released(PUBLISHED) == hashes(PUBLISHED)


def test_a_good_edition_draws_no_complaint(tmp_path: Path) -> None:
    write(tmp_path)
    assert list(complaints(tmp_path)) == []


def test_a_folder_without_editions_is_told(tmp_path: Path) -> None:
    assert only(tmp_path)[:2] == (tmp_path, None)


PLANTED = {
    "a key misspelt": ({"more": 'misspelt = "x"'}, 7, "no key 'misspelt'"),
    "a calendar not defined": ({"more": 'calendar = "office"'}, 7, "no calendar 'office'"),
    "an example that does not hold": ({"end": "10:30:01 move-ended"}, 15, "says breached"),
    "an example that cannot be read": ({"end": "half past ten"}, 17, "cannot be read"),
    "a predecessor that is missing": ({"more": 'supersedes = "t/0"'}, 7, "is not loaded"),
}  # fmt: skip


@pytest.mark.parametrize(("keys", "line", "what"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_defect_is_the_only_complaint(
    keys: dict[str, str], line: int, what: str, tmp_path: Path
) -> None:
    file = write(tmp_path, **keys)
    complaint = only(tmp_path)
    assert (complaint.file, complaint.line) == (file, line)
    assert what in complaint.what


@pytest.mark.parametrize("kind", ['"listed"', '"duration"\nwithin = "PT1H"'])
def test_a_limit_of_any_kind_without_an_example(kind: str, tmp_path: Path) -> None:
    file = write(tmp_path)
    extend(file, LISTED.replace('"listed"', kind))
    complaint = only(tmp_path)
    assert (complaint.file, complaint.line) == (file, 20)
    assert complaint.what == "limit t.inspection has no example"


def test_a_listed_limit_shown_to_have_no_limit(tmp_path: Path) -> None:
    file = write(tmp_path)
    extend(file, LISTED)
    extend(file, '\n[[example]]\nlimit = "t.inspection"\nexpect = "no-limit"\nflags = ["listed"]\n')
    extend(file, 'given = ["10:00 inspection-started", "12:00 inspection-ended"]\n')
    assert list(complaints(tmp_path)) == []


def test_two_editions_in_force_together(tmp_path: Path) -> None:
    write(tmp_path, "one", "2025-01-01")
    file = write(tmp_path, "two", "2026-01-01")
    complaint = only(tmp_path)
    assert (complaint.file, complaint.line) == (file, 11)
    assert "in force together with t.move of t/one" in complaint.what


APART = {
    "superseded": ("", 'supersedes = "t/one"'),
    "ended": ("effective_to = 2026-01-01", ""),
    "ended long ago, and it says why": ("effective_to = 2025-06-01", 'gap = "nobody knows"'),
}


@pytest.mark.parametrize(("first", "second"), APART.values(), ids=APART.keys())
def test_two_editions_that_do_not_meet(first: str, second: str, tmp_path: Path) -> None:
    write(tmp_path, "one", "2025-01-01", more=first)
    write(tmp_path, "two", "2026-01-01", more=second)
    assert list(complaints(tmp_path)) == []


def test_a_gap_that_nobody_explains(tmp_path: Path) -> None:
    write(tmp_path, "one", "2025-01-01", more="effective_to = 2025-06-01")
    file = write(tmp_path, "two", "2026-01-01")
    complaint = only(tmp_path)
    assert (complaint.file, complaint.line) == (file, 6)
    assert "nothing is in force between t/one and this edition" in complaint.what


def test_a_released_edition_may_not_change(tmp_path: Path) -> None:
    file = write(tmp_path)
    release(tmp_path)
    assert list(complaints(tmp_path)) == []
    extend(file, "# a comment\n")
    assert only(tmp_path)[:3] == (file, None, "released, and changed since")


def test_a_released_edition_may_not_go(tmp_path: Path) -> None:
    gone = write(tmp_path, "two", "2025-01-01", more="effective_to = 2026-01-01")
    write(tmp_path, "one", "2026-01-01")
    release(tmp_path)
    gone.unlink()
    assert only(tmp_path)[:3] == (gone, None, "was released and is gone")


def test_every_complaint_of_a_folder_is_made_in_the_order_of_the_files(tmp_path: Path) -> None:
    write(tmp_path, "one", "2025-01-01", end="11:00 move-ended")
    write(tmp_path, "three", "2026-01-01", more='misspelt = "x"\nmore = "y"')
    write(tmp_path, "two", "2025-01-01", end="half past ten")
    found = [(one.file.stem, one.line) for one in complaints(tmp_path)]
    assert found == [("one", 15), ("three", 7), ("three", 8), ("two", 17)]


def test_editions_are_compared_once_all_can_be_read(tmp_path: Path) -> None:
    write(tmp_path, "one", "2025-01-01")
    write(tmp_path, "two", "2026-01-01", end="11:00 move-ended")
    assert len(list(complaints(tmp_path))) == 2
    write(tmp_path, "two", "2026-01-01", more="misspelt = 1")
    assert "misspelt" in only(tmp_path).what


def test_a_hash_is_the_sha256_of_the_bytes_under_the_path_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    file = write(tmp_path / "deep")
    assert hashes(tmp_path) == {"deep/one.toml": sha256(file.read_bytes()).hexdigest()}


def test_without_a_list_nothing_was_released(tmp_path: Path) -> None:
    write(tmp_path)
    assert released(tmp_path) == {}
