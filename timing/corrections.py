"""Which reports stand: superseded and retracted ones do not, and a retraction is no fact itself."""

from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from events.identifiers import Identity
from events.vocabulary import Kind
from timing.observation import Observation

_CLOSES_LAST = {
    Kind.GATED_OUT: 2, Kind.LOADED: 2, Kind.RAIL_LOADED: 2,
    Kind.TRUCK_DEPARTED: 3, Kind.DEPARTED: 3,
}  # fmt: skip
_OPENS_FIRST = frozenset(
    {Kind.ARRIVED, Kind.DISCHARGED, Kind.GATED_IN, Kind.RAIL_UNLOADED, Kind.AIR_UNLOADED}
)
RANK = {
    kind: (0 if kind in _OPENS_FIRST else _CLOSES_LAST.get(kind, 1)) * 100 + place
    for place, kind in enumerate(Kind)
}


_occurred_at = attrgetter("occurred_at")


def order(report: Observation) -> tuple[int, int, str, str]:
    """Reports in the order of the work: by time; in one second entries first and exits last."""
    return report.occurred_at, RANK[report.kind], report.source, report.event_id


def in_order(reports: Iterable[Observation]) -> list[Observation]:
    """All of them in the order of the work. Hardly ever do two speak of one second; where none do,
    time alone orders them, at a third of the price."""
    by_time = sorted(reports, key=_occurred_at)
    if len(set(map(_occurred_at, by_time))) == len(by_time):
        return by_time
    return sorted(by_time, key=order)


class Standing(NamedTuple):
    """`facts` stand, in order; `void` do not: corrected reports and the retractions themselves."""

    facts: tuple[Observation, ...]
    void: tuple[Observation, ...]


def standing(reports: Iterable[Observation]) -> Standing:
    """Which reports stand. A pure function of the set of reports."""
    ordered = in_order(reports)
    corrections = [r for r in ordered if r.rare is not None and r.corrects]
    if not corrections:
        return Standing(tuple(ordered), ())
    void = _void(corrections)
    facts = tuple(r for r in ordered if r.said.retracts is None and r.identity not in void)
    fallen = tuple(r for r in ordered if r.said.retracts is not None or r.identity in void)
    return Standing(facts, fallen)


def _void(corrections: list[Observation]) -> frozenset[Identity]:
    """Later corrections are heard first. What was taken back corrects nothing: a retracted
    correction, or a retraction corrected in turn. A correction superseded by a better one still
    keeps down what it corrected, but nothing later than itself.
    """
    void: set[Identity] = set()
    retracted: set[Identity] = set()
    heard: set[Identity] = set()
    for report in sorted(corrections, key=lambda r: (r.recorded_at, *order(r)), reverse=True):
        target, identity = report.corrects, report.identity
        superseded = identity in void
        heard.add(identity)
        taken_back = identity in retracted or (superseded and report.said.retracts is not None)
        if target is None or taken_back or (superseded and target in heard) or target == identity:
            continue
        void.add(target)
        if report.said.retracts:
            retracted.add(target)
    return frozenset(void)
