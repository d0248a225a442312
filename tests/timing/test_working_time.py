"""Limits counted in working time: what a calendar makes of a verdict, a deadline and a split.

The counter works 08:00-12:00 and 14:00-18:00 on Chinese working days; 2026-03-02 is a Monday.
"""

from collections.abc import Callable
from typing import Any

import pytest

from events.envelope import Event
from events.testing import at, told
from events.vocabulary import Party, Verdict
from timing.engine import Rules, elapse, next_deadline, observe
from timing.findings import Finding, Level
from timing.history import History
from timing.limits import Edition, Register

Judged = Callable[[str, str, list[Event], Rules], list[Finding]]
Judge = Callable[..., Finding]
COUNTER = {
    "id": "counter", "days": "china", "hours": [["08:00", "12:00"], ["14:00", "18:00"]],
    "overtime": True,
}  # fmt: skip
HOUR_S = 3600


def epoch(words: str) -> int:
    return int(at(words).timestamp())


@pytest.fixture
def four_hours(edition: Callable[..., Edition]) -> Rules:
    words = edition("box-move PT4H", scope={"calendar": "counter"}, working_time=[COUNTER])
    return Rules(Register((words,)))


@pytest.fixture
def move(judged: Judged, four_hours: Rules) -> Judge:
    """The one finding about moving a box in the working time of the counter."""

    def one(when: str, *sentences: str, **fields: Any) -> Finding:
        story = told("07:00 gated-in", *sentences, **fields)
        (found,) = judged("box-move", when, story, four_hours)
        return found

    return one


def test_only_working_time_counts_and_the_gross_is_told_all_the_same(move: Judge) -> None:
    # Monday 17:00 o-18:00 ........ 08:00--c 10:00 Tuesday
    found = move("day+2 08:00", "17:00 move-ordered", "day+1 10:00 move-ended")
    assert found.verdict is Verdict.MET
    assert (found.gross_s, found.net_s) == (17 * HOUR_S, 3 * HOUR_S)
    assert found.split == ((Party.TERMINAL, 17 * HOUR_S),)


@pytest.mark.parametrize(
    ("ended", "verdict"),
    [("day+1 11:00", Verdict.MET), ("day+1 11:00:01", Verdict.BREACHED)],
)
def test_the_boundary_is_the_same_for_the_closer_and_the_timer(
    ended: str, verdict: Verdict, move: Judge
) -> None:
    closed = move("day+2 08:00", "17:00 move-ordered", f"{ended} move-ended")
    still = move(ended, "17:00 move-ordered")
    assert closed.verdict is verdict
    assert still.verdict is (Verdict.OPEN if verdict is Verdict.MET else verdict)
    assert still.deadline_at == epoch("day+1 11:00")


@pytest.mark.parametrize(
    ("ended", "verdict"),
    [
        ("18:00", Verdict.MET),
        ("23:00", Verdict.MET),
        ("day+1 08:00", Verdict.MET),
        ("day+1 08:00:01", Verdict.BREACHED),
    ],
)
def test_used_up_as_work_ends_it_lasts_until_work_begins(
    ended: str, verdict: Verdict, move: Judge
) -> None:
    # 14:00 o--------18:00 used up ........ 08:00
    closed = move("day+2 08:00", "14:00 move-ordered", f"{ended} move-ended")
    still = move(ended, "14:00 move-ordered")
    assert closed.verdict is verdict
    assert (still.verdict is Verdict.BREACHED) is (verdict is Verdict.BREACHED)
    assert still.deadline_at == epoch("day+1 08:00")


def test_nobody_need_be_excused_for_a_night(move: Judge) -> None:
    # longer than the limit from end to end, and within it by the calendar: kept, not excused
    held = ("19:00 clock-stopped party=customs", "23:00 clock-resumed")
    found = move("day+2 08:00", "17:00 move-ordered", *held, "day+1 09:00 move-ended")
    assert (found.verdict, found.net_s) == (Verdict.MET, 2 * HOUR_S)
    assert found.held == ((Party.CUSTOMS, 4 * HOUR_S),)


def test_what_others_held_of_the_working_time_excuses(move: Judge) -> None:
    # 08:00 o--[09:00 customs .. 15:00]------c 17:00: seven worked, four of them held
    held = ("09:00 clock-stopped party=customs", "15:00 clock-resumed")
    found = move("20:00", "08:00 move-ordered", *held, "17:00 move-ended")
    assert (found.verdict, found.gross_s, found.net_s) == (Verdict.EXCUSED, 9 * HOUR_S, 3 * HOUR_S)
    assert sum(seconds for _, seconds in found.split) == found.gross_s


@pytest.mark.parametrize(
    ("ordered", "due"),
    [
        ("day+4 16:00", "day+7 10:00"),  # Friday, over the weekend
        ("day+34 16:00", "day+36 14:00"),  # Sunday before 清明; Monday is off, too
        ("day+67 16:00", "day+68 10:00"),  # Friday before the Saturday worked for 劳动节 (调休)
    ],
)
def test_days_off_are_those_of_the_state_council(ordered: str, due: str, move: Judge) -> None:
    assert move(ordered, f"{ordered} move-ordered").deadline_at == epoch(due)


def test_the_warning_comes_in_working_time(move: Judge) -> None:
    # 80% of four hours: 16:00 o----18:00 ... 08:00--09:12
    found = move("day+1 09:11:59", "16:00 move-ordered")
    assert (found.level, found.risk_at) == (Level.CALM, epoch("day+1 09:12"))
    assert move("day+1 09:12", "16:00 move-ordered").level is Level.AT_RISK


