"""Records in: an event of this partition, a refusal, or parts that belong elsewhere.

A message that names many units is split into one part per unit, each sent again under its own unit
id; so is a message that its sender put into another partition than its unit's. Parts carry the
header `split-of` and are never split again. An event about a place lands in one partition and
concerns units in all of them, so it goes to the others as copies, with the header `copy-of`, which
are never copied again. Knows bytes and events; no state, no clock, no Kafka client.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from pydantic import ValidationError

from events.codec import decode, encode, names_many_units
from events.dead_letters import REPLAY_OF, Refused, to_headers
from events.envelope import Event
from events.instants import EARLIEST, LATEST
from events.outcomes import Tick
from events.reading import Reported, gist_of, gists_of
from events.refusals import InvalidEvent, Reason, Refusal
from events.topics import COPY_OF, SPLIT_OF
from events.vocabulary import UnitType
from streams.plane.batches import Headers, partition_of
from streams.plane.run import Record, Run

_EARLIEST_MS = int(EARLIEST.timestamp() * 1000)
_LATEST_MS = int(LATEST.timestamp() * 1000) - 1


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A refused record: its own bytes, where it stood, and why."""

    topic: str
    partition: int
    record: Record
    refusal: Refusal

    def __str__(self) -> str:
        where = f"{self.topic}/{self.partition}/{self.record.offset}"
        return f"{where}: {self.refusal.reason}: {self.refusal.detail}"

    @property
    def headers(self) -> Headers:
        """As the quarantine reads them, with the mark of an earlier replay kept."""
        refused = Refused(
            topic=self.topic,
            partition=self.partition,
            offset=self.record.offset,
            reason=self.refusal.reason,
            detail=self.refusal.detail,
            remedy=self.refusal.remedy,
            received_at=received_at(self.record),
        )
        kept = [(name, value) for name, value in self.record.headers if name == REPLAY_OF]
        return [*to_headers(refused), *kept]


@dataclass(frozen=True, slots=True)
class Part:
    """One unit's share of a message, to be sent again to the topic it came from."""

    topic: str
    key: bytes
    value: bytes
    split_of: str

    @property
    def headers(self) -> Headers:
        return [(SPLIT_OF, self.split_of.encode())]


@dataclass(frozen=True, slots=True)
class Copy:
    """An event about a place, word for word, for one of the partitions it was not sent to."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    copy_of: str

    @property
    def headers(self) -> Headers:
        return [(COPY_OF, self.copy_of.encode())]


@dataclass(frozen=True, slots=True)
class PlaceEvent:
    """An event about a place. `copies` for all other partitions; None if it is a copy itself."""

    event: Event
    copies: tuple[Copy, ...] | None


Reading = Reported | PlaceEvent | DeadLetter | tuple[Part, ...]


def read_event(run: Run, record: Record, partitions: int) -> Reading:
    """What one record of an event topic is; nearly always a report of a unit that belongs here.

    A stamp that is out of bounds need not be put right first: it lets nothing pass that the bounds
    would stop, and what it stops is read as a whole.
    """
    stamp_ms = record.timestamp or 0
    received_s = stamp_ms // 1000 if stamp_ms > 0 else None
    gist = gist_of(record.value, received_s)
    if gist is not None:
        here = partition_of(gist.unit.id.encode(), partitions) == run.partition
        if here or _has(record, SPLIT_OF):
            return gist
    many = gists_of(record.value, received_s)
    return _parts(run, record, many) if len(many) > 1 else _read_whole(run, record, partitions)


def _read_whole(run: Run, record: Record, partitions: int) -> Reading:
    """A copy is not held against its own stamp: the event was taken where it was sent to, and two
    workers' clocks must not decide that it holds in some partitions only.
    """
    copied = _has(record, COPY_OF)
    try:
        events = decode(record.value, received_at=None if copied else stamped_at(record))
    except InvalidEvent as error:
        return DeadLetter(run.topic, run.partition, record, error.refusal)
    about_a_place = len(events) == 1 and events[0].unit.type is UnitType.PLACE
    if copied and about_a_place:
        return PlaceEvent(events[0], None)
    if not _settled_here(run, record, events, partitions):
        return _parts(run, record, events)
    if about_a_place:
        return PlaceEvent(events[0], _copies(run, record, events[0], partitions))
    return events[0]


def read_tick(run: Run, record: Record) -> Tick | DeadLetter:
    """What one record of the tick topic is."""
    try:
        return Tick.model_validate_json(record.value or b"")
    except ValidationError as error:
        detail = "; ".join(finding["msg"] for finding in error.errors(include_url=False)[:5])
        refusal = Refusal(Reason.INVALID_VALUE, f"not a tick: {detail}")
        return DeadLetter(run.topic, run.partition, record, refusal)


def stamped_at(record: Record) -> datetime | None:
    """The record's own stamp, which stays the same in every replay; None when it has none."""
    return received_at(record) if (record.timestamp or 0) > 0 else None


def received_at(record: Record) -> datetime:
    """When the broker, or the sender, stamped the record.

    The stamp may be the sender's own, so it may be anything: it is held between the bounds of the
    wire's instants, or a wrong clock outside could stop us from refusing the record.
    """
    stamp_ms = min(max(record.timestamp or 0, _EARLIEST_MS), _LATEST_MS)
    return datetime.fromtimestamp(stamp_ms / 1000, UTC)


def _parts(run: Run, record: Record, events: tuple[Reported, ...]) -> tuple[Part, ...]:
    whole = _position(run, record)
    return tuple(Part(run.topic, event.unit.id.encode(), encode(event), whole) for event in events)


def _copies(run: Run, record: Record, event: Event, partitions: int) -> tuple[Copy, ...]:
    key, value, source = event.unit.id.encode(), record.value or b"", _position(run, record)
    others = (partition for partition in range(partitions) if partition != run.partition)
    return tuple(Copy(run.topic, other, key, value, source) for other in others)


def _position(run: Run, record: Record) -> str:
    return f"{run.topic}/{run.partition}/{record.offset}"


def _has(record: Record, header: str) -> bool:
    return bool(record.headers) and any(name == header for name, _ in record.headers)


def _settled_here(run: Run, record: Record, events: tuple[Event, ...], partitions: int) -> bool:
    """Whether the record is one event that may be judged in this partition."""
    if len(events) != 1:
        return False
    if _has(record, SPLIT_OF):
        return True
    if partition_of(events[0].unit.id.encode(), partitions) != run.partition:
        return False
    return not _names_units(record.value)


def _names_units(value: bytes | None) -> bool:
    """Whether a message speaks of a list of units, be it of one."""
    return value is not None and b'"units"' in value and names_many_units(orjson.loads(value))
