"""One row of a table, by a mapping: the events that it reports.

The same for a row of CSV or Excel, a JSON line, and a record of XML (`rail`): a row is the cells by
the names of their columns. Must never know where a row stood.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from events.dialects.decoded import Ledger, Wire
from events.dialects.naming import named
from events.dialects.tabular.cells import Cell, Moment, moment, value, written
from events.dialects.tabular.mapping import TIMES, Profile
from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason
from events.vocabulary import Precision, UnitType

Row = Mapping[str, Cell]


def say(row: Row, mapping: Profile, ledger: Ledger, part: int, where: str) -> None:
    """Write down what one row amounts to; `where` is its place in words."""
    try:
        _is_for_us(row, mapping)
        shared = _shared(row, mapping)
    except Misread as error:
        ledger.misread(_at(error, where), part)
        return
    for columns, kind in _happened(mapping):
        if kind is not None and not any(_filled(row, column) for column in columns):
            continue
        try:
            wire = _wire(row, shared, mapping, (columns, kind))
        except Misread as error:
            ledger.misread(_at(error, where, " and ".join(columns)), part)
        else:
            ledger.tell(wire, part, where)


def _at(error: Misread, where: str, column: str = "") -> Misread:
    path = error.path or (f"column {column}" if column else "")
    return Misread(error.why, error.detail, f"{where}, {path}" if path else where)


def _happened(mapping: Profile) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """Which columns tell when something happened; and what, where the column alone says it."""
    if mapping.milestones:
        for column, kind in mapping.milestones.items():
            yield (column,), kind
    else:
        yield mapping.columns["occurred_at"], None


def _filled(row: Row, column: str) -> bool:
    return bool(written(row.get(column)))


def _is_for_us(row: Row, mapping: Profile) -> None:
    for column, words in mapping.only.items():
        found = written(row.get(column))
        if found not in words:
            raise Misread(Trouble.NOT_FOR_US, f"{found!r} is not ours", f"column {column}")


def _shared(row: Row, mapping: Profile) -> Wire:
    """All fields of a row but what happened and when."""
    wire: Wire = {
        "source": mapping.source,
        "unit": {"type": mapping.unit_type},
        "place": {"port": mapping.port},
        "mode": mapping.mode,
    }
    for field, fixed in mapping.usual.items():
        _put(wire, field, fixed)
    for field, columns in mapping.columns.items():
        if field != "occurred_at" and any(_filled(row, column) for column in columns):
            _put(wire, field, _read(row, field, columns, mapping))
    if mapping.facility is not None and wire["place"]["port"] == mapping.port:
        wire["place"].setdefault("facility", mapping.facility)
    if wire["unit"].get("type") == UnitType.CONTAINER and "id" in wire["unit"]:
        wire["unit"]["id"] = _box(wire["unit"]["id"])
    return wire


def _read(row: Row, field: str, columns: tuple[str, ...], mapping: Profile) -> Any:
    cells = [row.get(column) for column in columns]
    try:
        if field in TIMES:
            return moment(cells, mapping).text
        if len(cells) == 1:
            return value(field, cells[0], mapping)
        if field == "event_id":
            return named(*map(written, cells))
        return value(field, " ".join(filter(None, map(written, cells))), mapping)
    except Misread as error:
        raise _at(error, f"column {' and '.join(columns)}") from error


def _box(number: str) -> str:
    """People write a box as CSNU 635118-9; it has one spelling."""
    return "".join(number.split()).replace("-", "").upper()


def _wire(
    row: Row, shared: Wire, mapping: Profile, what: tuple[tuple[str, ...], str | None]
) -> Wire:
    columns, kind = what
    if not all(_filled(row, column) for column in columns[:1]):
        raise Misread(Trouble.NO_ACTUAL_TIME, "the column is empty")
    when = moment([row.get(column) for column in columns], mapping)
    wire = {**shared, "occurred_at": when.text, **({} if kind is None else {"kind": kind})}
    if when.precision is not Precision.SECOND:
        wire["precision"] = when.precision
    if "kind" not in wire:
        raise Misread(Reason.MISSING_FIELD, "what happened is not said", "kind")
    wire["event_id"] = _name(shared, wire, when, kind)
    if _is_withdrawn(row, mapping):
        wire["retracts"] = wire["event_id"]
    return wire


def _name(shared: Wire, wire: Wire, when: Moment, kind: str | None) -> str:
    """The row's own name, of which a milestone is a part; without one, what the row says is it."""
    own = shared.get("event_id")
    if own is not None:
        return own if kind is None else named(own, kind)
    return named(str(wire["unit"].get("id", "")), wire["kind"], when.text)


def _is_withdrawn(row: Row, mapping: Profile) -> bool:
    return any(written(row.get(column)) in words for column, words in mapping.withdrawn.items())


def _put(wire: Wire, field: str, found: Any) -> None:
    outer, _, inner = field.rpartition(".")
    (wire.setdefault(outer, {}) if outer else wire)[inner] = found
