"""The boundary: a time equal to its limit keeps it, whoever asks, and however the time is counted.

With the parts of an engine that each law must notice when they are broken.
"""

from datetime import UTC, datetime
from random import Random
from typing import Any

from msgspec.structs import replace

from events.testing import event
from events.vocabulary import Verdict
from timing import case, deadlines, occurrences, verdict
from timing.calendars import CONTINUOUS
from timing.case import Case, Scene
from timing.editions import Applied
from timing.findings import Finding, Findings
from timing.patience import DAY_S
from timing.stages import Shape
from timing.testing import LONGER, RULES, START, TWO_DAYS, edition, judged, told
from timing.verdict import of_closed

LIMITS = {limit.id: limit for limit in edition().limit}


def at_most(found: Findings) -> list[Finding]:
    """The findings with a limit that time must keep within."""
    return [f for f in found.by_key.values() if f.applied and not f.applied.limit.at_least]


def a_closed_stage_is_judged_by_its_net_time(rng: Random) -> None:
    for f in judged(told(rng)).by_key.values():
        if not f.applied or f.net_s is None or f.gross_s is None:
            continue
        if f.applied.limit.at_least:
            assert (f.verdict is Verdict.BREACHED) == (f.net_s < f.applied.limit_s)
            continue
        assert (f.verdict is Verdict.BREACHED) == (f.net_s > f.applied.limit_s)
        if f.applied.calendar.continuous:
            assert (f.verdict is Verdict.MET) == (f.gross_s <= f.applied.limit_s)


def the_deadline_is_the_inverse_of_net_time(rng: Random) -> None:
    """Holds and calendars together: open at the deadline, broken a second later, and without a
    deadline never."""
    story = told(rng)
    now = rng.choice(TWO_DAYS)
    for f in at_most(judged(story, now)):
        if f.occurrence.closed_at is not None:
            continue
        if f.deadline_at is None:
            again = judged(story, now + 9 * DAY_S).by_key[f.key]
            assert again.verdict is f.verdict is Verdict.OPEN
            continue
        assert judged(story, f.deadline_at + 1).by_key[f.key].verdict is Verdict.BREACHED
        if f.decided_at == f.deadline_at or f.verdict is Verdict.OPEN:
            assert judged(story, f.deadline_at).by_key[f.key].verdict is Verdict.OPEN


def the_timer_and_the_closer_agree_at_the_boundary(rng: Random) -> None:
    story = told(rng)
    for f in at_most(judged(story, START)):
        stage = f.occurrence.stage
        if f.deadline_at is None or f.verdict is not Verdict.OPEN or stage.shape is Shape.JOINT:
            continue
        for late_s, verdicts in ((0, {Verdict.MET, Verdict.EXCUSED}), (1, {Verdict.BREACHED})):
            end = f.deadline_at + late_s
            moment = datetime.fromtimestamp(end, UTC)
            closer = event(min(stage.closers), moment, event_id="end", direction=None)
            closed = judged([*story, closer], end).by_key.get(f.key)
            if closed is not None and closed.occurrence.closed_at == end:
                assert closed.verdict in verdicts


def a_longer_limit_never_breaks_what_was_kept(rng: Random) -> None:
    story, now = told(rng), rng.choice(TWO_DAYS)
    longer = judged(story, now, LONGER).by_key
    for key, f in judged(story, now).by_key.items():
        if f.verdict is not Verdict.BREACHED:
            assert longer[key].verdict is not Verdict.BREACHED
        if f.verdict is Verdict.MET:
            assert longer[key].verdict is Verdict.MET


