"""CSV: rows of text with the bytes that each of them took.

Encoding and delimiter are found out where the mapping does not tell them. A row that cannot be
read costs itself and no other: an open quote is looked for on a few lines only. Must never know a
column.
"""

import csv
from collections.abc import Iterator
from typing import Final, NamedTuple

from events.dialects.tabular.mapping import Table
from events.dialects.troubles import Misread, Trouble

BYTES_MAX: Final = 64 * 2**20
ROW_BYTES_MAX: Final = 64 * 1024
LINES_OF_ONE_ROW: Final = 20
"""Over how many lines a quoted cell may reach."""
DELIMITERS: Final = ",;\t|"
_SNIFFED: Final = 20

_BOM: Final = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """One row: its bytes, the number of its first line from 1, its cells, or what is wrong."""

    start: int
    end: int
    number: int
    cells: list[str]
    wrong: str = ""


def encoding_of(body: bytes, table: Table, marked: bool = False) -> str:
    """UTF-8, or GB 18030 where it is none; or what the mapping says. A table that was `marked` with
    a byte order mark is UTF-8. The last line may be torn. Raises Misread `unknown-charset`."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Misread(Trouble.UNKNOWN_CHARSET, "UTF-16 is not read; save the table as UTF-8")
    found_out = ("utf-8",) if marked else ("utf-8", "gb18030")
    for codec in (table.encoding,) if table.encoding else found_out:
        for whole in (body, body[: body.rfind(b"\n") + 1]):
            if whole and _is_text(whole, codec):
                return codec
    tried = table.encoding or " or ".join(found_out)
    raise Misread(Trouble.UNKNOWN_CHARSET, f"the table is not written in {tried}")


def _is_text(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(text: str, table: Table) -> str:
    """What parts the cells: what the mapping says, else what is found most often, and equally
    often, in the first lines."""
    if table.delimiter:
        return table.delimiter
    lines = [line for line in text.split("\n", table.skip + _SNIFFED)[table.skip :] if line.strip()]
    counts = {sign: [_outside_quotes(line).count(sign) for line in lines] for sign in DELIMITERS}
    alike = {
        sign: many for sign, many in counts.items() if many and many[0] and len(set(many)) == 1
    }
    best = alike or counts
    return max(best, key=lambda sign: best[sign][0] if best[sign] else 0)


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def rows(data: bytes, table: Table) -> Iterator[Line]:
    """All rows below the skipped lines. Raises Misread where the bytes are no text or too many."""
    if len(data) > BYTES_MAX:
        raise Misread(Trouble.OUT_OF_BOUNDS, f"{len(data)} bytes, more than {BYTES_MAX}")
    start = len(_BOM) if data.startswith(_BOM) else 0
    codec = encoding_of(data[start:], table, marked=start > 0)
    lines = data[start:].split(b"\n")
    head = b"\n".join(lines[: table.skip + _SNIFFED]).decode(codec, "replace")
    delimiter, number = delimiter_of(head, table), 0
    while number < len(lines):
        taken, cells, wrong = _row(lines[number : number + 1], codec, delimiter)
        if wrong and number + 1 < len(lines):
            longer = _row(lines[number : number + LINES_OF_ONE_ROW], codec, delimiter)
            taken, cells, wrong = longer if not longer[2] else (1, cells, wrong)
        size = sum(len(line) + 1 for line in lines[number : number + taken])
        end = min(start + size, len(data))
        if number >= table.skip and (wrong or any(cell.strip() for cell in cells)):
            yield Line(start, end, number + 1, cells, wrong)
        start, number = end, number + taken


def _row(lines: list[bytes], codec: str, delimiter: str) -> tuple[int, list[str], str]:
    """The first row of these lines: how many it took, its cells, what is wrong."""
    if len(lines[0]) > ROW_BYTES_MAX:
        return 1, [], f"the row has {len(lines[0])} bytes, more than {ROW_BYTES_MAX}"
    texts = (line.decode(codec).removesuffix("\r") + "\n" for line in lines)
    reader = csv.reader(texts, delimiter=delimiter, strict=True)
    try:
        cells = next(reader, [])
    except (csv.Error, UnicodeDecodeError) as error:
        return 1, [], str(error)
    return max(reader.line_num, 1), cells, ""
