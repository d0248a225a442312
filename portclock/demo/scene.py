"""What the live view shows, as one frozen value: taken by `gather`, drawn by `view`. No drawing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AtRisk:
    """One open stage that still keeps its limit; `limit_s` is its whole allowance."""

    unit: str
    port: str
    stage: str
    deadline_at: datetime
    limit_s: int

    def left_s(self, now: datetime) -> int:
        """Seconds until the deadline at `now`; never negative."""
        return max(0, int((self.deadline_at - now).total_seconds()))


@dataclass(frozen=True, slots=True)
class Breach:
    """One stage that went over its limit, and by how much."""

    unit: str
    stage: str
    over_s: int


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many outcomes of one stage have each verdict."""

    stage: str
    met: int = 0
    breached: int = 0
    excused: int = 0
    open: int = 0
    no_limit: int = 0


@dataclass(frozen=True, slots=True)
class Feed:
    """One event topic. `lag` is what the worker has yet to read; None when nobody can say."""

    topic: str
    sent: int = 0
    lag: int | None = None
    last_event_at: datetime | None = None
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Service:
    """One process of the stack. `state` is what the supervisor says."""

    name: str
    state: str
    up: bool
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """One look at the running demo. `event_at` is the time that the port's own clock shows.

    `as_of` is how far the tables have come; `breaches` are the latest first.
    """

    phase: str
    seed: int
    elapsed_s: float = 0.0
    sent: int = 0
    total: int = 0
    event_at: datetime | None = None
    as_of: datetime | None = None
    at_risk: tuple[AtRisk, ...] = ()
    breaches: tuple[Breach, ...] = ()
    stages: tuple[StageCount, ...] = ()
    feeds: tuple[Feed, ...] = ()
    services: tuple[Service, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