def a_plain_case_comes_to_what_holds_and_calendar_say(rng: Random) -> None:
    """In a few sums or in full, under limits that the time just keeps and just breaks."""
    story, now = told(rng), rng.choice(TWO_DAYS)
    for visit in judged(story, now).visits:
        scene = Scene(visit, RULES, now)
        for one in occurrences.occurrences(visit):
            plain, time_s = (
                Case(scene, one, (), one.reports),
                (one.closed_at or now) - one.opened_at,
            )
            assert case.judged(plain, None) == case.in_full(plain, None)
            for id in ("inspection", "manifest-notice"):
                for more_s in (-1, 0, 1, time_s // 4, DAY_S):
                    applied = Applied(LIMITS[id], "t", max(1, time_s + more_s))
                    assert case.judged(plain, applied) == case.in_full(plain, applied)


_deadline, _ended, _open = deadlines.deadline, case._ended, case._open


def ended_without_a_deadline(one: Any, applied: Any, closed_at: int) -> Finding:
    return replace(_ended(one, applied, closed_at), deadline_at=None)


def at_risk_a_second_late(one: Any, applied: Any) -> Finding:
    found = _open(one, applied)
    return replace(found, risk_at=None if found.risk_at is None else found.risk_at + 1)


def each_report_counted_once(one: Any) -> tuple[int, tuple[str, ...]]:
    return len(one.evidence), ()


def who_had_it_last(start: int, end: int, turns: Any) -> Any:
    return ((turns[-1][1], end - start),)


def over_at_the_limit(taken_s: int, limit_s: int) -> bool:
    return taken_s >= limit_s


def over_below_the_limit(taken_s: int, limit_s: int) -> bool:
    return taken_s < limit_s


def judged_by_worked_time(worked_s: int, net_s: int, limit_s: int) -> Verdict:
    return of_closed(worked_s, worked_s, limit_s)


def too_much_notice(given_s: int, least_s: int) -> Verdict:
    return verdict.of_closed(given_s, given_s, least_s)


def never_broken_by_the_timer(net_s: int, limit_s: int) -> Verdict:
    return Verdict.OPEN


def without_holds(parts: Any, answers: Any, allowance_s: int, clock: Any) -> int | None:
    return _deadline(tuple(p._replace(slices=()) for p in parts), answers, allowance_s, clock)


def of_the_last_stretch(parts: Any, answers: Any, allowance_s: int, clock: Any) -> int | None:
    return _deadline(parts[-1:], answers, allowance_s, clock)


def without_a_calendar(parts: Any, answers: Any, allowance_s: int, clock: Any) -> int | None:
    return _deadline(parts, answers, allowance_s, clock._replace(calendar=CONTINUOUS))


def without_overtime(parts: Any, answers: Any, allowance_s: int, clock: Any) -> int | None:
    return _deadline(parts, answers, allowance_s, clock._replace(booked=()))


PLAIN = a_plain_case_comes_to_what_holds_and_calendar_say

MUTANTS = [
    (the_timer_and_the_closer_agree_at_the_boundary, verdict, "over", over_at_the_limit),
    (the_deadline_is_the_inverse_of_net_time, verdict, "over", over_at_the_limit),
    (the_deadline_is_the_inverse_of_net_time, case, "of_open", never_broken_by_the_timer),
    (the_deadline_is_the_inverse_of_net_time, case, "deadline", without_holds),
    (the_deadline_is_the_inverse_of_net_time, case, "deadline", of_the_last_stretch),
    (the_deadline_is_the_inverse_of_net_time, case, "deadline", without_a_calendar),
    (the_deadline_is_the_inverse_of_net_time, case, "deadline", without_overtime),
    (a_longer_limit_never_breaks_what_was_kept, verdict, "over", over_below_the_limit),
    (a_closed_stage_is_judged_by_its_net_time, case, "of_closed", judged_by_worked_time),
    (a_closed_stage_is_judged_by_its_net_time, case, "of_notice", too_much_notice),
    (PLAIN, case, "_ended", ended_without_a_deadline),
    (PLAIN, case, "_open", at_risk_a_second_late),
    (PLAIN, case, "_weight_and_precision", each_report_counted_once),
    (PLAIN, case, "split_in_turn", who_had_it_last),
]
