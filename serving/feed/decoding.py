"""Records of every topic, as the board takes them: only what it needs, and cheaply.

Our own topics are taken at their word: what cannot be read there is a defect, and ends the feed.
Event topics hold whatever senders write: what cannot be read here was refused by a worker, and is
counted as a dead letter. Knows no consumer and no board.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from events.dead_letters import claimed_source
from events.instants import parse_instant
from events.topics import COPY_OF, SPLIT_OF
from serving.board.feeds import Heard

Headers = Sequence[tuple[str, bytes]]

_TOPIC: Final = "topic"


class _Place(msgspec.Struct, gc=False):
    port: str = ""
    spot: str | None = None


class _Unit(msgspec.Struct, gc=False):
    id: str = ""


class _Event(msgspec.Struct, gc=False):
    source: str
    occurred_at: str
    place: _Place
    unit: _Unit | None = None


class _Tick(msgspec.Struct, gc=False):
    at: datetime


class Letter(NamedTuple):
    """A refusal: where the message was, and who sent it as far as its bytes tell ('' if not)."""

    topic: str
    source: str


_EVENTS: Final = msgspec.json.Decoder(_Event)
_TICKS: Final = msgspec.json.Decoder(_Tick)


def read_event(topic: str, value: bytes | None, headers: Headers, received_ms: int) -> Heard | None:
    """What one record of an event topic says, or None: for what is no event, and for what workers
    send on (parts of a message that named many units, copies of what was said of a place)."""
    if not value or any(name in (SPLIT_OF, COPY_OF) for name, _ in headers):
        return None
    try:
        event = _EVENTS.decode(value)
        occurred_at = int(parse_instant(event.occurred_at).timestamp())
    except ValueError:
        return None
    return Heard(
        source=event.source,
        topic=topic,
        received_at=received_ms // 1000,
        occurred_at=occurred_at,
        port=event.place.port,
        unit_id=event.unit.id if event.unit else "",
        spot=event.place.spot if event.unit else None,
    )


def read_tick(value: bytes | None) -> int:
    """Event time of a tick, in epoch seconds. Raises ValueError for what is no tick."""
    return int(_TICKS.decode(value or b"").at.timestamp())


def read_letter(value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> Letter | None:
    """A refusal, or None for a settlement. Its bytes may be anything; they are only searched."""
    found = dict(headers)
    if value is None or _TOPIC not in found:
        return None
    topic = found[_TOPIC].decode(errors="replace")
    return Letter(topic, claimed_source(value))
