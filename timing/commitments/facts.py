"""Facts: what commitments are evaluated on, outcomes and vessel calls, as known at one moment.

Knows what happened and how it was judged; must never know a promise.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, Protocol

from events.vocabulary import Party, Verdict
from timing.calls import Call
from timing.gathered import Gathered
from timing.patience import Patience
from timing.visits import Traits, stays


class Ruled(Protocol):
    """By which limit."""

    @property
    def id(self) -> str: ...


class OutcomeFact(Protocol):
    """What commitments ask of an outcome (`events.outcomes.Outcome`): one of `Facts`."""

    @property
    def visit_id(self) -> str: ...
    @property
    def port(self) -> str: ...
    @property
    def facility(self) -> str | None: ...
    @property
    def stage(self) -> str: ...
    @property
    def occurrence(self) -> int: ...
    @property
    def opened_at(self) -> datetime: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def gross_s(self) -> int | None: ...
    @property
    def held_s(self) -> Mapping[Party, int]: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def answers(self) -> Party | Literal["all"]: ...
    @property
    def flags(self) -> Sequence[str]: ...
    @property
    def limit(self) -> Ruled | None: ...


@dataclass(frozen=True, slots=True)
class Facts:
    """The last revision of each outcome, and each call once. `traits` by visit, as limits read
    them; an outcome alone tells neither cargo nor size."""

    outcomes: tuple[OutcomeFact, ...] = ()
    calls: tuple[Call, ...] = ()
    traits: Mapping[str, Traits] = field(default_factory=dict)

    def begun(self, port: str, since: int, until: int) -> "Facts":
        """Those of one port that began in a span of epoch seconds: an edition judges what began
        while it was in force."""
        outcomes = tuple(
            o
            for o in self.outcomes
            if o.port == port and since <= int(o.opened_at.timestamp()) < until
        )
        calls = tuple(c for c in self.calls if c.port == port and since <= began(c) < until)
        return replace(self, outcomes=outcomes, calls=calls)

    def traits_of(self, outcome: OutcomeFact) -> Traits:
        """The traits of an outcome's unit; what only other reports could tell is None."""
        known = self.traits.get(outcome.visit_id)
        if known is not None:
            return known
        own: dict[str, Any] = {name: getattr(outcome, name, None) for name in Traits._fields}
        return Traits(**own)


def began(call: Call) -> int:
    """When a call began: at berthing, if it was told and is no later than the first lift."""
    berthed_at = call.berthed_at
    return call.first_lift_at if berthed_at is None else min(berthed_at, call.first_lift_at)


def traits_in(units: Iterable[Gathered], patience: Patience) -> dict[str, Traits]:
    """The traits of every visit that these units made, by visit id. A place makes none."""
    return {
        visit.visit_id: visit.traits
        for unit in units
        for visit in stays(unit.key, unit.reports, patience).visits
    }
