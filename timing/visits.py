"""Visits: which reports belong to one stay of a unit at a port. One table of kinds, one walk.

A stay opens with an entry or an announced arrival and closes when the unit leaves. What is said
before it opens waits for it; what is said after it closed still belongs to it for a while.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from events.vocabulary import Category, Direction, Kind, Mode
from timing.observation import Observation
from timing.patience import Patience

ENTRIES = frozenset({Kind.DISCHARGED, Kind.GATED_IN, Kind.RAIL_UNLOADED, Kind.AIR_UNLOADED})
OPENERS = ENTRIES | {Kind.ARRIVED}
EXITS = frozenset({Kind.GATED_OUT, Kind.LOADED, Kind.RAIL_LOADED})
AHEAD = frozenset(
    {
        Kind.MANIFEST_DECLARED, Kind.DECLARED, Kind.DECLARATION_ACCEPTED, Kind.ARRIVAL_REPORTED,
        Kind.TRUCK_ARRIVED, Kind.PICKUP_REQUESTED, Kind.PICKUP_PLANNED,
    }
)  # fmt: skip
"""Kinds that, once a unit has left, announce its next stay rather than end the last one."""


class Traits(NamedTuple):
    """What limits may depend on, as first stated in the visit."""

    mode: Mode
    direction: Direction | None
    facility: str | None
    size_type: str | None
    laden: bool | None
    category: Category | None


@dataclass(slots=True)
class Visit:
    """One stay. `reports` stand and are in order; `closed_at` is None while the unit is here."""

    visit_id: str
    opened_at: int
    reports: list[Observation]
    closed_at: int | None = None
    missing_end: bool = False
    entered_at: int | None = None
    traits: Traits = field(init=False)
    kinds: frozenset[Kind] = frozenset()
    stayed: list[Observation] = field(default_factory=list)

    def settle(self) -> "Visit":
        """Fix traits, kinds, and what was heard up to the exit, once all reports are in."""
        self.traits = _traits(self.reports)
        self.kinds = frozenset(r.kind for r in self.reports)
        left_at = self.closed_at
        self.stayed = [r for r in self.reports if left_at is None or r.occurred_at <= left_at]
        return self

    def last_heard_at(self) -> int:
        """The latest instant any report of this visit speaks of."""
        return self.reports[-1].occurred_at


class Stays(NamedTuple):
    """A unit's visits in order, and the reports that belong to none of them."""

    visits: tuple[Visit, ...]
    kept: tuple[Observation, ...]


def visit_id(key: str, opened_at: int) -> str:
    """`<port>/<unit id>/<opening instant, UTC, basic format>`."""
    return f"{key}/{datetime.fromtimestamp(opened_at, UTC):%Y%m%dT%H%M%SZ}"


def stays(key: str, reports: tuple[Observation, ...], patience: Patience) -> Stays:
    """Divide the standing reports of a unit, in order, into its visits."""
    walk = _Walk(key, patience)
    for report in reports:
        walk.take(report)
    return walk.finish()


class _Walk:
    """The one place that decides where a visit begins and ends."""

    def __init__(self, key: str, patience: Patience) -> None:
        self.key, self.patience = key, patience
        self.visits: list[Visit] = []
        self.waiting: list[Observation] = []
        self.kept: list[Observation] = []

    def take(self, report: Observation) -> None:
        visit = self.visits[-1] if self.visits else None
        if visit is not None and visit.closed_at is None and not visit.missing_end:
            if self._reentry(visit, report):
                self._return(visit, report)
            else:
                self._add(visit, report)
        elif report.kind in OPENERS:
            self._open(report)
        elif visit is not None and self._belongs_after(visit, report):
            visit.reports.append(report)
        else:
            self.waiting.append(report)

    def _return(self, visit: Visit, report: Observation) -> None:
        """The unit is back: what was announced within the gap belongs to the stay that begins."""
        visit.missing_end = True
        since = report.occurred_at - self.patience.reentry_gap_s
        ahead: list[Observation] = []
        while _announces(visit.reports[-1]) and visit.reports[-1].occurred_at > since:
            ahead.insert(0, visit.reports.pop())
        for announced in (*ahead, report):
            self.take(announced)

    def _open(self, report: Observation) -> None:
        cutoff = report.occurred_at - self.patience.ahead_s
        reports = [waiting for waiting in self.waiting if waiting.occurred_at >= cutoff]
        self.kept += [waiting for waiting in self.waiting if waiting.occurred_at < cutoff]
        self.waiting = []
        visit = Visit(visit_id(self.key, report.occurred_at), report.occurred_at, reports)
        self.visits.append(visit)
        self._add(visit, report)

    def _add(self, visit: Visit, report: Observation) -> None:
        visit.reports.append(report)
        if report.kind in ENTRIES and visit.entered_at is None:
            visit.entered_at = report.occurred_at
        if report.kind in EXITS or (report.kind is Kind.DEPARTED and _leaves_with_it(visit)):
            visit.closed_at = report.occurred_at

    def _reentry(self, visit: Visit, report: Observation) -> bool:
        """A second entry long after the first: the unit was gone in between, unreported."""
        if report.kind not in ENTRIES or visit.entered_at is None:
            return False
        return report.occurred_at - visit.entered_at >= self.patience.reentry_gap_s

    def _belongs_after(self, visit: Visit, report: Observation) -> bool:
        ended_at = visit.closed_at if visit.closed_at is not None else visit.last_heard_at()
        if report.occurred_at - ended_at > self.patience.retention_s:
            return False
        if report.kind in (Kind.DEPARTED, Kind.TRUCK_DEPARTED):
            return True
        return report.kind not in AHEAD and not self.waiting

    def finish(self) -> Stays:
        kept = tuple(self.kept + self.waiting)
        return Stays(tuple(visit.settle() for visit in self.visits), kept)


def _announces(report: Observation) -> bool:
    return report.kind in AHEAD or report.kind is Kind.ARRIVED


def _leaves_with_it(visit: Visit) -> bool:
    """The ship that leaves takes an export along. Any other unit may have come with it."""
    stated = [r.direction for r in visit.reports if r.direction is not None]
    return bool(stated) and stated[0] is Direction.EXPORT


def _traits(reports: list[Observation]) -> Traits:
    modes = [r.mode for r in reports if r.mode is not Mode.ROAD]
    return Traits(
        mode=modes[0] if modes else Mode.ROAD,
        direction=next((r.direction for r in reports if r.direction is not None), None),
        facility=next((r.facility for r in reports if r.facility is not None), None),
        size_type=next((r.size_type for r in reports if r.size_type is not None), None),
        laden=next((r.laden for r in reports if r.laden is not None), None),
        category=next((r.category for r in reports if r.category is not None), None),
    )
