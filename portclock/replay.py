"""History into the topics: what is sent where, and when its own time has come to tick.

Pure but for the outbox that is handed in. Must never know Kafka, a file's format beyond one message
per line, or the time of day: pace is a function that the door gives.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import orjson

from events.codec import decode, encode, names_many_units
from events.envelope import Event
from events.instants import format_instant
from events.outcomes import Tick
from events.refusals import InvalidEvent
from events.topics import PARTITIONS, TERMINAL_EVENTS, topic_for
from events.vocabulary import UnitType

TICK = timedelta(seconds=60)
IN_FLIGHT_MAX = 5_000
"""Messages sent and not yet acknowledged; at this many the replay waits."""

Offsets = Mapping[str, Mapping[int, int]]
"""Topic -> partition -> offset one past the last acknowledged message."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to one partition. `at` is its event time, None when it cannot be read.

    `counts` is False for all but the first part of a line that names many units. `partition` is set
    on the copies of what is said of a place, which every partition must know.
    """

    topic: str
    key: bytes
    value: bytes
    at: datetime | None
    counts: bool = True
    partition: int | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """Event time has reached `at`: everything before it has been sent."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Accounts:
    """What a replay sent. `unreadable` messages were sent too, to be quarantined.

    `split` counts the parts beyond the first of messages of many units; `last_at` is the latest
    event time of each feed.
    """

    by_topic: Mapping[str, int]
    split: int
    unreadable: int
    ticks: int
    first_at: datetime | None
    last_at: Mapping[str, datetime]

    @property
    def messages(self) -> int:
        """All messages, whatever their feed."""
        return sum(self.by_topic.values())

    @property
    def reached_at(self) -> datetime | None:
        """The latest event time of all feeds."""
        return max(self.last_at.values(), default=None)

    def document(self) -> dict[str, object]:
        """As `--json` prints it."""
        return {
            "messages": self.messages,
            "by_topic": dict(self.by_topic),
            "split": self.split,
            "unreadable": self.unreadable,
            "ticks": self.ticks,
            "first_at": format_instant(self.first_at) if self.first_at else None,
            "last_at": format_instant(self.reached_at) if self.reached_at else None,
        }


class Outbox(Protocol):
    """Where messages go. `settle` returns once all that was sent is acknowledged."""

    def send(self, message: Message) -> None:
        """Take one message; it may still be on its way when this returns."""

    def settle(self) -> Offsets:
        """Wait for every message sent so far; raises Failure when one is lost."""

    def beat(self, tick: Callable[[int], Tick]) -> None:
        """Send the tick of each partition to that partition; the next `settle` waits for it."""


def address(line: bytes, received_at: datetime | None = None) -> tuple[Message, ...]:
    """Where one line goes: to the feed of its kind, keyed by its unit.

    A time after `received_at` is a future time: it cannot be read, so it never moves event time.

    A line of many units goes as its parts, as the worker would send them: in a history told fast,
    a part that came by way of the worker would come days late by the history's own time. What
    cannot be read goes to the terminals' feed with an empty key, to be quarantined.
    """
    try:
        events = decode(line, received_at=received_at)
    except InvalidEvent:
        return (Message(TERMINAL_EVENTS.name, b"", line, None),)
    if len(events) == 1 and not _names_units(line):
        message = _message(events[0], line)
        return (message, *_copies(message)) if _is_place(events[0]) else (message,)
    parts = [_message(event, encode(event)) for event in events]
    return (parts[0], *(replace(part, counts=False) for part in parts[1:]))


def _is_place(event: Event) -> bool:
    return event.unit.type is UnitType.PLACE


def _copies(message: Message) -> Iterator[Message]:
    """A worker sends them, too; by its way they would come days late, as parts would. They follow
    the message itself, which is the one that counts."""
    return (replace(message, counts=False, partition=number) for number in range(PARTITIONS))


def _names_units(line: bytes) -> bool:
    """Whether the line has a list of units, be it of one; bytes are looked at first, being fast."""
    return b'"units"' in line and names_many_units(orjson.loads(line))


def _message(event: Event, value: bytes) -> Message:
    at = event.recorded_at or event.occurred_at
    return Message(topic_for(event.kind).name, event.unit.id.encode(), value, at)


def plan(
    lines: Iterable[bytes],
    tick: timedelta = TICK,
    until: datetime | None = None,
    *,
    received_at: datetime | None = None,
) -> Iterator[Message | Beat]:
    """Messages in file order, with a beat wherever event time passes a multiple of `tick`.

    Event time is the latest time read so far, so that it only grows; a gap in the history is one
    beat, since one big tick and many small ones say the same. The last beat is at the last event
    time, or at `until` when that is later.
    """
    now: datetime | None = None
    for parts in (address(line, received_at) for line in lines):
        then, now = now, _latest(now, parts[0].at)
        if now and then and (due := floor(now, tick)) > floor(then, tick):
            yield Beat(due)
        yield from parts
    if (end := _latest(now, until)) is not None:
        yield Beat(end)


def floor(moment: datetime, step: timedelta) -> datetime:
    """The last multiple of `step` since 1970 that is not after `moment`."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return moment - (moment - epoch) % step


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment), default=None)


class Replay:
    """Sends a plan through an outbox and keeps the accounts, also when it is stopped half way."""

    def __init__(self, outbox: Outbox, wait_until: Callable[[datetime], None]) -> None:
        """`wait_until` holds back until that event time is due; at full speed it does nothing."""
        self._outbox = outbox
        self._wait_until = wait_until
        self._sent: Counter[str] = Counter()
        self._split = 0
        self._unreadable = 0
        self._ticks = 0
        self._first_at: datetime | None = None
        self._last_at: dict[str, datetime] = {}

    def run(self, steps: Iterable[Message | Beat]) -> Iterator[Accounts]:
        """Take the steps one by one; yields the accounts after each beat and at the end."""
        for step in steps:
            if isinstance(step, Beat):
                self._beat(step.at)
                yield self.accounts
            else:
                self._send(step)
        self._outbox.settle()
        yield self.accounts

    @property
    def accounts(self) -> Accounts:
        """What was sent until now."""
        return Accounts(
            by_topic=dict(self._sent),
            split=self._split,
            unreadable=self._unreadable,
            ticks=self._ticks,
            first_at=self._first_at,
            last_at=dict(self._last_at),
        )

    def _send(self, message: Message) -> None:
        self._outbox.send(message)
        if message.partition is not None:
            return
        self._sent[message.topic] += message.counts
        self._split += not message.counts
        self._unreadable += message.at is None
        if self._first_at is None:
            self._first_at = message.at
        if (last_at := _latest(self._last_at.get(message.topic), message.at)) is not None:
            self._last_at[message.topic] = last_at
        if (self._sent.total() + self._split) % IN_FLIGHT_MAX == 0:
            self._outbox.settle()

    def _beat(self, at: datetime) -> None:
        self._wait_until(at)
        reached = self._outbox.settle()
        self._outbox.beat(lambda partition: tick_at(at, partition, reached))
        self._ticks += 1


def tick_at(at: datetime, partition: int, reached: Offsets) -> Tick:
    """The tick of one partition: applied once each feed has been read up to what was sent."""
    upto = {topic: offsets[partition] for topic, offsets in reached.items() if partition in offsets}
    return Tick(at=at, upto=upto)
