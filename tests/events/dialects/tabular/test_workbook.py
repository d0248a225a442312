"""Workbooks: what is packed in them is looked at before they are opened."""

import io
import zipfile
import zlib
from datetime import datetime

import pytest

from events.dialects.tabular import workbook
from events.dialects.tabular.mapping import Table
from events.dialects.tabular.testing import HEADER
from events.dialects.tabular.testing import workbook as made
from events.dialects.troubles import Misread, Trouble
from events.testing import event

BOOK = made([event("gated-in", "10:00")])


def refusal(data: bytes, table: Table | None = None) -> Trouble:
    with pytest.raises(Misread) as refused:
        list(workbook.rows(data, table or Table()))
    assert isinstance(refused.value.why, Trouble)
    return refused.value.why


def repacked(method: int = zipfile.ZIP_DEFLATED, /, **changed: bytes) -> bytes:
    """The book with other bytes in some of its parts, which are named by their last word."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(kept, "w", method) as new:
        for member in old.infolist():
            word = member.filename.rpartition("/")[2].removesuffix(".xml")
            new.writestr(member.filename, changed.get(word, old.read(member)))
    return kept.getvalue()


def test_rows_have_the_dates_and_numbers_of_the_sheet() -> None:
    header, row = workbook.rows(BOOK, Table())
    assert (header.number, tuple(header.cells)) == (1, HEADER)
    assert (row.number, row.cells[5]) == (2, datetime.fromisoformat("2026-03-02"))
    assert len(list(workbook.rows(BOOK, Table(skip=1)))) == 1


def test_a_sheet_is_named_or_is_the_first() -> None:
    assert len(list(workbook.rows(BOOK, Table(sheet="闸口")))) == 2
    assert list(workbook.rows(BOOK, Table(sheet="Sheet"))) == []
    assert refusal(BOOK, Table(sheet="堆场")) is Trouble.UNKNOWN_MESSAGE


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["core", "sheet1", "workbook", "styles"])
def test_no_part_may_declare_anything(part: str, codec: str) -> None:
    bomb = '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode(codec)
    assert refusal(repacked(**{part: bomb})) is Trouble.UNSAFE_XML


@pytest.mark.parametrize(
    "before", [b"<!-- <a> -->", b"<?a <b ?>", b"<!--" + b"x" * 50_000 + b"-->"]
)
def test_nothing_hides_a_document_type(before: bytes) -> None:
    assert refusal(repacked(styles=before + b"<!DOCTYPE a><a/>")) is Trouble.UNSAFE_XML


def test_a_part_that_does_not_come_to_its_point_is_not_read() -> None:
    endless = b"<!--" + b"x" * workbook.PROLOG_MAX + b"--><styleSheet/>"
    assert refusal(repacked(styles=endless)) is Trouble.UNSAFE_XML


def test_a_book_that_bursts_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "UNPACKED_MAX", 10**6)
    assert refusal(repacked(extra=b"", styles=b" " * 10**6)) is Trouble.OUT_OF_BOUNDS


def test_size_and_number_of_parts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in (("BYTES_MAX", len(BOOK)), ("MEMBERS_MAX", 10), ("ROWS_MAX", 2)):
        monkeypatch.setattr(workbook, name, most)
    assert len(list(workbook.rows(BOOK, Table()))) == 2
    for name, most in (("BYTES_MAX", len(BOOK) - 1), ("MEMBERS_MAX", 2), ("ROWS_MAX", 1)):
        with monkeypatch.context() as bounded:
            bounded.setattr(workbook, name, most)
            assert refusal(BOOK) is Trouble.OUT_OF_BOUNDS


@pytest.mark.parametrize("cut", [30, 200, len(BOOK) // 2, len(BOOK) - 10])
def test_a_torn_book_is_refused(cut: int) -> None:
    assert refusal(BOOK[:cut]) is Trouble.BROKEN_SYNTAX


FIRST, LISTED, LAST = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
FLAGS, NAMED = 8, 46
"""Where the list at the end of a zip has a part's flags and name."""


def struck(at: int, *values: int, mark: bytes = LISTED, book: bytes = BOOK) -> bytes:
    """The book with other bytes behind the first such mark."""
    place = book.index(mark) + at
    return book[:place] + bytes(values) + book[place + len(values) :]


def without_its_end() -> bytes:
    """A part that says it is longer than the whole book, and opens a comment that never closes."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as new:
        new.writestr("a.xml", b"<!--")
    return struck(20, 0, 0, 1, 0, 0, 0, 1, 0, book=kept.getvalue())


@pytest.mark.parametrize(
    ("book", "causes"),
    [
        (BOOK[:200], (zipfile.BadZipFile,)),
        (struck(30 + len("docProps/app.xml"), 0xFF, mark=FIRST), (zlib.error,)),
        (struck(FLAGS, 0x20), (NotImplementedError,)),
        (struck(FLAGS, 0x01), (RuntimeError,)),
        (without_its_end(), (EOFError, zipfile.BadZipFile)),
        (struck(16, 0xFF, 0xFF, 0xFF, 0x7F, mark=LAST), (ValueError, zipfile.BadZipFile)),
        (struck(NAMED, 0xFF, book=struck(FLAGS + 1, 0x08)), (UnicodeDecodeError,)),
        (struck(10, zipfile.ZIP_LZMA), (zipfile.BadZipFile,)),
    ],
    ids=["no-zip", "no-deflate", "patched", "locked", "short", "before", "name", "lzma"],
)
def test_whatever_is_torn_or_locked_is_refused_for_what_it_is(
    book: bytes, causes: tuple[type[Exception], ...]
) -> None:
    with pytest.raises(Misread) as refused:
        list(workbook.rows(book, Table()))
    assert refused.value.why is Trouble.BROKEN_SYNTAX
    assert type(refused.value.__cause__) in causes


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_book_that_is_packed_as_no_book_is_is_refused(method: int) -> None:
    assert len(list(workbook.rows(repacked(), Table()))) == 2
    assert refusal(repacked(method)) is Trouble.BROKEN_SYNTAX


def test_a_book_that_is_none_inside_is_refused() -> None:
    assert refusal(repacked(workbook=b"<a/>")) in (Trouble.BROKEN_SYNTAX, Trouble.UNKNOWN_MESSAGE)
    assert refusal(repacked(sheet1=b"<worksheet>")) is Trouble.BROKEN_SYNTAX
