"""Ticks that wait: a tick acts only when the events written before it have been processed.

Knows ticks, offsets and opaque tokens (whatever must be acknowledged once a run of ticks is over).
One big tick does what many small ones do, so the last tick whose events are in stands for all
before it, and the waiting line may be thinned.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from events.outcomes import Tick

Reached = Callable[[str], int | None]
"""Topic name to the offset (exclusive) processed in this partition; None when unknown."""


@dataclass(slots=True)
class Waiting:
    """One tick in line, and the runs that end with it."""

    tick: Tick
    offset: int
    closes: list[Any] = field(default_factory=list)


class WaitingTicks:
    """The line of one partition, oldest first, at most `length_max` ticks."""

    def __init__(self, length_max: int) -> None:
        self._length_max = length_max
        self._line: list[Waiting] = []

    def add(self, ticks: list[Waiting], token: Any) -> None:
        """Put a run of ticks in line; its token comes back when its last tick is over."""
        ticks[-1].closes.append(token)
        self._line += ticks
        while len(self._line) > self._length_max:
            self._thin()

    def release(self, reached: Reached) -> Waiting | None:
        """Take the newest tick whose events are in, with the tokens of all it stands for."""
        for index in range(len(self._line) - 1, -1, -1):
            if _ready(self._line[index].tick, reached):
                return self._stand_for(index)
        return None

    def _stand_for(self, index: int) -> Waiting:
        """One tick for all up to `index`. The greatest time wins: event time never goes back."""
        past, self._line = self._line[: index + 1], self._line[index + 1 :]
        tick = max((waiting.tick for waiting in past), key=lambda tick: tick.at)
        tokens = [token for waiting in past for token in waiting.closes]
        return Waiting(tick, past[-1].offset, tokens)

    def _thin(self) -> None:
        """Let every second tick be stood for by the one after it.

        The oldest stays, so that a lasting backlog cannot put release off for ever; the newest
        stays, since it stands for all.
        """
        kept: list[Waiting] = []
        for index, waiting in enumerate(self._line):
            last = index == len(self._line) - 1
            if index % 2 == 1 and not last:
                self._line[index + 1].closes[:0] = waiting.closes
            else:
                kept.append(waiting)
        self._line = kept

    def __len__(self) -> int:
        return len(self._line)


def _ready(tick: Tick, reached: Reached) -> bool:
    for topic, offset in tick.upto.items():
        position = reached(topic)
        if offset > 0 and (position is None or position < offset):
            return False
    return True
