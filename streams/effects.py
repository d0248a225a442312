"""What one run did: everything that must reach the broker before it counts as done.

Pure values. The order of effects is the delivery promise: words first (outcomes, alerts, fates,
dead letters, parts, copies), then the rows and the clock, then the acknowledgement.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from events.said import SaidAlert, SaidFate, SaidOutcome
from streams.intake import Copy, DeadLetter, Part
from streams.law import Step


class Ending(StrEnum):
    """How the reading of one record ended: exactly one of these."""

    NEW = "new"
    DUPLICATE = "duplicate"
    CORRECTION = "correction"
    LATE = "late"
    REFUSED = "refused"
    SPLIT = "split"
    COPY = "copy"
    REPLAYED = "replayed"
    TICK = "tick"
    RECALLED = "recalled"


@dataclass(slots=True)
class Effects:
    """One step of the timekeeper. `rows` holds the last value per key, None to forget the key.

    `done` are the tokens of the runs that are over once this step is. `reconsidered` counts the
    units judged again since a suspension changed. `delay_s` is how old the youngest applied event
    was when it was received, None when none was. `heard` says when each source was last heard of,
    epoch seconds by the stamps of its records. `resent_bytes` is how much the parts are.
    """

    partition: int
    outcomes: list[SaidOutcome] = field(default_factory=list)
    alerts: list[SaidAlert] = field(default_factory=list)
    fates: list[SaidFate] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    rows: dict[str, bytes | None] = field(default_factory=dict)
    clock: bytes = b""
    done: list[Any] = field(default_factory=list)
    endings: Counter[Ending] = field(default_factory=Counter)
    reconsidered: int = 0
    delay_s: float | None = None
    heard: dict[str, float] = field(default_factory=dict)
    resent_bytes: int = 0
    changed: bool = True

    def say(self, step: Step) -> None:
        """What a step of the law says to the world."""
        words = step.words
        self.outcomes += words.outcomes
        self.alerts += words.alerts
        self.fates += words.fates
