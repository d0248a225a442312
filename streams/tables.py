"""The table's name and the wire form of its rows: a schema, since the changelog outlives us.

A row is the packed history of one unit, its next deadline, and per source topic the last offset
applied to it (its fence). The row of a place, told by its key, also says by what of the history
the units were judged last. The clock of a partition is its watermark and, per source topic, the
offset from which records are new, and how far the topics of words hold what steps before it said.
A word in doubt has a row of its own, until it stands. All start with a version byte; change the
form, change the byte and keep reading the old one.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from events.said import Words
from events.topics import (
    CUSTOMS_EVENTS,
    EVENT_FATES,
    LIMIT_ALERTS,
    RAIL_WATER_EVENTS,
    STAGE_DWELLS,
    TERMINAL_EVENTS,
    TICKS,
    UNIT_RECALLS,
)
from streams.plane.store import CLOCK_KEY

UNITS_TABLE: Final = "units"

SOURCES: Final[Mapping[str, int]] = {
    TERMINAL_EVENTS.name: 0,
    CUSTOMS_EVENTS.name: 1,
    RAIL_WATER_EVENTS.name: 2,
    TICKS.name: 3,
    UNIT_RECALLS.name: 4,
}
"""Source topics by the number that stands for them in fences. Numbers are never reused."""

WORDS: Final[Mapping[str, int]] = {STAGE_DWELLS.name: 0, LIMIT_ALERTS.name: 1, EVENT_FATES.name: 2}
"""Topics of words by the number that stands for them in clocks. Numbers are never reused."""

_PLACES: Final = "place/"
_DOUBTS: Final = "doubt/"
"""No unit's key starts so: it starts with the five capitals of a port."""

_ROW_VERSION: Final = b"\x01"
_PLACE_VERSION: Final = _ROW_VERSION
"""The same, so that a deadline is read alike."""
_CLOCK_VERSION: Final = b"\x01"


class UnreadableRow(ValueError):
    """A table value that this version cannot read."""


