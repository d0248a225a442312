"""Commitments over vessel calls: which calls a promise speaks of, and what each adds.

The cohort of a period is what finished in it, by port time; what was begun before its end and has
not finished is left out, counted. So is a call that does not say whether it is in scope. Work
stopped by force majeure takes no time; a call that only this saves is excused.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from events.vocabulary import Verdict
from timing.calls import Call
from timing.commitments.facts import Facts, began
from timing.commitments.measure import Bound, Measure, ratio, share
from timing.commitments.period import Period
from timing.commitments.promise import Bracket, BracketPromise, CallPromise, RatePromise
from timing.verdict import at_least, of_closed, over

OPEN, EXCUSED = "open", "excused"
CRANES, TRADE, SERVICE = "cranes-unknown", "trade-unknown", "service-unknown"
BERTHING, NO_TIME = "berthing-unknown", "no-working-time"
SIZE, ABOVE = "size-unknown", "above-brackets"
HOUR_S = 3600


class _Worked(NamedTuple):
    """How long a call took, and how much of that was not force majeure."""

    gross_s: int
    net_s: int


def measures(promise: CallPromise, facts: Facts, period: Period) -> tuple[Measure, ...]:
    """What a promise comes to."""
    cohort = list(_cohort(promise, facts, period))
    if isinstance(promise, BracketPromise):
        bound = Bound(Fraction(promise.at_least), "at-least", "share")
        return (share(bound, (_in_time(promise, call) for call in cohort)),)
    if promise.share is not None:
        bound = Bound(Fraction(promise.share), "at-least", "share")
        return (share(bound, (_reached(promise, call) for call in cohort)),)
    rate = Bound(Fraction(promise.at_least), "at-least", "boxes-per-hour", per=HOUR_S)
    return (ratio(rate, (_lifted(promise, call) for call in cohort)),)


def _cohort(promise: CallPromise, facts: Facts, period: Period) -> Iterator[Call]:
    for call in facts.calls:
        if _may_be_meant(promise, call) and _falls(call, period):
            yield call


def _may_be_meant(promise: CallPromise, call: Call) -> bool:
    """What a call does not tell may be what the promise names; `_unfit` leaves it out then."""
    return (
        (not promise.facilities or call.facility in promise.facilities)
        and (promise.trade is None or call.trade in (None, promise.trade))
        and (promise.service is None or call.service in (None, promise.service))
        and (promise.boxes_from is None or call.boxes >= promise.boxes_from)
        and (promise.boxes_over is None or call.boxes > promise.boxes_over)
        and (promise.boxes_upto is None or call.boxes <= promise.boxes_upto)
    )


def _falls(call: Call, period: Period) -> bool:
    if call.finished_at is None:
        return began(call) < period.ends_at
    return period.holds(call.finished_at)


def _unfit(promise: CallPromise, call: Call) -> str | None:
    """Why a call cannot be judged, whatever its time."""
    if call.finished_at is None:
        return OPEN
    if isinstance(promise, RatePromise) and promise.lifts == "per-crane-hour":
        return CRANES
    if promise.trade is not None and call.trade is None:
        return TRADE
    if promise.service is not None and call.service is None:
        return SERVICE
    return None


def _worked(call: Call, since: str) -> _Worked | str:
    """The time of a call since its first lift or its berthing. A berthing told for after the first
    lift is none."""
    begin = call.first_lift_at if since == "first-lift" else call.berthed_at
    if begin is None or begin > call.first_lift_at:
        return BERTHING
    gross_s = call.last_lift_at - begin
    return _Worked(gross_s, gross_s - call.halted_s(begin, call.last_lift_at))


def _in_time(promise: BracketPromise, call: Call) -> bool | str:
    if (unfit := _unfit(promise, call)) is not None:
        return unfit
    worked = _worked(call, "berthed")
    if isinstance(worked, str):
        return worked
    bracket = _bracket(promise, call)
    if isinstance(bracket, str):
        return bracket
    verdict = of_closed(worked.gross_s, worked.net_s, bracket.within)
    return EXCUSED if verdict is Verdict.EXCUSED else verdict is Verdict.MET


def _bracket(promise: BracketPromise, call: Call) -> Bracket | str:
    """The bracket of a call's TEU. Boxes whose length is not told count for the least and for the
    most that a box may; if that is not the same bracket, the length must be known."""
    least, most = _teu(promise, call)
    low, high = _first(promise, least), _first(promise, most)
    if low != high:
        return SIZE
    return ABOVE if low is None else low


def _first(promise: BracketPromise, teu: Fraction) -> Bracket | None:
    held = (b for b in promise.brackets if teu <= b.teu_upto)
    return next(held, None)


def _teu(promise: BracketPromise, call: Call) -> tuple[Fraction, Fraction]:
    weights = [Fraction(weight) for weight in promise.teu.values()]
    least = most = Fraction(0)
    for size, boxes in call.sizes:
        known = promise.teu.get(size) if size is not None else None
        own = None if known is None else Fraction(known)
        least += boxes * (min(weights) if own is None else own)
        most += boxes * (max(weights) if own is None else own)
    return least, most


def _work(promise: RatePromise, call: Call) -> _Worked | str:
    """A call that took no time, one box or all within a second, has no rate."""
    if (unfit := _unfit(promise, call)) is not None:
        return unfit
    worked = _worked(call, promise.since)
    if isinstance(worked, str):
        return worked
    return worked if over(worked.net_s, 0) else NO_TIME


def _lifted(promise: RatePromise, call: Call) -> tuple[int, int] | str:
    work = _work(promise, call)
    return work if isinstance(work, str) else (call.boxes, work.net_s)


def _reached(promise: RatePromise, call: Call) -> bool | str:
    work = _work(promise, call)
    if isinstance(work, str):
        return work
    bound = Fraction(promise.at_least)
    by_net, by_gross = (Fraction(call.boxes * HOUR_S, s) for s in (work.net_s, work.gross_s))
    if at_least(by_net, bound) and not at_least(by_gross, bound):
        return EXCUSED
    return at_least(by_net, bound)
