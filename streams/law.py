"""The timing law as this wing sees it: a few questions, none of them about streams.

`Law` is the seam: the real one binds `timing` to a register; tests hand in a small one. This module
must never learn what a visit, a stage or a limit is.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import datetime
from typing import Any, Protocol, Self

from events.envelope import Event
from events.reading import Reported
from events.recalls import Recall
from events.said import Words
from timing import doubts, engine, memory, recalling
from timing.doubts import Heard
from timing.rules import Rules


class Step(Protocol):
    """What one event or one passage of time did to a unit. `history` None: forget the unit.
    `words`: what is to be said of it, which costs nothing until somebody asks."""

    @property
    def history(self) -> Any: ...

    @property
    def words(self) -> Words: ...

    @property
    def novelty(self) -> str: ...


class Law(Protocol):
    """What the timekeeper asks. Watermarks and deadlines: epoch seconds; histories: opaque.

    `declare` takes in an event about a place: its step has that place's history, and fates. `under`
    is the law in force where this is what is known of all places. `reconsider` judges a unit again
    that was judged by the law `before`, because of the event `<source>/<event_id>`; a step whose
    history is the one handed in has changed nothing. `recall` judges all that the tables hold of a
    unit (its key) and what is remembered of it; InvalidEvent for what cannot be read. `suspended`
    counts the suspensions in force by port. Places too are packed, have deadlines, and elapse.
    `doubts` holds what was heard said of a unit against what is remembered of it: by name, what is
    to be said unless something else is; None where the two agree. `names_of`: what words are about.
    """

    def observe(self, history: Any, event: Reported, watermark: int) -> Step: ...

    def elapse(self, history: Any, watermark: int) -> Step: ...

    def next_deadline(self, history: Any) -> int | None: ...

    def watermark_of(self, tick_at: datetime) -> int: ...

    def unit_key(self, event: Reported) -> str: ...

    def pack(self, history: Any) -> bytes: ...

    def unpack(self, data: bytes) -> Any: ...

    def declare(self, history: Any, event: Event, watermark: int) -> Step: ...

    def under(self, places: Iterable[Any]) -> "Law": ...

    def reconsider(self, history: Any, before: Any, watermark: int, because: str) -> Step: ...

    def recall(self, key: str, history: Any, recall: Recall, watermark: int) -> Step: ...

    def suspended(self, watermark: int) -> Mapping[str, int]: ...

    def doubts(self, key: str, history: Any, heard: Heard) -> Mapping[str, Words | None]: ...

    def names_of(self, words: Words) -> Iterable[str]: ...


class TimingLaw:
    """`timing`, bound to one register, one patience and what is known of places."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._form = memory.form_of(rules)

    def observe(self, history: Any, event: Reported, watermark: int) -> Step:
        return engine.observe(history, event, self._rules, watermark)

    def elapse(self, history: Any, watermark: int) -> Step:
        return engine.elapse(history, watermark, self._rules)

    def next_deadline(self, history: Any) -> int | None:
        return engine.next_deadline(history, self._rules)

    def watermark_of(self, tick_at: datetime) -> int:
        return engine.watermark_of(tick_at, self._rules)

    def unit_key(self, event: Reported) -> str:
        return engine.unit_key(event)

    def pack(self, history: Any) -> bytes:
        return memory.pack(history, self._form)

    def unpack(self, data: bytes) -> Any:
        return memory.unpack(data, self._form)

    def declare(self, history: Any, event: Event, watermark: int) -> Step:
        return engine.declare(history, event, self._rules, watermark)

    def under(self, places: Iterable[Any]) -> Self:
        law = copy(self)
        law._rules = self._rules.under(engine.closures_of(places))
        return law

    def reconsider(self, history: Any, before: Self, watermark: int, because: str) -> Step:
        return engine.reconsider(history, before._rules, self._rules, watermark, because)

    def recall(self, key: str, history: Any, recall: Recall, watermark: int) -> Step:
        brought = recalling.brought_by(recall)
        return recalling.recall(key, history, brought, self._rules, watermark)

    def suspended(self, watermark: int) -> Mapping[str, int]:
        by_port = self._rules.closures.by_port
        running = {
            port: sum(s.start <= watermark and (s.end is None or watermark < s.end) for s in known)
            for port, known in by_port.items()
        }
        return {port: suspensions for port, suspensions in running.items() if suspensions}

    def doubts(self, key: str, history: Any, heard: Heard) -> Mapping[str, Words | None]:
        return doubts.doubts(key, history, heard, self._rules)

    def names_of(self, words: Words) -> Iterable[str]:
        return doubts.names_of(words)
