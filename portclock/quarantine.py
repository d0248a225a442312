"""What was refused: which refusals there are, which are settled, and what sending again would do.

A record of `events-dlq` is read by `sinks.dead_letters`; nothing here knows Kafka. Offsets order
the records of one partition, and a refusal and its settlement are in the same partition.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from events.codec import decode
from events.instants import format_instant
from events.refusals import InvalidEvent, Refusal
from portclock.replay import Message, address
from sinks.dead_letters import SETTLED_AT, SETTLES, DeadLetter, Settlement, Source

Headers = tuple[tuple[str, bytes], ...]
REPLAY_OF = "replay-of"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of `events-dlq`, and where it stands there. Not ours when it cannot be read."""

    stored: Source
    content: DeadLetter | Settlement | None


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused message. Its bytes stay in the topic, at `stored`."""

    place: Source
    stored: Source
    key: bytes | None
    reason: str
    detail: str
    remedy: str
    received_at: datetime | None
    size_bytes: int
    settled_at: datetime | None = None

    def document(self) -> dict[str, object]:
        """As `--json` prints it."""
        return {
            "place": str(self.place),
            "key": (self.key or b"").decode(errors="replace"),
            "reason": self.reason,
            "detail": self.detail,
            "remedy": self.remedy,
            "received_at": _written(self.received_at),
            "size_bytes": self.size_bytes,
            "settled_at": _written(self.settled_at),
        }


def fold(records: Iterable[Record]) -> dict[Source, Refused]:
    """All refusals by place, with those settled marked.

    A refusal that was written twice (a worker died between writing and committing) counts once,
    and stays settled if it was. A record that is not ours is passed over: it has no source.
    """
    refused: dict[Source, Refused] = {}
    settled: dict[Source, datetime] = {}
    for record in records:
        if isinstance(record.content, Settlement):
            settled[record.content.source] = record.content.settled_at
        elif record.content:
            refused[record.content.source] = _refused(record.content, record.stored)
    return {
        place: replace(entry, settled_at=settled.get(place)) for place, entry in refused.items()
    }


def _refused(letter: DeadLetter, stored: Source) -> Refused:
    return Refused(
        place=letter.source,
        stored=stored,
        key=letter.key,
        reason=letter.reason,
        detail=letter.detail,
        remedy=letter.remedy,
        received_at=letter.received_at,
        size_bytes=len(letter.message),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """Which refusals a person means: some places, one reason, or all; settled ones on request."""

    places: tuple[Source, ...] = ()
    reason: str | None = None
    settled: bool = False

    def among(self, refused: Mapping[Source, Refused]) -> list[Refused]:
        """The chosen ones, oldest first. Raises KeyError with a place that is not there."""
        if self.places:
            return [refused[place] for place in self.places]
        return sorted((entry for entry in refused.values() if self._takes(entry)), key=_age)

    def _takes(self, entry: Refused) -> bool:
        wanted = self.reason is None or entry.reason == self.reason
        return wanted and (self.settled or entry.settled_at is None)


def _age(entry: Refused) -> tuple[str, str, int, int]:
    place = entry.place
    return _written(entry.received_at) or "", place.topic, place.partition, place.offset


def counts(refused: Iterable[Refused]) -> dict[str, int]:
    """How many by reason, most first."""
    return dict(Counter(entry.reason for entry in refused).most_common())


def still_wrong(value: bytes) -> Refusal | None:
    """Why these bytes would be refused again, or None when they would be taken."""
    try:
        decode(value)
    except InvalidEvent as error:
        return error.refusal
    return None


def resend(entry: Refused, value: bytes) -> tuple[Message, Headers]:
    """The message to send again to its source topic, and its headers.

    What can be read now is keyed by its unit, so that it meets the rest of its visit; the key it
    came with stands only for what is still unreadable.
    """
    found = address(value)
    key = found.key if found.at else (entry.key or b"")
    message = Message(entry.place.topic, key, value, found.at)
    return message, ((REPLAY_OF, str(entry.place).encode()),)


def settlement(entry: Refused, at: datetime) -> Headers:
    """The headers of the record that says this refusal needs no more attention."""
    return ((SETTLES, str(entry.place).encode()), (SETTLED_AT, format_instant(at).encode()))


def _written(moment: datetime | None) -> str | None:
    return format_instant(moment) if moment else None
