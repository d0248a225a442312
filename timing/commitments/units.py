"""Commitments over units: which outcomes a promise speaks of, and what each adds.

The cohort of a period is what closed in it, by port time; what was begun before its end and is open
is left out, counted. A unit is one occurrence of a stage in one visit. Void outcomes are no units.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import NamedTuple

import isodate

from events.vocabulary import Verdict
from timing.commitments.facts import Facts, OutcomeFact
from timing.commitments.measure import Bound, Measure, ratio, share
from timing.commitments.period import Period
from timing.commitments.promise import (
    BlameSharePromise,
    MeanPromise,
    PercentilePromise,
    Point,
    SharePromise,
    UnitPromise,
    limit_of,
)
from timing.holds import excuses
from timing.kinds.limit import Limit
from timing.verdict import of_closed

OPEN, OVER_LIMIT, EXCUSED, NO_LIMIT = "open", "open-over-limit", "excused", "no-limit"
BY_ALL = "answered-by-all"
WHY_NO_LIMIT = (
    "size-unknown", "weight-unknown", "journey-unknown", "calendar-unknown", "no-appointment",
    "ordered-too-late", "listed",
)  # fmt: skip


class _Unit(NamedTuple):
    """One occurrence: its outcomes, one per limit that judged it. `unjudged`: the limit that is
    asked about covers it and yet did not judge it, so whatever others say of it is not asked."""

    outcomes: tuple[OutcomeFact, ...]
    unjudged: bool = False

    @property
    def verdicts(self) -> frozenset[Verdict]:
        """What the limits that are asked about said."""
        said = (Verdict.NO_LIMIT,) if self.unjudged else (o.verdict for o in self.outcomes)
        return frozenset(said)

    @property
    def first(self) -> OutcomeFact:
        """What all of them say alike: where, when, who answers, what was held."""
        return self.outcomes[0]

    @property
    def flags(self) -> frozenset[str]:
        """Everything said of its ends and of its limits."""
        return frozenset(flag for outcome in self.outcomes for flag in outcome.flags)


def measures(
    promise: UnitPromise, facts: Facts, period: Period, limits: Mapping[str, Limit]
) -> tuple[Measure, ...]:
    """What a promise comes to. `limits` are those of its edition, by id."""
    cohort = list(_cohort(promise, facts, period, limits))
    if isinstance(promise, PercentilePromise):
        return tuple(_point(promise, point, cohort) for point in promise.points)
    if isinstance(promise, MeanPromise):
        bound = Bound(Fraction(promise.at_most), "at-most", "seconds")
        return (ratio(bound, (_timed(promise, unit) for unit in cohort)),)
    if isinstance(promise, SharePromise):
        bound = Bound(Fraction(promise.at_least), "at-least", "share")
        return (share(bound, (_met(promise, unit) for unit in cohort)),)
    bound = Bound(Fraction(promise.at_most), "at-most", "share")
    return (share(bound, (_blamed(promise, unit) for unit in cohort)),)


def _cohort(
    promise: UnitPromise, facts: Facts, period: Period, limits: Mapping[str, Limit]
) -> Iterator[_Unit]:
    """What is out of scope is no part of it, and is not counted as left out either."""
    named = limit_of(promise)
    limit = limits[named] if named is not None else None
    stages = _stages(promise, limit)
    found: dict[tuple[str, str, int], list[OutcomeFact]] = {}
    for outcome in facts.outcomes:
        if outcome.stage not in stages or outcome.verdict is Verdict.VOID:
            continue
        traits = facts.traits_of(outcome)
        covered = limit is None or limit.covers(traits, outcome.facility)
        if covered and promise.covers(traits, outcome.facility) and _falls(outcome, period):
            key = outcome.visit_id, outcome.stage, outcome.occurrence
            found.setdefault(key, []).append(outcome)
    for same in found.values():
        yield _Unit(tuple(same)) if named is None else _by_limit(named, same)


def _stages(promise: UnitPromise, limit: Limit | None) -> tuple[str, ...]:
    if limit is not None:
        return (limit.stage,)
    return () if isinstance(promise, SharePromise) else promise.stage


def _by_limit(named: str, same: list[OutcomeFact]) -> _Unit:
    """What one limit judged."""
    own = [o for o in same if o.limit is not None and o.limit.id == named]
    return _Unit(tuple(own or same), unjudged=not own)


def _falls(outcome: OutcomeFact, period: Period) -> bool:
    if outcome.closed_at is None:
        return outcome.opened_at.timestamp() < period.ends_at
    return period.holds(int(outcome.closed_at.timestamp()))


def _unfit(promise: UnitPromise, unit: _Unit) -> str | None:
    """Why a unit's time says nothing, whatever is promised: it has not ended, or not as told."""
    if unit.first.closed_at is None:
        return OVER_LIMIT if Verdict.BREACHED in unit.verdicts else OPEN
    return next((flag for flag in promise.leave_out if flag in unit.flags), None)


def _met(promise: SharePromise, unit: _Unit) -> bool | str:
    unfit = _unfit(promise, unit)
    return unfit if unfit is not None else _judged(unit)


def _judged(unit: _Unit) -> bool | str:
    """Whether every limit that judged it was kept; else why none did."""
    verdicts = unit.verdicts
    if Verdict.BREACHED in verdicts:
        return False
    if Verdict.EXCUSED in verdicts:
        return EXCUSED
    if Verdict.MET in verdicts:
        return True
    return next((why for why in WHY_NO_LIMIT if why in unit.flags), NO_LIMIT)


def _blamed(promise: BlameSharePromise, unit: _Unit) -> bool | str:
    """Whether it broke its limit by the party's doing. Where all answer together, nobody does."""
    unfit = _unfit(promise, unit)
    if unfit is not None:
        return unfit
    judged = _judged(unit)
    if isinstance(judged, str):
        return judged
    if unit.first.answers == "all":
        return BY_ALL
    return not judged and unit.first.answers == promise.party


def _timed(promise: MeanPromise, unit: _Unit) -> tuple[int, int] | str:
    unfit = _unfit(promise, unit)
    return unfit if unfit is not None else (_times(unit)[1], 1)


def _point(promise: PercentilePromise, point: Point, cohort: list[_Unit]) -> Measure:
    within = isodate.duration_isoformat(timedelta(seconds=point.within))
    bound = Bound(Fraction(point.at_least), "at-least", "share", str(within))
    return share(bound, (_within(promise, point, unit) for unit in cohort))


def _within(promise: PercentilePromise, point: Point, unit: _Unit) -> bool | str:
    """As a limit of that time would have judged it."""
    unfit = _unfit(promise, unit)
    if unfit is not None:
        return unfit
    verdict = of_closed(*_times(unit), point.within)
    return EXCUSED if verdict is Verdict.EXCUSED else verdict is Verdict.MET


def _times(unit: _Unit) -> tuple[int, int]:
    """Gross and net seconds by the clock. `net_s` may count by the calendar of a limit that judged
    the stage; a promise on the stage itself knows no calendar."""
    outcome = unit.first
    if outcome.gross_s is None:
        raise ValueError(f"{outcome.visit_id} {outcome.stage} is closed and has no time")
    held = sum(s for party, s in outcome.held_s.items() if excuses(party, outcome.answers))
    return outcome.gross_s, outcome.gross_s - held
