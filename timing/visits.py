"""Visits: which reports belong to one stay of a unit at a port. One table of kinds, one walk.

A stay opens with an entry or an announced arrival and closes when the unit leaves. What is said
before it opens waits for it; what is said after it closed still belongs to it for a while.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from events.identifiers import Identity
from events.vocabulary import Category, Direction, Kind, Mode
from timing.observation import Observation
from timing.patience import DAY_S, Patience

_EPOCH: Final = date(1970, 1, 1)
_ROAD: Final = Mode.ROAD

ENTRIES = frozenset({Kind.DISCHARGED, Kind.GATED_IN, Kind.RAIL_UNLOADED, Kind.AIR_UNLOADED})
OPENERS = ENTRIES | {Kind.ARRIVED}
EXITS = frozenset({Kind.GATED_OUT, Kind.LOADED, Kind.RAIL_LOADED})
AHEAD = frozenset(
    {
        Kind.MANIFEST_DECLARED, Kind.DECLARED, Kind.DECLARATION_ACCEPTED, Kind.ARRIVAL_REPORTED,
        Kind.TRUCK_ARRIVED, Kind.PICKUP_REQUESTED, Kind.PICKUP_PLANNED, Kind.OVERTIME_BOOKED,
    }
)  # fmt: skip
"""Kinds that, once a unit has left, announce its next stay rather than end the last one."""

_DEPARTED: Final = Kind.DEPARTED
_TURNING = ENTRIES | EXITS | {Kind.DEPARTED}
"""Kinds by which a unit that is here comes in, or leaves."""
_TRANSFER = frozenset({Kind.TRANSFER_STARTED, Kind.TRANSFER_ENDED, Kind.GATED_OUT})
"""Kinds without any of which no gate is passed within a transfer."""
_NO_GATES: Final = frozenset[Identity]()
_OUTWARDS = frozenset({Kind.GATED_OUT})
_INWARDS_TOO = _OUTWARDS | {Kind.GATED_IN}


class Traits(NamedTuple):
    """What limits may depend on, as first stated in the visit."""

    mode: Mode
    direction: Direction | None
    facility: str | None
    size_type: str | None
    laden: bool | None
    category: Category | None
    weight_kg: int | None = None
    journey_s: int | None = None


@dataclass(slots=True)
class Visit:
    """One stay. `reports` stand and are in order; `closed_at` is None while the unit is here.

    `heard` are those that stages are told from: all but the `gates` passed within a transfer.
    `stayed` are those of them up to the exit.
    """

    visit_id: str
    opened_at: int
    reports: list[Observation]
    closed_at: int | None = None
    missing_end: bool = False
    entered_at: int | None = None
    traits: Traits = field(init=False)
    kinds: frozenset[Kind] = frozenset()
    gates: frozenset[Identity] = frozenset()
    heard: list[Observation] = field(init=False)
    stayed: list[Observation] = field(init=False)

    def settle(self) -> "Visit":
        """Fix traits, kinds, and what was heard up to the exit, once all reports are in."""
        self.traits = traits_of(self.reports)
        self.kinds = frozenset(r.kind for r in self.reports)
        self.heard = self.reports
        if self.gates:
            self.heard = [r for r in self.reports if r.identity not in self.gates]
        left_at = self.closed_at
        self.stayed = self.heard
        if left_at is not None:
            self.stayed = [r for r in self.heard if r.occurred_at <= left_at]
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
    days, second = divmod(opened_at, DAY_S)
    minute, second = divmod(second, 60)
    return f"{key}/{_day(days)}T{minute // 60:02d}{minute % 60:02d}{second:02d}Z"


@lru_cache(maxsize=1024)
def _day(days: int) -> str:
    """So many days after the epoch, in basic format."""
    return f"{_EPOCH + timedelta(days):%Y%m%d}"


def stays(key: str, reports: tuple[Observation, ...], patience: Patience) -> Stays:
    """Divide the standing reports of a unit, in order, into its visits."""
    walk = _Walk(key, patience, _gates_within_transfers(reports, patience))
    for report in reports:
        walk.take(report)
    return walk.finish()


def _gates_within_transfers(
    reports: tuple[Observation, ...], patience: Patience
) -> frozenset[Identity]:
    """Gates passed on the way from one yard of the port to another (转场): out after a transfer was
    started, and arrived before long. A transfer whose end nobody reports hides no exit."""
    if not _TRANSFER.issubset([report.kind for report in reports]):
        return _NO_GATES
    passed: set[Identity] = set()
    moving, gates = False, list[Observation]()
    for report in reports:
        if report.kind is Kind.TRANSFER_STARTED:
            moving, gates = True, []
        elif report.kind is Kind.TRANSFER_ENDED:
            if gates and report.occurred_at - gates[0].occurred_at < patience.reentry_gap_s:
                passed |= {gate.identity for gate in gates}
            moving, gates = False, []
        elif moving and report.kind in (_INWARDS_TOO if gates else _OUTWARDS):
            gates.append(report)
    return frozenset(passed)


class _Walk:
    """The one place that decides where a visit begins and ends."""

    def __init__(self, key: str, patience: Patience, gates: frozenset[Identity]) -> None:
        self.key, self.patience, self.gates = key, patience, gates
        self.visits: list[Visit] = []
        self.here: Visit | None = None
        self.waiting: list[Observation] = []
        self.kept: list[Observation] = []

    def take(self, report: Observation) -> None:
        visit = self.here
        if visit is None:
            self._take_away(report)
        elif report.kind not in _TURNING or (self.gates and report.identity in self.gates):
            visit.reports.append(report)
        elif self._reentry(visit, report):
            self._return(visit, report)
        else:
            self._turn(visit, report)

    def _take_away(self, report: Observation) -> None:
        """What is told while the unit is not here."""
        if report.kind in OPENERS:
            self._open(report)
        elif self.visits and self._belongs_after(self.visits[-1], report):
            self.visits[-1].reports.append(report)
        else:
            self.waiting.append(report)

    def _return(self, visit: Visit, report: Observation) -> None:
        """The unit is back: what was announced within the gap belongs to the stay that begins."""
        visit.missing_end, self.here = True, None
        since = report.occurred_at - self.patience.reentry_gap_s
        ahead: list[Observation] = []
        while _announces(visit.reports[-1]) and visit.reports[-1].occurred_at > since:
            ahead.insert(0, visit.reports.pop())
        for announced in (*ahead, report):
            self.take(announced)

    def _open(self, report: Observation) -> None:
        opened_at, reports = report.occurred_at, self.waiting
        if reports:
            cutoff = opened_at - self.patience.ahead_s
            self.kept += [waiting for waiting in reports if waiting.occurred_at < cutoff]
            reports = [waiting for waiting in reports if waiting.occurred_at >= cutoff]
        self.waiting = []
        visit = Visit(visit_id(self.key, opened_at), opened_at, reports, gates=self.gates)
        self.visits.append(visit)
        self.here = visit
        if self.gates and report.identity in self.gates:
            reports.append(report)
        else:
            self._turn(visit, report)

    def _turn(self, visit: Visit, report: Observation) -> None:
        """The unit comes in, if it was not in before, or leaves."""
        visit.reports.append(report)
        if report.kind in ENTRIES:
            if visit.entered_at is None:
                visit.entered_at = report.occurred_at
        elif report.kind in EXITS or (report.kind is _DEPARTED and _leaves_with_it(visit)):
            visit.closed_at, self.here = report.occurred_at, None

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
        return Stays(tuple([visit.settle() for visit in self.visits]), kept)


def _announces(report: Observation) -> bool:
    return report.kind in AHEAD or report.kind is Kind.ARRIVED


def _leaves_with_it(visit: Visit) -> bool:
    """The ship that leaves takes an export along. Any other unit may have come with it."""
    stated = [r.direction for r in visit.reports if r.direction is not None]
    return bool(stated) and stated[0] is Direction.EXPORT


def traits_of(reports: Iterable[Observation]) -> Traits:
    """What was stated first of each trait. A truck says nothing of how the unit came or goes."""
    mode, direction, facility, size_type = _ROAD, None, None, None
    laden = category = weight_kg = journey_s = None
    for report in reports:
        if mode is _ROAD:
            mode = report.mode
        if direction is None:
            direction = report.direction
        if facility is None:
            facility = report.facility
        if size_type is None:
            size_type = report.size_type
        if laden is None:
            laden = report.laden
        if category is None:
            category = report.category
        if weight_kg is None:
            weight_kg = report.weight_kg
        if journey_s is None and report.rare is not None:
            journey_s = report.rare.journey_s
    return Traits(mode, direction, facility, size_type, laden, category, weight_kg, journey_s)
