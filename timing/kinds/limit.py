"""What every limit on one unit has, whatever its kind: a name, a stage, a scope, its overrides.

A kind adds the keys of its bound, and says what they allow one occurrence. This module must never
compare a time with a limit.
"""

from abc import abstractmethod
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from timing.calendars import CONTINUOUS, Calendar
from timing.kinds.ask import OVERRIDE, Allowed, Ask, Unlimited
from timing.scope import Scope
from timing.stages import STAGE_IDS
from timing.written import Written, midnight, nearest


class Bound(Written):
    """The keys of one kind. A limit has them once, and each of its overrides once more."""

    @abstractmethod
    def bound(self, ask: Ask, calendar: Calendar) -> Allowed | Unlimited:
        """What these keys allow such an occurrence."""


class Override(Bound):
    """A bound that holds in place of the limit's own for a time, with the reason as published.

    `from` is its first day and `to` its last, at the port; without `to` it lasts as long as its
    edition.
    """

    reason: Annotated[str, Field(min_length=1)]
    first: Annotated[date, Field(alias="from")]
    to: date | None = None

    @cached_property
    def begin(self) -> int:
        """Epoch second from which it holds."""
        return midnight(self.first)

    @cached_property
    def end(self) -> int | None:
        """The first epoch second after its last day; None: as long as the edition."""
        return midnight(self.to + timedelta(days=1)) if self.to else None

    def holds_at(self, at: int) -> bool:
        """Whether it is in force at an instant (epoch seconds)."""
        return self.begin <= at and (self.end is None or at < self.end)


class Limit(Scope, Bound):
    """A published bound on one stage. `words` are the sentence as printed.

    `at_least`: the time must reach the allowance rather than keep within it. `by_traits`: the
    allowance depends on the unit alone, not on when anything happened. `clock_time`: its seconds
    are those of the clock on the wall, whatever calendar says on which days it holds.
    """

    at_least: ClassVar[bool] = False
    by_traits: ClassVar[bool] = True
    clock_time: ClassVar[bool] = False

    id: Annotated[str, Field(min_length=1)]
    stage: str
    kind: str
    words: str = ""
    calendar: str = CONTINUOUS.id

    @field_validator("stage")
    @classmethod
    def _is_known(cls, stage: str) -> str:
        if stage not in STAGE_IDS:
            remedy = nearest(stage, STAGE_IDS, "the stages stand in docs/glossary.md")
            raise ValueError(f"there is no stage {stage!r}; {remedy}")
        return stage

    @property
    def overrides(self) -> tuple[Override, ...]:
        """In the order of the file; at most one holds at a time. Not every kind can have any."""
        held: tuple[Override, ...] = getattr(self, "override", ())
        return held

    @property
    def constant(self) -> bool:
        """Whether the traits of a unit alone fix its allowance, in time that never stands still."""
        continuous = self.clock_time or self.calendar == CONTINUOUS.id
        return self.by_traits and continuous and not self.overrides

    def allowance(self, ask: Ask, calendar: Calendar) -> Allowed | Unlimited:
        """What it allows such an occurrence; the override in force when the stage began decides."""
        for override in self.overrides:
            if override.holds_at(ask.opened_at):
                said = override.bound(ask, calendar)
                return said._replace(flags=(OVERRIDE,)) if isinstance(said, Allowed) else said
        return self.bound(ask, calendar)
