"""The laws of working time, on calendars drawn by hypothesis; and broken calendars, which the law
named beside each must notice.

The oracle asks of every ten minutes whether they are worked, by the words of the rule alone.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from functools import cache
from itertools import pairwise
from typing import Literal, NamedTuple

import chinese_calendar
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from timing import calendars as calendars_module
from timing.calendars import Calendar, HalfDay, Span

CELL_S, HOUR_S, DAY_S = 600, 3600, 86_400
CELLS = DAY_S // CELL_S
LOCAL = timezone(timedelta(hours=8))
NEW_YEAR = int(datetime(2025, 1, 1, tzinfo=LOCAL).timestamp())
FESTIVAL = int(datetime(2026, 2, 12, tzinfo=LOCAL).timestamp())


class Case(NamedTuple):
    """A calendar, three instants in order, an allowance and what was booked around them."""

    calendar: Calendar
    start: int
    middle: int
    end: int
    allowance_s: int
    booked: tuple[Span, ...]


starts = st.one_of(
    st.integers(NEW_YEAR, FESTIVAL + 30 * DAY_S),
    st.integers(0, 14 * CELLS).map(lambda n: FESTIVAL + CELL_S * n),
)
lengths = st.one_of(st.integers(0, 6 * DAY_S), st.integers(0, 48).map(lambda n: HOUR_S * n))
allowances = st.one_of(st.integers(0, 20 * HOUR_S), st.integers(0, 40).map(lambda n: 1800 * n))
day_kinds: st.SearchStrategy[Literal["all", "china"]] = st.sampled_from(["all", "china"])


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Shifts cut out of the 24 hours from where the day's work begins, which may be late in the
    evening: with breaks between them or not, and now and then all 24 hours."""
    begins = draw(st.integers(0, CELLS - 1))
    cuts = draw(
        st.one_of(st.lists(st.integers(0, CELLS), min_size=2, max_size=8), st.just([0, CELLS]))
    )
    pairs = pairwise(sorted(cuts))
    hours = [((begins + a) * CELL_S, (begins + b) * CELL_S) for a, b in pairs if a < b]
    hours = hours[::2] if draw(st.booleans()) else hours
    usable = tuple(span for span in hours if hours[0][0] < DAY_S) or ((begins * CELL_S, DAY_S),)
    return Calendar("drawn", draw(day_kinds), usable, overtime=draw(st.booleans()))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Overtime is booked near the instants: in any order, overlapping, empty or backward."""
    start = draw(starts)
    middle = start + draw(lengths)
    edges = st.integers(-CELLS, 4 * CELLS).map(lambda n: (start // CELL_S + n) * CELL_S)
    lasting = st.integers(-2, 60).map(lambda n: n * CELL_S)
    booked = draw(st.lists(st.tuples(edges, lasting), max_size=4))
    return Case(
        draw(calendars()),
        start,
        middle,
        middle + draw(lengths),
        draw(allowances),
        tuple((begin, begin + length) for begin, length in booked),
    )


def the_deadline_is_the_last_instant_that_keeps_the_allowance(case: Case) -> None:
    calendar, start, _, _, allowance_s, booked = case
    due = calendar.reached(start, allowance_s, booked)
    assert calendar.elapsed_s(start, due, booked) == allowance_s
    assert calendar.elapsed_s(start, due + 1, booked) == allowance_s + 1


def what_has_elapsed_was_allowed_until_now_or_later(case: Case) -> None:
    calendar, start, _, end, _, booked = case
    assert calendar.reached(start, calendar.elapsed_s(start, end, booked), booked) >= end


def elapsed_time_adds_up(case: Case) -> None:
    calendar, start, middle, end, _, booked = case
    before = calendar.elapsed_s(start, middle, booked)
    after = calendar.elapsed_s(middle, end, booked)
    assert before + after == calendar.elapsed_s(start, end, booked)


def elapsed_time_never_runs_back_nor_ahead_of_the_clock(case: Case) -> None:
    calendar, start, middle, end, _, booked = case
    sooner = calendar.elapsed_s(start, middle, booked)
    later = calendar.elapsed_s(start, end, booked)
    assert 0 <= sooner <= later <= sooner + end - middle


def a_second_more_allowed_is_due_later(case: Case) -> None:
    calendar, start, _, _, allowance_s, booked = case
    due = calendar.reached(start, allowance_s, booked)
    assert start <= due < calendar.reached(start, allowance_s + 1, booked)


def booked_overtime_never_lowers_elapsed_nor_puts_a_deadline_off(case: Case) -> None:
    calendar, start, _, end, allowance_s, booked = case
    plain = calendar.elapsed_s(start, end)
    assert calendar.elapsed_s(start, end, booked[:1]) >= plain
    assert calendar.elapsed_s(start, end, booked) >= calendar.elapsed_s(start, end, booked[:1])
    assert calendar.reached(start, allowance_s, booked) <= calendar.reached(start, allowance_s)
    assert calendar.overtime or calendar.elapsed_s(start, end, booked) == plain


def working_spans_ascend_within_what_was_asked(case: Case) -> None:
    calendar, start, _, end, _, booked = case
    spans = list(calendar.working(start, end, booked))
    assert all(start <= begin < to <= end for begin, to in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    endless = calendar.working(start, None, booked)
    assert [next(endless)[0] for _ in spans[:1]] == [begin for begin, _ in spans[:1]]


def every_second_counts_that_the_rule_says(case: Case) -> None:
    calendar, start, _, end, _, booked = case
    worked_s = sum(
        min(end, cell + CELL_S) - max(start, cell)
        for cell in range(start // CELL_S * CELL_S, end, CELL_S)
        if worked(calendar, cell, booked)
    )
    assert calendar.elapsed_s(start, end, booked) == worked_s


def a_half_day_is_due_the_same_working_day_after_the_order(case: Case) -> None:
    calendar, start, _, _, allowance_s, _ = case
    local = datetime.fromtimestamp(start, LOCAL)
    cut_off = HalfDay(allowance_s, allowance_s + HOUR_S)
    due = calendar.half_day_due(start, (cut_off,))
    promised = second_of(local) < cut_off.until_s and works_on(calendar, local.date())
    assert (due is not None) == promised
    if due is not None:
        later = datetime.fromtimestamp(due, LOCAL)
        assert (later.date(), second_of(later)) == (local.date(), cut_off.by_s)


def worked(calendar: Calendar, instant: int, booked: tuple[Span, ...]) -> bool:
    if calendar.overtime and any(begin <= instant < to for begin, to in booked):
        return True
    local = datetime.fromtimestamp(instant, LOCAL)
    return any(
        begin <= second_of(local) + back * DAY_S < to
        for back in (0, 1)
        for begin, to in calendar.hours
        if works_on(calendar, local.date() - timedelta(days=back))
    )


def second_of(local: datetime) -> int:
    return local.hour * HOUR_S + local.minute * 60 + local.second


def works_on(calendar: Calendar, day: date) -> bool:
    return calendar.days == "all" or in_china(day)


@cache
def in_china(day: date) -> bool:
    return day in chinese_calendar.workdays or (
        day.weekday() < 5 and day not in chinese_calendar.holidays
    )


Law = Callable[[Case], None]
LAWS: tuple[Law, ...] = (
    the_deadline_is_the_last_instant_that_keeps_the_allowance,
    what_has_elapsed_was_allowed_until_now_or_later,
    elapsed_time_adds_up,
    elapsed_time_never_runs_back_nor_ahead_of_the_clock,
    a_second_more_allowed_is_due_later,
    booked_overtime_never_lowers_elapsed_nor_puts_a_deadline_off,
    working_spans_ascend_within_what_was_asked,
    every_second_counts_that_the_rule_says,
    a_half_day_is_due_the_same_working_day_after_the_order,
)


@pytest.mark.parametrize("rule", LAWS, ids=lambda rule: rule.__name__)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_the_law_of_calendars_holds(rule: Law, case: Case) -> None:
    rule(case)


# Broken calendars.

_regular, _with_overtime = Calendar._regular, Calendar._with_overtime
_reached = Calendar.reached


def due_when_work_ends(calendar: Calendar, start: int, left: int, booked: tuple[Span, ...]) -> int:
    for begin, to in calendar.working(start, None, booked):
        if left <= to - begin:
            return begin + left
        left -= to - begin
    return start


def due_a_second_early(calendar: Calendar, start: int, left: int, booked: tuple[Span, ...]) -> int:
    return _reached(calendar, start, left, booked) - 1


def due_to_the_minute(
    calendar: Calendar, start: int, left: int, booked: tuple[Span, ...] = ()
) -> int:
    return _reached(calendar, start, left // 60 * 60, booked)


def work_under_way_is_forgotten(calendar: Calendar, start: int, finish: int) -> Iterator[Span]:
    return (span for span in _regular(calendar, start, finish) if span[0] > start)


def hours_end_a_second_late(calendar: Calendar, start: int, finish: int) -> Iterator[Span]:
    return ((begin, to + 1) for begin, to in _regular(calendar, start, finish))


def nights_end_at_midnight(calendar: Calendar, start: int, finish: int) -> Iterator[Span]:
    for begin, to in _regular(calendar, start, finish):
        midnight = calendars_module._midnight(calendars_module._day(begin) + 1)
        yield begin, min(to, midnight)


def overtime_instead_of_hours(
    _: Calendar, start: int, finish: int, booked: tuple[Span, ...]
) -> Iterator[Span]:
    clipped = [(max(start, begin), min(finish, to)) for begin, to in sorted(booked)]
    yield from ((begin, to) for begin, to in clipped if begin < to)


def overtime_beside_hours(
    calendar: Calendar, start: int, finish: int, booked: tuple[Span, ...]
) -> Iterator[Span]:
    yield from overtime_instead_of_hours(calendar, start, finish, booked)
    yield from _regular(calendar, start, finish)


def overtime_for_all(
    calendar: Calendar, start: int, end: int | None, booked: tuple[Span, ...] = ()
) -> Iterator[Span]:
    return _with_overtime(calendar, start, 2**62 if end is None else end, booked)


def weekdays_only(day: int) -> bool:
    return date.fromordinal(day).weekday() < 5


MUTANTS: dict[str, tuple[object, str, object, Law]] = {
    law.__name__ + "/" + getattr(broken, "__name__", name): (owner, name, broken, law)
    for owner, name, broken, law in (
        (
            Calendar,
            "reached",
            due_when_work_ends,
            the_deadline_is_the_last_instant_that_keeps_the_allowance,
        ),
        (
            Calendar,
            "reached",
            due_a_second_early,
            what_has_elapsed_was_allowed_until_now_or_later,
        ),
        (Calendar, "reached", due_to_the_minute, a_second_more_allowed_is_due_later),
        (Calendar, "_regular", work_under_way_is_forgotten, elapsed_time_adds_up),
        (
            Calendar,
            "_regular",
            hours_end_a_second_late,
            elapsed_time_never_runs_back_nor_ahead_of_the_clock,
        ),
        (Calendar, "_regular", hours_end_a_second_late, working_spans_ascend_within_what_was_asked),
        (Calendar, "_regular", nights_end_at_midnight, every_second_counts_that_the_rule_says),
        (
            Calendar,
            "_with_overtime",
            overtime_instead_of_hours,
            booked_overtime_never_lowers_elapsed_nor_puts_a_deadline_off,
        ),
        (
            Calendar,
            "_with_overtime",
            overtime_beside_hours,
            working_spans_ascend_within_what_was_asked,
        ),
        (
            Calendar,
            "working",
            overtime_for_all,
            booked_overtime_never_lowers_elapsed_nor_puts_a_deadline_off,
        ),
        (
            calendars_module,
            "_is_chinese_working_day",
            weekdays_only,
            every_second_counts_that_the_rule_says,
        ),
        (
            calendars_module,
            "_is_chinese_working_day",
            weekdays_only,
            a_half_day_is_due_the_same_working_day_after_the_order,
        ),
        (calendars_module, "LOCAL_OFFSET_S", 0, every_second_counts_that_the_rule_says),
    )
}


@pytest.mark.parametrize(("owner", "name", "broken", "rule"), MUTANTS.values(), ids=MUTANTS.keys())
def test_a_broken_calendar_is_noticed(
    monkeypatch: pytest.MonkeyPatch, owner: object, name: str, broken: object, rule: Law
) -> None:
    seldom = settings(
        max_examples=1000,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    monkeypatch.setattr(owner, name, broken)
    with pytest.raises(AssertionError):
        seldom(given(case=cases())(rule))()
