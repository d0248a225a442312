"""A timekeeper with its table in memory, and everything that it ever said.

For the tests of this wing; knows no Kafka and no clock.
"""

from collections import Counter
from typing import Any

from events.outcomes import Outcome
from events.said import SaidOutcome
from streams.effects import Effects, Ending
from streams.law import Law
from streams.plane.run import Run
from streams.plane.store import Part
from streams.tables import decode_row
from streams.timekeeper import Bounds, Surroundings, Timekeeper
from timing.memory import unpack

BOUNDS = Bounds(1, 3, 2, 8, 10, 5)
"""One partition, tiny steps and a tiny cache, so that every bound is met."""


class Keeper:
    """A timekeeper with its state, and everything it ever said."""

    def __init__(self, law: Law, bounds: Bounds = BOUNDS) -> None:
        self.part = Part()
        self.positions: dict[str, int] = {}
        self.interrupted = False
        self._law, self._bounds = law, bounds
        self.said: list[Effects] = []
        self.restart()

    def restart(self) -> None:
        """A new worker with what the changelog restores."""
        self.part = Part(dict(self.part.rows), self.part.clock)
        around = Surroundings(
            part=lambda _: self.part,
            reached=lambda topic, _: self.positions.get(topic),
            interrupted=lambda: self.interrupted,
        )
        self.keeper = Timekeeper(self._law, self._bounds, around)

    def take(self, run: Run, token: Any = "token") -> list[Effects]:
        """Every step of a run, each settled before the next."""
        steps = list(self.keeper.take(run, token))
        self.said += steps
        return steps

    def endings(self) -> Counter[Ending]:
        """How often each ending came about."""
        return sum((effects.endings for effects in self.said), Counter[Ending]())

    def outcomes(self) -> list[Outcome]:
        """All that were said, in order."""
        return [read_outcome(outcome) for effects in self.said for outcome in effects.outcomes]

    def state(self) -> dict[str, Any]:
        """What the table knows, without fences and order, which say how it was read."""
        rows = {key: decode_row(data) for key, data in self.part.rows.items()}
        return {key: (row.deadline_s, _known(row.history)) for key, row in rows.items()}


def read_outcome(said: SaidOutcome) -> Outcome:
    """The model of an outcome that was said."""
    return Outcome.model_validate_json(said.value)


def _known(data: bytes) -> Any:
    """A history of the real law without the order in which its reports came."""
    history = unpack(data)
    return frozenset(history.reports), history.watermark, history.settled_until
