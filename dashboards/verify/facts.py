"""Facts as they are published, each with its version, and what of them stands: said without SQL.

Must never know a statement; the tables are filled from the same facts by whoever has the tables.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Protocol, TypeVar

from events.alerts import AlertDeed, Delivery
from events.dead_letters import Refused, Settled
from events.envelope import Event
from events.outcomes import Alert, EventFate, Outcome
from events.vocabulary import Deed, Verdict

Fact = TypeVar("Fact")
Versioned = list[tuple[Fact, int]]
"""Facts with the version that their row has; of one key, the greatest stands."""
Key = tuple[str, str, str, int, str]
"""An incident, or an outcome: port, stage, visit, occurrence, limit ('' for none)."""


class PublishedCell(Protocol):
    """A cell as it was published; as the wing that publishes has it."""

    @property
    def key(self) -> tuple[str, ...]: ...
    @property
    def figures(self) -> Mapping[str, int | Decimal]: ...
    @property
    def suppressed(self) -> str | None: ...
    @property
    def withheld(self) -> Mapping[str, str]: ...


class Vintage(Protocol):
    """One publication of a month; `id` ends with its number."""

    @property
    def id(self) -> str: ...
    @property
    def month(self) -> str: ...
    @property
    def standing(self) -> str: ...
    @property
    def made_at(self) -> datetime: ...
    @property
    def reason(self) -> str | None: ...


Published = Mapping[tuple[str, str], Sequence[PublishedCell]]
"""Cells by vintage and dataset."""


@dataclass(frozen=True)
class Facts:
    """Everything that lands. `cells` may be there of a vintage that was never recorded."""

    outcomes: Versioned[Outcome] = field(default_factory=list)
    alerts: Versioned[Alert] = field(default_factory=list)
    fates: Versioned[EventFate] = field(default_factory=list)
    events: Versioned[Event] = field(default_factory=list)
    letters: Versioned[Refused | Settled] = field(default_factory=list)
    deeds: Versioned[AlertDeed] = field(default_factory=list)
    deliveries: Versioned[Delivery] = field(default_factory=list)
    vintages: Sequence[Vintage] = ()
    cells: Published = field(default_factory=dict)


@dataclass(frozen=True)
class Incident:
    """One endangered promise: its newest and its first alert, and who has taken it up."""

    key: Key
    newest: Alert
    first: Alert
    acknowledged_by: str | None
    assigned_to: str | None
    escalated: bool


class Standing:
    """What stands of the facts."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """The last of each key, but those that were withdrawn."""
        last = latest(self._facts.outcomes, key_of)
        return [one for one in last if one.verdict is not Verdict.VOID]

    @cached_property
    def alerts(self) -> list[Alert]:
        """Each alert once."""
        return latest(self._facts.alerts, lambda alert: (alert.visit_id, alert.alert_id))

    @cached_property
    def incidents(self) -> dict[Key, Incident]:
        """Every incident by its key."""
        told: dict[Key, Versioned[Alert]] = {}
        for alert, version in self._facts.alerts:
            told.setdefault(key_of(alert), []).append((alert, version))
        return {key: self._incident(key, alerts) for key, alerts in told.items()}

    @cached_property
    def fates(self) -> list[EventFate]:
        """One of each event at each unit."""
        return latest(self._facts.fates, lambda f: (f.source, f.event_id, f.port, f.unit.id))

    @cached_property
    def events(self) -> list[Event]:
        """Every content of every event."""
        return [event for event, _ in self._facts.events]

    @cached_property
    def refused(self) -> list[tuple[Refused, bool]]:
        """Each refused message, and whether it was settled."""
        settled = {one.settles for one, _ in self._facts.letters if isinstance(one, Settled)}
        found = [(one, version) for one, version in self._facts.letters if isinstance(one, Refused)]
        return [(one, one.position in settled) for one in latest(found, lambda each: each.position)]

    @cached_property
    def deliveries(self) -> list[Delivery]:
        """Each message once."""
        return latest(self._facts.deliveries, lambda one: one.delivery_id)

    @property
    def vintages(self) -> Sequence[Vintage]:
        """Every vintage that was recorded: none is ever replaced."""
        return self._facts.vintages

    @property
    def cells(self) -> Published:
        """What was published in them, and what an attempt left that was not recorded."""
        return self._facts.cells

    def _incident(self, key: Key, alerts: Versioned[Alert]) -> Incident:
        _, stage, visit_id, occurrence, limit = key
        incident = f"{visit_id}/{stage}/{occurrence}/{limit}"
        mine = [one for one in self._facts.deeds if one[0].incident == incident]
        last = {deed.deed: deed for deed, _ in sorted(mine, key=lambda one: one[1])}
        acknowledged, assigned = last.get(Deed.ACKNOWLEDGED), last.get(Deed.ASSIGNED)
        by_id = latest(alerts, lambda alert: alert.alert_id)
        return Incident(
            key,
            newest=max(alerts, key=lambda one: one[1])[0],
            first=min(by_id, key=lambda alert: alert.raised_at),
            acknowledged_by=acknowledged.by if acknowledged else None,
            assigned_to=assigned.to if assigned else None,
            escalated=Deed.ESCALATED in last,
        )


def latest(facts: Iterable[tuple[Fact, int]], key: Callable[[Fact], Hashable]) -> list[Fact]:
    """Of the facts with one key, that with the greatest version."""
    last: dict[Hashable, tuple[Fact, int]] = {}
    for fact, version in facts:
        standing = last.get(key(fact))
        if standing is None or version >= standing[1]:
            last[key(fact)] = (fact, version)
    return [fact for fact, _ in last.values()]


def key_of(fact: Outcome | Alert) -> Key:
    """Which stage of which visit under which limit it speaks of."""
    limit = fact.limit.id if fact.limit else ""
    return (fact.port, fact.stage, fact.visit_id, fact.occurrence, limit)
