"""Excel: rows of one sheet of a workbook, with what its cells know of dates and numbers.

A workbook is XML in a zip, and both can be made to burst: what is packed in it is looked at before
it is opened. Must never know a column.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from events.dialects.tabular.cells import Cell
from events.dialects.tabular.mapping import Table
from events.dialects.troubles import Misread, Trouble

if TYPE_CHECKING:
    from openpyxl import Workbook

BYTES_MAX: Final = 32 * 2**20
UNPACKED_MAX: Final = 256 * 2**20
MEMBERS_MAX: Final = 2_000
ROWS_MAX: Final = 1_048_576
COLUMNS_MAX: Final = 512
BEGINNING: Final = b"PK\x03\x04"

PROLOG_MAX: Final = 64 * 1024
"""Within how many bytes the first element of a part must stand."""

_ASIDE: Final = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_BOM: Final = re.compile(rb"\xef\xbb\xbf|\xff\xfe|\xfe\xff")
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""A workbook is never encrypted (ECMA-376, part 2, 9.2: http://openiso.org/Ecma/376/Part2/9.2) and
packed in no other way (http://mailman.vse.cz/pipermail/sc34wg4/2010-December/001987.html). What
other ways raise need not be known, then."""
_TORN: Final = (
    zipfile.BadZipFile,  # No zip, headers that disagree, a sum that is another.
    zlib.error,  # Packed bytes that mean nothing.
    # A part is locked by a password; or is marked as a patch of another, which zipfile does not
    # read and says so by a kind of the same error.
    RuntimeError,
    EOFError,  # A part is shorter than its header says; newer Pythons call that a bad zip.
    ValueError,  # A part that begins before the file; a name that is not the UTF-8 it says.
)
"""What zipfile raises for bytes that are torn, tampered with or locked."""


class Line(NamedTuple):
    """One row: its number in the sheet, from 1, and its cells."""

    number: int
    cells: list[Cell]


def rows(data: bytes, table: Table) -> Iterator[Line]:
    """The rows of the sheet below the skipped ones. Raises Misread: `out-of-bounds`, `unsafe-xml`,
    `broken-syntax`, `unknown-message` where there is no such sheet."""
    _is_safe(data)
    try:
        with warnings.catch_warnings():  # What it does not know of styles and charts is not for us.
            warnings.simplefilter("ignore")
            yield from _rows(data, table)
    except Misread:
        raise
    except Exception as error:  # It raises what its parts raise: KeyError, ValueError, ParseError.
        raise Misread(Trouble.BROKEN_SYNTAX, f"the workbook cannot be read: {error!r}") from error


def _rows(data: bytes, table: Table) -> Iterator[Line]:
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        for number, cells in enumerate(_sheet(book, table).iter_rows(values_only=True), start=1):
            if number > ROWS_MAX or len(cells) > COLUMNS_MAX:
                raise Misread(
                    Trouble.OUT_OF_BOUNDS, f"more than {ROWS_MAX} rows or {COLUMNS_MAX} columns"
                )
            if number > table.skip and any(cell not in (None, "") for cell in cells):
                yield Line(number, [_known(cell) for cell in cells])
    finally:
        book.close()


def _sheet(book: "Workbook", table: Table) -> Any:
    names = book.sheetnames
    if not names or (table.sheet is not None and table.sheet not in names):
        raise Misread(Trouble.UNKNOWN_MESSAGE, f"no sheet {table.sheet!r}; there are {names}")
    sheet: Any = book[table.sheet or names[0]]
    sheet.reset_dimensions()  # What a workbook says of its size is often wrong.
    return sheet


def _known(cell: object) -> Cell:
    """What is neither text nor number nor date (a duration, an error) is its text."""
    return cell if isinstance(cell, Cell) else str(cell)


def _is_safe(data: bytes) -> None:
    if len(data) > BYTES_MAX:
        raise Misread(Trouble.OUT_OF_BOUNDS, f"{len(data)} bytes, more than {BYTES_MAX}")
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            members = packed.infolist()
            size = sum(member.file_size for member in members)
            if len(members) > MEMBERS_MAX or size > UNPACKED_MAX:
                raise Misread(
                    Trouble.OUT_OF_BOUNDS,
                    f"{len(members)} parts, {size} bytes; at most {MEMBERS_MAX} and {UNPACKED_MAX}",
                )
            for member in members:
                if member.compress_type not in _METHODS:
                    raise zipfile.BadZipFile(f"{member.filename} is not deflated")
                with packed.open(member) as part:
                    _declares_nothing(part, member.filename)
    except _TORN as error:
        raise Misread(Trouble.BROKEN_SYNTAX, f"no workbook: {error}") from error


def _declares_nothing(part: IO[bytes], name: str) -> None:
    """No part of a workbook has a document type; one that has is meant to do harm. It can stand
    only before the first element, behind comments of any length."""
    head = b""
    while len(head) < PROLOG_MAX and (more := part.read(PROLOG_MAX // 16)):
        head += more.replace(b"\0", b"")  # UTF-16 is read like ASCII here.
        bom = _BOM.match(head)
        plain = _ASIDE.sub(b"", head[bom.end() if bom else 0 :]).lstrip()
        if plain[:2].upper() != b"<!" and plain[:2] != b"<?" and plain[:1] != b"":
            return
        if plain[:9].upper() == b"<!DOCTYPE":
            break
    if head.strip():
        raise Misread(Trouble.UNSAFE_XML, f"{name} declares a document type, or hides what it is")