class Row(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """One unit. `deadline_s` is the watermark (epoch seconds) at which time acts on it next."""

    deadline_s: int | None
    fences: dict[int, int]
    history: bytes


class _Due(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """What both sorts of rows begin with; whatever follows is passed over."""

    deadline_s: int | None


class PlaceRow(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """One place. `history` is None if nothing is left of it; `judged` is the history by which the
    units of its port were judged, None for the same as `history`.

    `because` names the event (`<source>/<event_id>`) that made the two differ: as long as it
    stands, units are left that were not judged again, and `judged` None means that nothing had
    been known of the place.
    """

    deadline_s: int | None
    fences: dict[int, int]
    history: bytes | None
    judged: bytes | None = None
    because: str | None = None


class DoubtRow(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """What is to be said of one thing if nothing else is said of it; no deadline of time."""

    deadline_s: None
    words: Words


class Clock(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """One partition. `watermark_s` is 0 before the first tick; `read_to` is exclusive. `said_to`:
    by topic of words and partition, the offset (exclusive) up to which the words of this clock's
    steps lie; those of later steps lie behind it. Empty if that is not known."""

    watermark_s: int = 0
    read_to: dict[int, int] = {}
    said_to: dict[int, dict[int, int]] = {}


_encode = msgspec.msgpack.Encoder().encode
_row = msgspec.msgpack.Decoder(Row).decode
_due = msgspec.msgpack.Decoder(_Due).decode
_place = msgspec.msgpack.Decoder(PlaceRow).decode
_clock = msgspec.msgpack.Decoder(Clock).decode
_doubt = msgspec.msgpack.Decoder(DoubtRow).decode


def changelog_name(app_id: str) -> str:
    """The topic that restores the table, as Faust names it."""
    return f"{app_id}-{UNITS_TABLE}-changelog"


def encode_row(row: Row) -> bytes:
    return _ROW_VERSION + _encode(row)


def decode_row(data: bytes) -> Row:
    """Raises UnreadableRow."""
    _check(data, _ROW_VERSION, "row")
    try:
        return _row(memoryview(data)[1:])
    except msgspec.MsgspecError as error:
        raise UnreadableRow(f"the row is damaged: {error}") from error


def deadline_of(data: bytes) -> int | None:
    """The deadline of a row, be it a unit's or a place's; a third of the cost of reading it. A
    worker that was just restored asks this of all its rows. Raises UnreadableRow."""
    _check(data, _ROW_VERSION, "row")
    try:
        return _due(data[1:]).deadline_s
    except msgspec.MsgspecError as error:
        raise UnreadableRow(f"the row is damaged: {error}") from error


def place_key(port: str, place: str) -> str:
    """The key of a place's row: a facility may be called what a lot is called."""
    return f"{_PLACES}{port}/{place}"


def is_place(key: str) -> bool:
    """Whether the row under this key is a place's; told without reading it."""
    return key.startswith(_PLACES)


def doubt_key(name: str) -> str:
    """The key of the row of what is in doubt, by its name."""
    return f"{_DOUBTS}{name}"


def is_doubt(key: str) -> bool:
    """Whether the row under this key is of a word in doubt."""
    return key.startswith(_DOUBTS)


def is_unit(key: str) -> bool:
    """Whether the row under this key is a unit's."""
    return not key.startswith((_PLACES, _DOUBTS))


def name_of(doubt_key: str) -> str:
    """The name of what is in doubt."""
    return doubt_key.removeprefix(_DOUBTS)


def port_of(place_key: str) -> str:
    """The port whose units a place's suspensions concern."""
    return place_key.split("/", 2)[1]


def encode_place(row: PlaceRow) -> bytes:
    return _PLACE_VERSION + _encode(row)


def decode_place(data: bytes) -> PlaceRow:
    """Raises UnreadableRow."""
    _check(data, _PLACE_VERSION, "place")
    try:
        return _place(memoryview(data)[1:])
    except msgspec.MsgspecError as error:
        raise UnreadableRow(f"the place is damaged: {error}") from error


def encode_doubt(words: Words) -> bytes:
    return _ROW_VERSION + _encode(DoubtRow(None, words))


def decode_doubt(data: bytes) -> Words:
    """Raises UnreadableRow."""
    _check(data, _ROW_VERSION, "doubt")
    try:
        return _doubt(memoryview(data)[1:]).words
    except msgspec.MsgspecError as error:
        raise UnreadableRow(f"the doubt is damaged: {error}") from error


def encode_clock(clock: Clock) -> bytes:
    return _CLOCK_VERSION + _encode(clock)


def decode_clock(data: bytes | None) -> Clock:
    """The clock of a partition; one never seen stands at nought. Raises UnreadableRow."""
    if data is None:
        return Clock()
    _check(data, _CLOCK_VERSION, "clock")
    try:
        return _clock(memoryview(data)[1:])
    except msgspec.MsgspecError as error:
        raise UnreadableRow(f"the clock is damaged: {error}") from error


def with_said_to(clock: bytes, said_to: dict[int, dict[int, int]]) -> bytes:
    """The same clock, and how far words lie that were said up to it."""
    return encode_clock(msgspec.structs.replace(decode_clock(clock), said_to=said_to))


def verify(key: bytes, value: bytes) -> None:
    """Raise UnreadableRow unless the changelog record can be read by this version.

    Of a unit's row the version tells. What is inside is read when the unit is; its deadline as soon
    as its partition flows.
    """
    if key == CLOCK_KEY:
        decode_clock(value)
    elif is_place(key.decode()):
        decode_place(value)
    else:
        _check(value, _ROW_VERSION, "row")


def _check(data: bytes, version: bytes, what: str) -> None:
    if data[:1] != version:
        raise UnreadableRow(
            f"the {what} has version {data[:1].hex() or 'none'}, this program reads {version.hex()}"
        )
