"""A step: what one event or one passage of time led to, and how the world is told of it.

The findings are kept as they are; their public form is made when somebody asks for it: as bytes for
those who only hand it on, as models for those who look at it.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

from events.outcomes import Alert, EventFate, Outcome
from events.said import SILENCE, Words
from events.vocabulary import Cause
from timing import announce
from timing.announce import Change, Places, Reason
from timing.forms import Frozen
from timing.history import History
from timing.spoken import Voice


class Novelty(StrEnum):
    """What an event was to the history it met."""

    NEW = "new"
    DUPLICATE = "duplicate"
    CORRECTION = "correction"
    LATE = "late"


class Changes(Protocol):
    """Changes that are there, or that are made when somebody asks for them."""

    def __len__(self) -> int:
        """How many there are."""

    def __iter__(self) -> Iterator[Change]:
        """One after the other."""


class Step(Frozen, frozen=True, gc=False):
    """`history` is None once there is nothing left to keep; `moved` are the reports that belong to
    another visit than before. `of` is the history that was judged, there whenever anything changed.
    """

    history: History | None
    changes: Changes = ()
    moved: Places = ()
    cause: Reason = (Cause.TIME, None)
    of: History | None = None
    novelty: Novelty = Novelty.NEW

    @property
    def words(self) -> Words:
        """All that is said, as it goes out: the models below, written."""
        of = self.of
        if of is None or not (self.moved or self.changes):  # To ask for changes is a call.
            return SILENCE
        return Voice.of(of.key, of.unit_type, self.cause).words(self.changes, self.moved)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Every outcome that is new or other than before; what ceased to exist, as void."""
        if self.of is None or not self.changes:
            return ()
        return announce.outcomes(self.of.unit, self.changes, self.cause)

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """What people must be told."""
        if self.of is None or not self.changes:
            return ()
        return tuple(announce.alerts(self.of.unit, self.changes, self.cause))

    @property
    def fates(self) -> tuple[EventFate, ...]:
        """Where each report belongs, if that is new or other than before."""
        if self.of is None or not self.moved:
            return ()
        return announce.fates(self.of.unit, self.of.key.partition("/")[0], self.moved)
