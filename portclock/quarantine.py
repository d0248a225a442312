"""What was refused: which refusals there are, which are settled, and what sending again would do.

What a record of `events-dlq` says is read by `events.dead_letters`; nothing here knows Kafka. A
refusal is named by its position, `topic/partition/offset`: where the refused message stood.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from events.codec import decode
from events.dead_letters import REPLAY_OF, Refused, Settled, to_headers
from events.instants import format_instant
from events.refusals import InvalidEvent, Refusal
from portclock.replay import Message, address

Headers = tuple[tuple[str, bytes], ...]


class Shelf(NamedTuple):
    """Where a record stands in `events-dlq` itself."""

    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Record:
    """One record of `events-dlq`; `said` is None when it is not one of ours."""

    shelf: Shelf
    key: bytes | None
    value: bytes
    said: Refused | Settled | None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One refused message. Its bytes stay in the topic, on its shelf."""

    refused: Refused
    shelf: Shelf
    key: bytes | None
    size_bytes: int
    settled_at: datetime | None = None

    @property
    def position(self) -> str:
        """Its name: where the message stood."""
        return self.refused.position

    def document(self) -> dict[str, object]:
        """As `--json` prints it."""
        said = self.refused.model_dump(mode="json")
        place = [said.pop(name) for name in ("topic", "partition", "offset")]
        return {
            "place": "/".join(place),
            "key": (self.key or b"").decode(errors="replace"),
            **said,
            "size_bytes": self.size_bytes,
            "settled_at": format_instant(self.settled_at) if self.settled_at else None,
        }


def fold(records: Iterable[Record]) -> dict[str, Quarantined]:
    """All refusals by position, with those settled marked.

    A refusal that was written twice (a worker died between writing and committing) counts once,
    and stays settled if it was. A record that is not ours is passed over: it has no position.
    """
    found: dict[str, Quarantined] = {}
    settled: dict[str, datetime] = {}
    for record in records:
        if isinstance(record.said, Settled):
            settled[record.said.settles] = record.said.settled_at
        elif record.said:
            entry = Quarantined(record.said, record.shelf, record.key, len(record.value))
            found[entry.position] = entry
    return {name: replace(entry, settled_at=settled.get(name)) for name, entry in found.items()}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which refusals a person means: some positions, one reason, or all; settled ones if asked."""

    positions: tuple[str, ...] = ()
    reason: str | None = None
    settled: bool = False

    def among(self, found: Mapping[str, Quarantined]) -> list[Quarantined]:
        """The chosen ones, oldest first. Raises KeyError with a position that is not there."""
        if self.positions:
            return [found[position] for position in self.positions]
        return sorted((entry for entry in found.values() if self._takes(entry)), key=_age)

    def _takes(self, entry: Quarantined) -> bool:
        wanted = self.reason is None or entry.refused.reason == self.reason
        return wanted and (self.settled or entry.settled_at is None)


def _age(entry: Quarantined) -> tuple[datetime, str, int, int]:
    said = entry.refused
    return said.received_at, said.topic, said.partition, said.offset


def counts(entries: Iterable[Quarantined]) -> dict[str, int]:
    """How many by reason, most first."""
    return dict(Counter(entry.refused.reason.value for entry in entries).most_common())


def still_wrong(value: bytes) -> Refusal | None:
    """Why these bytes would be refused again, or None when they would be taken."""
    try:
        decode(value)
    except InvalidEvent as error:
        return error.refusal
    return None


def resend(entry: Quarantined, value: bytes) -> tuple[Message, Headers]:
    """The message to send again to its source topic, and its headers.

    What can be read now is keyed by its (first) unit, so that it meets the rest of its visit; the
    key it came with stands only for what is still unreadable.
    """
    first = address(value)[0]
    key = first.key if first.at else (entry.key or b"")
    message = Message(entry.refused.topic, key, value, first.at)
    return message, ((REPLAY_OF, entry.position.encode()),)


def settlement(entry: Quarantined, at: datetime) -> Headers:
    """The headers of the record that says this refusal needs no more attention."""
    return tuple(to_headers(Settled(settles=entry.position, settled_at=at)))
