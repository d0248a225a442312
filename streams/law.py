"""The timing law as this wing sees it: six questions, none of them about streams.

`Law` is the seam: the real one binds `timing` to a register; tests hand in a small one. This module
must never learn what a visit, a stage or a limit is.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from events.envelope import Event
from events.outcomes import Alert, EventFate, Outcome
from timing import engine, memory


class Step(Protocol):
    """What one event or one passage of time did to a unit. `history` None: forget the unit."""

    @property
    def history(self) -> Any: ...

    @property
    def outcomes(self) -> Sequence[Outcome]: ...

    @property
    def alerts(self) -> Sequence[Alert]: ...

    @property
    def fates(self) -> Sequence[EventFate]: ...

    @property
    def novelty(self) -> str: ...


class Law(Protocol):
    """What the timekeeper asks. Watermarks and deadlines: epoch seconds; histories: opaque."""

    def observe(self, history: Any, event: Event, watermark: int) -> Step: ...

    def elapse(self, history: Any, watermark: int) -> Step: ...

    def next_deadline(self, history: Any) -> int | None: ...

    def watermark_of(self, tick_at: datetime) -> int: ...

    def unit_key(self, event: Event) -> str: ...

    def pack(self, history: Any) -> bytes: ...

    def unpack(self, data: bytes) -> Any: ...


class TimingLaw:
    """`timing`, bound to one register and one patience."""

    def __init__(self, rules: engine.Rules) -> None:
        self._rules = rules

    def observe(self, history: Any, event: Event, watermark: int) -> Step:
        return engine.observe(history, event, self._rules, watermark)

    def elapse(self, history: Any, watermark: int) -> Step:
        return engine.elapse(history, watermark, self._rules)

    def next_deadline(self, history: Any) -> int | None:
        return engine.next_deadline(history, self._rules)

    def watermark_of(self, tick_at: datetime) -> int:
        return engine.watermark_of(tick_at, self._rules)

    def unit_key(self, event: Event) -> str:
        return engine.unit_key(event)

    def pack(self, history: Any) -> bytes:
        return memory.pack(history)

    def unpack(self, data: bytes) -> Any:
        return memory.unpack(data)
