"""A table as bytes: CSV, a workbook, or JSON lines. Each row is a part of its own; those of a
workbook are packed, and are one part."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import orjson

from events.codec import NESTING_MAX, parse, split
from events.dialects.decoded import Decoded, Ledger
from events.dialects.tabular import separated, workbook
from events.dialects.tabular.cells import Cell, written
from events.dialects.tabular.mapping import Profile
from events.dialects.tabular.rows import Row, say
from events.dialects.troubles import Misread, Trouble
from events.refusals import InvalidEvent, Reason

LINE_BYTES_MAX: Final = 64 * 1024
BYTES_MAX: Final = 64 * 2**20
COLUMNS_SHOWN: Final = 12


def decode(data: bytes, profile: Profile, received_at: datetime | None = None) -> Decoded:
    """Read a table by its mapping; without columns it reads lines of events in our own words.

    Where the table cannot be opened, or lacks a column of the mapping, all of it is one refusal.
    """
    ledger = Ledger(len(data), received_at)
    try:
        _read(data, profile, ledger)
    except Misread as error:
        _refuse_whole(ledger, error)
    return ledger.decoded()


def _read(data: bytes, profile: Profile, ledger: Ledger) -> None:
    if not data.strip():
        raise Misread(Reason.EMPTY, "there is nothing in it")
    if data.startswith(workbook.BEGINNING):
        _workbook(data, profile, ledger)
    elif data.lstrip()[:1] == b"{":
        _lines(data, profile, ledger)
    elif profile.is_the_contract_s_own:
        raise Misread(
            Trouble.BROKEN_SYNTAX, "lines of JSON are wanted; for a table name its columns"
        )
    else:
        _separated(data, profile, ledger)


def _refuse_whole(ledger: Ledger, error: Misread) -> None:
    """Before any row was read; or after, and then it is about the rest."""
    start = ledger.parts[-1].end if ledger.parts else 0
    if start < ledger.size:
        ledger.misread(error, ledger.part(start, ledger.size, "table"))
    else:
        ledger.misread(error, len(ledger.parts) - 1 if ledger.parts else ledger.part(0, 0, "table"))


def _separated(data: bytes, profile: Profile, ledger: Ledger) -> None:
    names: list[str] | None = None
    for line in separated.rows(data, profile.table):
        if names is None:
            names = _named(line.cells, profile)
            if profile.table.header:
                continue
        part = ledger.part(line.start, line.end, "row", str(line.number))
        where = f"row {line.number}"
        wrong = line.wrong or _misfit(line.cells, names, profile)
        if wrong:
            ledger.misread(Misread(Trouble.BROKEN_SYNTAX, wrong, where), part)
        else:
            say(dict(zip(names, line.cells, strict=False)), profile, ledger, part, where)


def _workbook(data: bytes, profile: Profile, ledger: Ledger) -> None:
    part = ledger.part(0, len(data), "workbook")
    names: list[str] | None = None
    for line in workbook.rows(data, profile.table):
        if names is None:
            names = _named(line.cells, profile)
            if profile.table.header:
                continue
        say(dict(zip(names, line.cells, strict=False)), profile, ledger, part, f"row {line.number}")


def _named(first: list[Any], profile: Profile) -> list[str]:
    """The names of the columns; without a header they are numbers. Raises Misread `missing-field`
    where one of the mapping is not among them, and `broken-syntax` where one of it stands twice."""
    table = profile.table
    names = [written(cell) if table.header else str(n) for n, cell in enumerate(first, start=1)]
    missing = sorted(profile.needed - set(names))
    if missing:
        shown = ", ".join(names[:COLUMNS_SHOWN])
        raise Misread(Reason.MISSING_FIELD, f"no column {', '.join(missing)}; there are {shown}")
    doubled = sorted(name for name in profile.needed if names.count(name) > 1)
    if doubled:
        raise Misread(Trouble.BROKEN_SYNTAX, f"two columns are called {', '.join(doubled)}")
    return names


def _misfit(cells: list[str], names: list[str], profile: Profile) -> str:
    """A row that is longer or shorter than its header has its cells under the wrong names."""
    over = any(cell.strip() for cell in cells[len(names) :])
    if over or (len(cells) < len(names) and not profile.table.ragged):
        return f"{len(cells)} cells under {len(names)} columns"
    return ""


def _lines(data: bytes, profile: Profile, ledger: Ledger) -> None:
    if len(data) > BYTES_MAX:
        raise Misread(Trouble.OUT_OF_BOUNDS, f"{len(data)} bytes, more than {BYTES_MAX}")
    for number, (start, line) in enumerate(_split(data), start=1):
        if not line.strip():
            continue
        part = ledger.part(start, start + len(line), "line", str(number))
        try:
            message = parse(line.strip())
            if profile.is_the_contract_s_own:
                for one in split(message):
                    ledger.tell(one, part, f"line {number}")
            else:
                say(_flat(message), profile, ledger, part, f"line {number}")
        except InvalidEvent as error:
            ledger.refuse(error.refusal.reason, error.refusal.detail, part, f"line {number}")


def _split(data: bytes) -> Iterator[tuple[int, bytes]]:
    start = 0
    for line in data.split(b"\n"):
        yield start, line
        start += len(line) + 1


def _flat(message: dict[str, Any], prefix: str = "") -> Row:
    """Nested objects as columns by path, as `move.time`; lists are read as their text."""
    found: dict[str, Cell] = {}
    for name, value in message.items():
        if isinstance(value, dict) and prefix.count(".") < NESTING_MAX:
            found |= _flat(value, f"{prefix}{name}.")
        else:
            plain = value is None or isinstance(value, str | int | float | bool)
            found[f"{prefix}{name}"] = value if plain else orjson.dumps(value).decode()
    return found
