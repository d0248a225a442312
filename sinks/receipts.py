"""What came in from whom, and when: one receipt for each record of the event topics.

The row of `events` says what happened; a receipt says that it was told, once more for every time
that it was told. From receipts it is seen how late, how often and how wrong a feed reports. A
receipt follows from its record alone, so the same record gives the same receipt. Pure: judges
nothing, knows no store, reads no clock.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Final, NamedTuple, Protocol

from events.dead_letters import REPLAY_OF, claimed_source
from events.envelope import Event
from events.topics import COPY_OF, SPLIT_OF
from sinks.accepted import LeftOut, Omitted, accepted, event_row, plain_heard, received_at

UNSTAMPED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a record was received that has no stamp: no event may be as old."""
FROM_DOOR: Final = b"replay"
"""What a door writes for `copy-of`: it sends what is said of a place to every partition, and to
none of them first."""
MOMENTS_KEPT: Final = 50_000


class Receipt(StrEnum):
    """What a record was to the feed that it is counted for.

    Only the first three were sent by the feed itself. `sent-on`: a part or a copy that a worker
    made. `sent-again`: out of quarantine, by a person.
    """

    TAKEN = "taken"
    SPLIT = "split"
    REFUSED = "refused"
    SENT_ON = "sent-on"
    SENT_AGAIN = "sent-again"


class ReceiptRow(NamedTuple):
    """One record. `digest` is of the content in its normal form, of the bytes where it is no single
    event. `events` is how many it told of: 0 of a refused one, the units of one that was split.
    Of a refused one `source` is what its bytes claim, and the rest is empty."""

    topic: str
    received_at: datetime
    partition: int
    offset: int
    source: str
    receipt: str
    port: str
    facility: str
    kind: str
    occurred_at: datetime | None
    recorded_at: datetime | None
    digest: int
    events: int
    version: int


class Heard(Protocol):
    """The part of a record of the log that a receipt is made from."""

    @property
    def offset(self) -> int: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...
    @property
    def timestamp(self) -> int: ...


class _Moments(dict[int, datetime]):
    """Seconds as instants: many records are stamped in one."""

    def __missing__(self, second: int) -> datetime:
        if len(self) >= MOMENTS_KEPT:
            self.clear()
        taken_at = received_at(second * 1000)
        moment = self[second] = UNSTAMPED if taken_at is None else taken_at
        return moment


_stamped: Final = _Moments()
_TAKEN: Final = Receipt.TAKEN.value


def heard(
    topic: str, partition: int, record: Heard, version: int
) -> tuple[tuple[Any, ...] | Omitted, tuple[Any, ...]]:
    """The row of `events` that a record is, or why it has none; and its receipt, with fields as of
    ReceiptRow."""
    value, headers, stamp_ms = record.value, record.headers, record.timestamp
    at = _stamped[stamp_ms // 1000]
    plain = plain_heard(value, stamp_ms, version)
    if plain is not None:
        row, facility = plain
        receipt = _TAKEN if not headers else _of(headers, partition)
        return row, (
            topic, at, partition, record.offset, row[4], receipt, row[0], facility or "", row[7],
            row[3], row[9], row[6], 1, version,
        )  # fmt: skip
    found = accepted(value, headers, stamp_ms)
    place = (topic, at, partition, record.offset)
    if isinstance(found, Event):
        told = event_row(found, version)
        return told, _told(place, _of(headers, partition), (found,), told.digest, version)
    digest = int.from_bytes(blake2b(value or b"", digest_size=8).digest(), "big")
    if found.why is LeftOut.MANY_UNITS:
        return found, _told(place, Receipt.SPLIT.value, found.parts, digest, version)
    refused = ("", "", "", None, None, digest, 0, version)
    return found, (*place, claimed_source(value), Receipt.REFUSED.value, *refused)


def _told(
    place: tuple[Any, ...], receipt: str, events: tuple[Event, ...], digest: int, version: int
) -> tuple[Any, ...]:
    """All parts of a message share what a receipt tells of them."""
    one = events[0]
    said = (one.place.port, one.place.facility or "", one.kind.value)
    times = (one.occurred_at, one.recorded_at)
    return (*place, one.source, receipt, *said, *times, digest, len(events), version)


def _of(headers: Sequence[tuple[str, bytes]], partition: int) -> str:
    """What the marks of an accepted record say. What a door copied to every partition was told
    once: in the first."""
    marks = dict(headers)
    if REPLAY_OF in marks:
        return Receipt.SENT_AGAIN.value
    if marks.get(COPY_OF) == FROM_DOOR:
        return (Receipt.SENT_ON if partition else Receipt.TAKEN).value
    return (Receipt.SENT_ON if COPY_OF in marks or SPLIT_OF in marks else Receipt.TAKEN).value
