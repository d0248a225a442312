"""Commitments under both sides: what was promised of many, month by month.

Evaluated by `timing.commitments`, edition by edition: those in force answer for what began while
they were, the draft for everything. Sums of units add up over processes, so a share of the units
can be evaluated where it was judged. Ships' calls are of many units and are evaluated at the end.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from events.instants import from_epoch
from events.vocabulary import Party, Verdict
from reports.whatif.beside import Beside
from reports.whatif.effect import Side
from reports.whatif.trial import Tried
from timing.calls import Call
from timing.commitments.evaluation import Evaluated, evaluate
from timing.commitments.facts import Facts
from timing.commitments.kept import Kept
from timing.commitments.measure import Measure
from timing.commitments.period import Period
from timing.commitments.promise import BracketPromise, RatePromise, limit_of
from timing.editions import Edition
from timing.finding import Finding, Flags
from timing.stages import Answers
from timing.visits import Traits

SIDES: Final[tuple[Side, Side]] = ("current", "draft")


class Told(NamedTuple):
    """Which promise of which side and month an evaluation is of."""

    side: Side
    edition: str
    promise: str
    month: str


Promised = dict[Told, Evaluated]


class _Ruled(NamedTuple):
    """See Ruled."""

    id: str


class _Judged(NamedTuple):
    """See Judged: an outcome made with all its checks costs more than the judgement."""

    visit_id: str
    port: str
    facility: str | None
    stage: str
    occurrence: int
    opened_at: datetime
    closed_at: datetime | None
    gross_s: int | None
    held_s: Mapping[Party, int]
    verdict: Verdict
    answers: Answers
    flags: Flags
    limit: _Ruled | None


class Ledger:
    """Outcomes of both sides, by the month in which they ended; open ones apart."""

    def __init__(self, beside: Beside, months: Sequence[Period]) -> None:
        """`months` are in order."""
        self.beside, self.months = beside, tuple(months)
        self._editions: dict[Side, tuple[Edition, ...]] = {
            "current": beside.current,
            "draft": (beside.draft,),
        }
        self._stages = {side: _stages(of) for side, of in self._editions.items()}
        self._ended: dict[tuple[Side, str], list[_Judged]] = {}
        self._open: dict[Side, list[_Judged]] = {side: [] for side in SIDES}
        self._traits: dict[str, Traits] = {}

    def take(self, found: Iterable[Tried]) -> None:
        """The occurrences of one unit."""
        for one in found:
            first = one.first
            month = self._month(first.occurrence.closed_at)
            if month == "":
                continue
            for side, findings in zip(SIDES, one, strict=True):
                if first.key.stage in self._stages[side]:
                    self._traits[first.key.visit_id] = first.traits
                    self._shelf(side, month).extend(map(_outcome, findings))

    def _shelf(self, side: Side, month: str | None) -> list[_Judged]:
        return self._open[side] if month is None else self._ended.setdefault((side, month), [])

    def _month(self, closed_at: int | None) -> str | None:
        """The month of an end; None while open, and empty outside of all months."""
        if closed_at is None:
            return None
        return next((month.name for month in self.months if month.holds(closed_at)), "")

    def promised(self) -> Promised:
        """What every promise over units came to in every month."""
        found: Promised = {}
        for side in SIDES:
            for month in self.months:
                outcomes = (*self._ended.get((side, month.name), ()), *self._open[side])
                facts = Facts(outcomes, (), self._traits)
                found |= _evaluated(side, self._editions[side], facts, month, of_calls=False)
        return found


def of_calls(beside: Beside, months: Iterable[Period], calls: tuple[Call, ...]) -> Promised:
    """What every promise over ships' calls came to in every month."""
    found: Promised = {}
    for month in months:
        for side, editions in zip(SIDES, (beside.current, (beside.draft,)), strict=True):
            found |= _evaluated(side, editions, Facts((), calls), month, of_calls=True)
    return found


def _evaluated(
    side: Side, editions: Iterable[Edition], facts: Facts, month: Period, *, of_calls: bool
) -> Iterator[tuple[Told, Evaluated]]:
    for one in evaluate(editions, facts, month):
        promise = one.kept.promise
        if isinstance(promise, RatePromise | BracketPromise) is of_calls:
            yield Told(side, one.edition.edition, promise.id, month.name), one


def _stages(editions: Iterable[Edition]) -> frozenset[str]:
    """The stages that any promise over units is about."""
    found: set[str] = set()
    for edition in editions:
        limits = {limit.id: limit.stage for limit in edition.limit}
        for promise in edition.commitment:
            named = limit_of(promise)
            found |= {limits[named]} if named else set(getattr(promise, "stage", ()))
    return frozenset(found)


def _outcome(one: Finding) -> _Judged:
    """What a promise asks of an outcome, and no more."""
    occurrence, key = one.occurrence, one.key
    return _Judged(
        key.visit_id, key.visit_id.partition("/")[0],
        occurrence.reports[0].facility or one.traits.facility, key.stage, key.occurrence,
        from_epoch(occurrence.opened_at), _instant(occurrence.closed_at), one.gross_s,
        dict(one.held), one.verdict, occurrence.stage.answers, one.flags,
        None if one.applied is None else _Ruled(key.limit_id),
    )  # fmt: skip


def _instant(at: int | None) -> datetime | None:
    return None if at is None else from_epoch(at)


def joined(parts: Iterable[Promised]) -> Promised:
    """What was found of several parts of the units as that of all."""
    found: Promised = {}
    for part in parts:
        for told, one in part.items():
            known = found.get(told)
            found[told] = one if known is None else _both(known, one)
    return found


def _both(one: Evaluated, other: Evaluated) -> Evaluated:
    pairs = zip(one.kept.measures, other.kept.measures, strict=True)
    measures = tuple(_sum(*pair) for pair in pairs)
    return Evaluated(one.edition, Kept(one.kept.promise, one.kept.period, measures))


def _sum(one: Measure, other: Measure) -> Measure:
    left_out = Counter(one.left_out) + Counter(other.left_out)
    return Measure(
        one.bound,
        one.numerator + other.numerator,
        one.denominator + other.denominator,
        one.judged + other.judged,
        {reason: left_out[reason] for reason in sorted(left_out)},
    )