SATURDAY = ("day+5 09:00 move-ordered",)
BOOKED = "day+4 10:00 overtime-booked at=day+5 09:00 until=day+5 12:00"


def test_booked_overtime_counts(move: Judge) -> None:
    # Saturday 09:00 o--12:00 booked, then Monday 08:00-09:00
    assert move("day+5 10:00", *SATURDAY).deadline_at == epoch("day+7 14:00")
    assert move("day+5 10:00", BOOKED, *SATURDAY).deadline_at == epoch("day+7 09:00")
    late = move("day+7 10:00", BOOKED, *SATURDAY, "day+7 09:30 move-ended")
    assert (late.verdict, late.net_s) == (Verdict.BREACHED, 4 * HOUR_S + 1800)


def test_overtime_booked_late_counts_from_when_it_was_booked_for(move: Judge) -> None:
    late = "day+6 10:00 overtime-booked at=day+5 09:00 until=day+5 12:00"
    before = move("day+7 10:00", *SATURDAY, "day+7 09:30 move-ended")
    after = move("day+7 10:00", *SATURDAY, late, "day+7 09:30 move-ended")
    assert (before.verdict, after.verdict) == (Verdict.MET, Verdict.BREACHED)
    assert after.revision > before.revision


def test_overtime_withdrawn_counts_no_more(move: Judge) -> None:
    taken_back = "day+4 11:00 overtime-booked retracts=e2"
    found = move("day+5 10:00", BOOKED, taken_back, *SATURDAY)
    assert found.deadline_at == epoch("day+7 14:00")


@pytest.mark.parametrize("half", ["at=day+5 09:00", "until=day+5 12:00"])
def test_overtime_without_a_beginning_or_an_end_is_none(half: str, move: Judge) -> None:
    booked = f"day+4 10:00 overtime-booked {half}"
    assert move("day+5 10:00", booked, *SATURDAY).deadline_at == epoch("day+7 14:00")


def test_the_revision_grows_with_booked_overtime(move: Judge) -> None:
    before, after = (move("day+5 10:00", *more, *SATURDAY) for more in ((), (BOOKED,)))
    assert (before.verdict, after.verdict) == (Verdict.OPEN, Verdict.OPEN)
    assert after.revision > before.revision


NEW_YEAR = "day+305 09:00"


@pytest.mark.parametrize("ended", [[], ["day+305 10:00 move-ended"]], ids=["open", "closed"])
def test_a_year_whose_holidays_nobody_knows_is_not_judged(ended: list[str], move: Judge) -> None:
    found = move("day+306 08:00", f"{NEW_YEAR} move-ordered", *ended)
    assert (found.verdict, found.flags) == (Verdict.NO_LIMIT, ("calendar-unknown",))
    assert (found.applied, found.deadline_at, found.level) == (None, None, Level.CALM)


def test_a_deadline_in_an_unknown_year_is_not_guessed_and_what_ended_before_is_judged(
    move: Judge,
) -> None:
    # 2026-12-31 16:00 o--18:00 ..... the rest of the four hours falls into 2027
    order = "day+304 16:00 move-ordered"
    assert move("day+304 17:00", order).flags == ("calendar-unknown",)
    ended = move("day+305 17:00", order, "day+304 17:30 move-ended")
    assert (ended.verdict, ended.flags) == (Verdict.MET, ())


def test_other_limits_judge_in_an_unknown_year(
    edition: Callable[..., Edition], judged: Judged
) -> None:
    more = [
        {"id": "a", "stage": "box-move", "kind": "duration", "within": "PT4H"},
        {"id": "b", "stage": "box-move", "kind": "duration", "within": "PT4H",
         "calendar": "counter"},
    ]  # fmt: skip
    rules = Rules(Register((edition(limit=more, working_time=[COUNTER]),)))
    story = told("07:00 gated-in", f"{NEW_YEAR} move-ordered", "day+305 10:00 move-ended")
    found = judged("box-move", "day+306 08:00", story, rules)
    assert {f.key.limit_id: (f.verdict, f.flags) for f in found} == {
        "a": (Verdict.MET, ()),
        "": (Verdict.NO_LIMIT, ("calendar-unknown",)),
    }


def test_a_half_day_in_an_unknown_year_has_no_limit(
    edition: Callable[..., Edition], judged: Judged
) -> None:
    half = {"kind": "half-day", "due": [{"until": "12:00", "by": "16:00"}], "calendar": "counter"}
    words = edition("inspection-positioning", scope=half, working_time=[COUNTER])
    rules, order = Rules(Register((words,))), "inspection-ordered"
    (known,) = judged("inspection-positioning", "17:00",
                      told("07:00 gated-in", f"10:00 {order}"), rules)  # fmt: skip
    assert (known.verdict, known.deadline_at) == (Verdict.BREACHED, epoch("16:00"))
    (unknown,) = judged("inspection-positioning", "day+306 08:00",
                        told("07:00 gated-in", f"{NEW_YEAR} {order}"), rules)  # fmt: skip
    assert (unknown.verdict, unknown.flags) == (Verdict.NO_LIMIT, ("calendar-unknown",))


def test_no_verb_is_stopped_by_an_unknown_year(four_hours: Rules) -> None:
    history: History | None = None
    for each in told("07:00 gated-in", f"{NEW_YEAR} move-ordered", "day+305 10:00 declared"):
        history = observe(history, each, four_hours, 0).history
    assert history is not None
    assert next_deadline(history, four_hours) is not None
    assert elapse(history, epoch("day+320 08:00"), four_hours).outcomes == ()
