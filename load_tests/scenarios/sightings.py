"""What the worker published, matched with what caused it: how long it took, and who to tell.

Knows the JSON of outcomes and alerts; must never know a consumer or a rule.
"""

from bisect import bisect_right
from collections.abc import Callable
from typing import Any, Final, NamedTuple, Protocol

import orjson

from events.instants import parse_instant
from load_tests.scenarios.book import Book
from load_tests.scenarios.latencies import Latency
from timing.patience import Patience

LATENESS_S: Final = Patience().allowed_lateness_s
Beats = list[tuple[int, float]]
"""Ticks in order: their time in epoch seconds, and the clock's reading when they were sent."""


class Record(Protocol):
    """What is read of a consumer's record."""

    key: bytes
    value: bytes
    offset: int


class Published(NamedTuple):
    """An outcome or alert of which it is known when its cause was sent, by the clock."""

    cause_at: float
    offset: int
    said: dict[str, Any]


class Sightings:
    """`outcome`: from an event to the outcome that it brought about. `tick_to_alert`: from the tick
    that proved a breach to the alert. What may be followed further is handed to `on_outcome` and
    `on_breach`."""

    def __init__(self, book: Book, beats: Beats) -> None:
        self._book, self._beats = book, beats
        self.outcome, self.tick_to_alert = Latency(), Latency()
        self.on_outcome: Callable[[Published], None] = lambda _: None
        self.on_breach: Callable[[Published], None] = lambda _: None

    def see_outcome(self, record: Record, now: float) -> None:
        """An outcome came, by that reading of the clock."""
        if not self._book.follows(record.key.split(b"/")[1]):
            return
        said = orjson.loads(record.value)
        cause_at = self._event_at(said)
        if cause_at is None:
            return
        self.outcome.note(now - cause_at)
        self.on_outcome(Published(cause_at, record.offset, said))

    def see_alert(self, record: Record, now: float) -> None:
        """An alert came, by that reading of the clock."""
        said = orjson.loads(record.value)
        if said["state"] != "breached":
            return
        cause_at = self._event_at(said)
        if cause_at is None and (cause_at := self._proved_at(said)) is not None:
            self.tick_to_alert.note(now - cause_at)
        if cause_at is not None:
            self.on_breach(Published(cause_at, record.offset, said))

    def _event_at(self, said: dict[str, Any]) -> float | None:
        cause = said.get("cause")
        if not cause or cause["what"] != "event":
            return None
        return self._book.sent_at(cause["id"].partition("/")[2].encode())

    def _proved_at(self, said: dict[str, Any]) -> float | None:
        """When the first tick was sent that is later than the breach and the allowed lateness."""
        if not said.get("cause") or said["cause"]["what"] != "time":
            return None
        needed = int(parse_instant(said["raised_at"]).timestamp()) + LATENESS_S
        place = bisect_right(self._beats, needed, key=lambda beat: beat[0])
        return self._beats[place][1] if 0 < place < len(self._beats) else None
