"""What was reported, as rows: which records of the event topics are events, and what they hold.

Takes what a worker takes and nothing else, by the same reader with the same time of receipt. What
it refuses stands in `events-dlq`; a message that names many units comes again in parts, one by one.
A message in another partition than its unit's is taken where it stands, and so is what a worker
sends on (a part of one unit, copies of a place's event): all have one content and are one row.
Pure: judges nothing, knows no store, reads no clock.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import orjson

from events.codec import decode, encode, names_many_units
from events.envelope import Event
from events.instants import EARLIEST, LATEST
from events.refusals import InvalidEvent
from events.topics import COPY_OF, SPLIT_OF
from events.vocabulary import UnitType
from sinks.plain import plain_told

_EARLIEST_MS: Final = int(EARLIEST.timestamp() * 1000)
_LATEST_MS: Final = int(LATEST.timestamp() * 1000) - 1


class LeftOut(StrEnum):
    """Why a record of an event topic has no row."""

    REFUSED = "refused"
    MANY_UNITS = "many-units"


class Omitted(NamedTuple):
    """A record of an event topic that has no row: why, and the events of those that name many
    units."""

    why: LeftOut
    parts: tuple[Event, ...] = ()


class EventRow(NamedTuple):
    """One content of one event. `message` is the normal form that `digest` was taken of."""

    port: str
    unit_type: str
    unit_id: str
    occurred_at: datetime
    source: str
    event_id: str
    digest: int
    kind: str
    mode: str
    recorded_at: datetime | None
    message: bytes
    version: int


def accepted(
    value: bytes | None, headers: Sequence[tuple[str, bytes]], timestamp_ms: int | None
) -> Event | Omitted:
    """The event that a record is, or why it is none. `timestamp_ms` is the record's own stamp."""
    marks = {name for name, _ in headers}
    taken_at = None if COPY_OF in marks else received_at(timestamp_ms)
    try:
        events = decode(value, received_at=taken_at)
    except InvalidEvent:
        return Omitted(LeftOut.REFUSED)
    if len(events) != 1:
        return Omitted(LeftOut.MANY_UNITS, events)
    copied = COPY_OF in marks and events[0].unit.type is UnitType.PLACE
    if copied or SPLIT_OF in marks or not _names_units(value):
        return events[0]
    return Omitted(LeftOut.MANY_UNITS, events)


def plain_record(
    value: bytes | None, timestamp_ms: int | None, version: int
) -> tuple[Any, ...] | None:
    """The row that `event_row` makes of what is `accepted`, where the near road has it."""
    told = plain_heard(value, timestamp_ms, version)
    return None if told is None else told[0]


def plain_heard(
    value: bytes | None, timestamp_ms: int | None, version: int
) -> tuple[tuple[Any, ...], str | None] | None:
    """That row, and the facility where it happened.

    None says nothing about the record. A message that names many units is never plain, and headers
    make nothing of a plain one: they only spare a copy the question when it was taken.
    """
    stamp_ms = _stamp_ms(timestamp_ms)
    received_s = None if stamp_ms is None else stamp_ms // 1000
    return None if value is None else plain_told(value, received_s, version)


def received_at(timestamp_ms: int | None) -> datetime | None:
    """When a record was taken, by its stamp: the sender's own, perhaps, so it may be anything."""
    stamp_ms = _stamp_ms(timestamp_ms)
    return None if stamp_ms is None else datetime.fromtimestamp(stamp_ms / 1000, UTC)


def _stamp_ms(timestamp_ms: int | None) -> int | None:
    """Within the span of times that an event may have."""
    if timestamp_ms is None or timestamp_ms <= 0:
        return None
    return min(max(timestamp_ms, _EARLIEST_MS), _LATEST_MS)


def event_row(event: Event, version: int) -> EventRow:
    """Equal contents give rows that are equal but for their version."""
    message = encode(event)
    return EventRow(
        port=event.place.port,
        unit_type=event.unit.type.value,
        unit_id=event.unit.id,
        occurred_at=event.occurred_at,
        source=event.source,
        event_id=event.event_id,
        digest=int.from_bytes(blake2b(message, digest_size=8).digest(), "big"),
        kind=event.kind.value,
        mode=event.mode.value,
        recorded_at=event.recorded_at,
        message=message,
        version=version,
    )


def _names_units(value: bytes | None) -> bool:
    """Whether a message speaks of a list of units, be it of one."""
    return value is not None and b'"units"' in value and names_many_units(orjson.loads(value))
