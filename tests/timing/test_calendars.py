"""Calendars on real dates: holidays, make-up days, shifts, overtime, and the years nobody knows."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import islice

import pytest

from timing.calendars import (
    CONTINUOUS,
    HOLIDAYS,
    HOLIDAYS_FROM,
    HOLIDAYS_TO,
    LOCAL_OFFSET_S,
    Calendar,
    HalfDay,
    Span,
    UnknownYear,
    clock_s,
    parse_hours,
)
from timing.instants import NEVER

HOUR_S, DAY_S = 3600, 86_400
LOCAL = timezone(timedelta(hours=8))

OFFICE = Calendar("office", "china", parse_hours([["08:00", "12:00"], ["14:00", "18:00"]]))
BOOKABLE = Calendar("bookable", "china", OFFICE.hours, overtime=True)
NIGHTS = Calendar("nights", "china", parse_hours([["08:00", "12:00"], ["22:00", "30:00"]]))
DAILY = Calendar("daily", "all", parse_hours([["08:00", "18:00"]]))
HALF_DAYS = (HalfDay(clock_s("12:00"), clock_s("16:00")),)


def at(text: str) -> int:
    """Epoch second of a local `YYYY-MM-DD HH:MM[:SS]`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=LOCAL).timestamp())


def told(span: Span) -> tuple[str, str]:
    begin, to = (datetime.fromtimestamp(i, UTC).astimezone(LOCAL) for i in span)
    return f"{begin:%m-%d %H:%M}", f"{to:%m-%d %H:%M}"


def days_off(first: str, last: str) -> list[str]:
    days = [date.fromisoformat(first)]
    while days[-1] < date.fromisoformat(last):
        days.append(days[-1] + timedelta(days=1))
    return [f"{day:%m-%d}" for day in days if not OFFICE.is_working_day(day)]


def test_local_time_is_that_of_the_ports() -> None:
    assert timedelta(seconds=LOCAL_OFFSET_S) == LOCAL.utcoffset(None)


def test_the_spring_festival_of_2026_is_nine_days_with_a_saturday_worked_on_either_side() -> None:
    # Su Mo Tu We Th Fr Sa | the Saturdays 14 and 28 are made up, 15 to 23 are off
    assert days_off("2026-02-08", "2026-03-01") == (
        ["02-08", *(f"02-{day}" for day in range(15, 24)), "03-01"]
    )


def test_the_national_day_of_2026_has_make_up_days_before_and_after() -> None:
    # Sunday 20 September and Saturday 10 October are worked; 中秋 25 to 27, 国庆 1 to 7
    assert days_off("2026-09-19", "2026-10-11") == (
        ["09-19", "09-25", "09-26", "09-27", *(f"10-0{day}" for day in range(1, 8)), "10-11"]
    )


def test_the_longer_spring_festival_of_2020_is_known() -> None:
    assert days_off("2020-01-19", "2020-02-03") == (
        [*(f"01-{day}" for day in range(24, 32)), "02-01", "02-02"]
    )


def test_every_year_said_to_be_known_is_known_to_its_national_day() -> None:
    for year in range(HOLIDAYS_FROM, HOLIDAYS_TO + 1):
        assert not OFFICE.is_working_day(date(year, 10, 1)), year
        off = [d for d in range(1, 60) if not OFFICE.is_working_day(date(year, 1, 1) + _days(d))]
        assert len(off) > 16, f"{year}: no Spring Festival beside the weekends"


def _days(n: int) -> timedelta:
    return timedelta(days=n)


def test_a_day_is_local_whatever_the_hour() -> None:
    morning = Calendar("morning", "china", parse_hours([["00:00", "02:00"]]))
    # 00:00 local of Tuesday 24 February is 16:00 UTC of the 23rd, which is a holiday.
    spans = morning.working(at("2026-02-23 00:00"), at("2026-02-25 00:00"))
    assert [told(s) for s in spans] == [("02-24 00:00", "02-24 02:00")]


def test_working_spans_are_cut_to_what_was_asked() -> None:
    spans = OFFICE.working(at("2026-03-06 11:00"), at("2026-03-09 15:00"))
    assert [told(s) for s in spans] == [
        ("03-06 11:00", "03-06 12:00"),
        ("03-06 14:00", "03-06 18:00"),
        ("03-09 08:00", "03-09 12:00"),
        ("03-09 14:00", "03-09 15:00"),
    ]


def test_working_spans_never_cease_and_come_on_demand() -> None:
    spans = DAILY.working(at("2026-03-06 19:00"), None)
    assert [told(s) for s in islice(spans, 2)] == [
        ("03-07 08:00", "03-07 18:00"),
        ("03-08 08:00", "03-08 18:00"),
    ]


@pytest.mark.parametrize("calendar", [OFFICE, DAILY, CONTINUOUS], ids=lambda c: str(c.id))
def test_nothing_passes_in_no_time(calendar: Calendar) -> None:
    noon = at("2026-03-06 11:00")
    assert list(calendar.working(noon, noon)) == []
    assert list(calendar.working(noon, noon - HOUR_S)) == []
    assert calendar.elapsed_s(noon, noon) == calendar.elapsed_s(noon, noon - HOUR_S) == 0


def test_a_night_shift_belongs_to_the_day_on_which_it_began() -> None:
    # |Fr 13: 08-12, 22..|..06 Sa 14 (made up): 08-12, 22..|..06 Su 15: off|
    spans = NIGHTS.working(at("2026-02-14 02:00"), at("2026-02-16 00:00"))
    assert [told(s) for s in spans] == [
        ("02-14 02:00", "02-14 06:00"),
        ("02-14 08:00", "02-14 12:00"),
        ("02-14 22:00", "02-15 06:00"),
    ]


def test_the_night_after_a_day_off_is_off() -> None:
    assert NIGHTS.elapsed_s(at("2026-02-24 00:00"), at("2026-02-24 08:00")) == 0


def test_a_shift_may_begin_after_midnight_of_its_day() -> None:
    # A night with a break: 20:00 to 24:00, and on from 01:00 to 05:00.
    nights = Calendar("n", "china", parse_hours([["20:00", "24:00"], ["25:00", "29:00"]]))
    assert nights.elapsed_s(at("2026-02-15 00:00"), at("2026-02-15 23:00")) == 4 * HOUR_S


DEADLINES = {
    # |Fr 08---12  14---18|  Mo 08
    "within working time": ("2026-03-06 09:00", 2 * HOUR_S, "2026-03-06 11:00"),
    "across the noon break": ("2026-03-06 11:00", 2 * HOUR_S, "2026-03-06 15:00"),
    "a second before work ends": ("2026-03-06 17:00", HOUR_S - 1, "2026-03-06 17:59:59"),
    # Used up as work ends: elapsed stands still until work begins again.
    "just as the break begins": ("2026-03-06 11:00", HOUR_S, "2026-03-06 14:00"),
    "just as the week ends": ("2026-03-06 17:00", HOUR_S, "2026-03-09 08:00"),
    "just as the festival begins": ("2026-02-14 17:00", HOUR_S, "2026-02-24 08:00"),
    "over a make-up Sunday": ("2026-09-19 12:00", 8 * HOUR_S + 1, "2026-09-21 08:00:01"),
    "begun outside working time": ("2026-03-07 10:00", HOUR_S, "2026-03-09 09:00"),
    "nothing allowed, at work": ("2026-03-06 09:00", 0, "2026-03-06 09:00"),
    "nothing allowed, after work": ("2026-03-06 18:00", 0, "2026-03-09 08:00"),
}


@pytest.mark.parametrize(("start", "allowance_s", "due"), DEADLINES.values(), ids=DEADLINES.keys())
def test_the_deadline_is(start: str, allowance_s: int, due: str) -> None:
    assert OFFICE.reached(at(start), allowance_s) == at(due)


def test_there_is_no_deadline_before_the_start() -> None:
    for calendar in (OFFICE, CONTINUOUS):
        with pytest.raises(ValueError, match="-1 s was over before it began"):
            calendar.reached(at("2026-03-06 09:00"), -1)


def test_booked_overtime_counts_as_working_time() -> None:
    # |Sa 7: off, but 10---13 booked, and again 12---14 by another|
    later, sooner = (
        (at(f"2026-03-07 {begin}"), at(f"2026-03-07 {to}"))
        for begin, to in (("12:00", "14:00"), ("10:00", "13:00"))
    )
    booked = (later, sooner)
    start, end = at("2026-03-06 17:00"), at("2026-03-09 09:00")
    assert [told(s) for s in BOOKABLE.working(start, end, booked)] == [
        ("03-06 17:00", "03-06 18:00"),
        ("03-07 10:00", "03-07 13:00"),
        ("03-07 13:00", "03-07 14:00"),
        ("03-09 08:00", "03-09 09:00"),
    ]
    assert BOOKABLE.reached(start, 2 * HOUR_S, booked) == at("2026-03-07 11:00")


def test_overtime_within_working_time_counts_once() -> None:
    booked = ((at("2026-03-06 11:00"), at("2026-03-06 13:00")),)
    day = at("2026-03-06 00:00"), at("2026-03-07 00:00")
    assert BOOKABLE.elapsed_s(*day, booked) == 9 * HOUR_S


def test_overtime_booked_for_no_time_or_backwards_is_none() -> None:
    noon, day = at("2026-03-06 12:30"), (at("2026-03-06 00:00"), at("2026-03-07 00:00"))
    for booked in ((noon, noon), (noon, noon - HOUR_S)):
        assert list(BOOKABLE.working(*day, (booked,))) == list(BOOKABLE.working(*day))


def test_overtime_is_cut_to_what_was_asked() -> None:
    night = (at("2026-03-06 19:00"), at("2026-03-06 23:00"))
    asked = (at("2026-03-06 20:00"), at("2026-03-06 21:00"))
    assert list(BOOKABLE.working(*asked, (night,))) == [asked]


@pytest.mark.parametrize("calendar", [OFFICE, CONTINUOUS], ids=lambda c: str(c.id))
def test_overtime_is_nothing_to_a_calendar_that_does_not_count_it(calendar: Calendar) -> None:
    start, end = at("2026-03-07 00:00"), at("2026-03-08 00:00")
    assert calendar.elapsed_s(start, end, ((start, end),)) == calendar.elapsed_s(start, end)


def test_the_continuous_calendar_counts_every_second() -> None:
    start = at("2026-02-16 23:00")
    assert CONTINUOUS.continuous
    assert list(CONTINUOUS.working(start, start + 3 * DAY_S)) == [(start, start + 3 * DAY_S)]
    assert list(CONTINUOUS.working(start, None)) == [(start, NEVER)]
    assert CONTINUOUS.elapsed_s(start, start + 7) == 7
    assert CONTINUOUS.reached(start, 7) == start + 7


def test_shifts_that_hand_over_all_day_are_continuous() -> None:
    hours = parse_hours([["08:00", "20:00"], ["20:00", "32:00"]])
    assert Calendar("shifts", "all", hours).continuous
    assert not Calendar("shifts", "china", hours).continuous
    assert not DAILY.continuous


def test_a_continuous_calendar_asks_about_no_day() -> None:
    assert CONTINUOUS.is_working_day(date(1949, 10, 1))
    assert CONTINUOUS.elapsed_s(0, at("2100-01-01 00:00")) == at("2100-01-01 00:00")


def test_an_unknown_year_says_what_is_known_and_what_to_do() -> None:
    with pytest.raises(UnknownYear) as caught:
        OFFICE.is_working_day(date(HOLIDAYS_TO + 1, 1, 1))
    assert caught.value.year == HOLIDAYS_TO + 1
    message = str(caught.value)
    assert f"holidays of {HOLIDAYS_TO + 1} are not known" in message
    assert f"{HOLIDAYS} knows {HOLIDAYS_FROM} to {HOLIDAYS_TO}; update that library" in message


def test_no_update_helps_with_a_year_before_the_first() -> None:
    with pytest.raises(UnknownYear, match=r"of 2003 are .* no update brings earlier years"):
        OFFICE.is_working_day(date(2003, 12, 31))


EVE = f"{HOLIDAYS_TO}-12-31"
NEW_YEAR = f"{HOLIDAYS_TO + 1}-01-01"
BOOKED = ((at(f"{NEW_YEAR} 09:00"), at(f"{NEW_YEAR} 11:00")),)
NEEDED: dict[str, Callable[[], object]] = {
    "hours of that year": lambda: OFFICE.elapsed_s(at(f"{EVE} 00:00"), at(f"{NEW_YEAR} 08:01")),
    "a night shift of the year before the first": lambda: NIGHTS.elapsed_s(
        at(f"{HOLIDAYS_FROM}-01-01 00:00"), at(f"{HOLIDAYS_FROM}-01-01 00:01")
    ),
    "when work begins again": lambda: OFFICE.reached(at(f"{EVE} 17:00"), HOUR_S),
    "the hours after the overtime": lambda: BOOKABLE.elapsed_s(*_widened(BOOKED[0]), BOOKED),
    "a half day": lambda: OFFICE.half_day_due(at(f"{NEW_YEAR} 09:00"), HALF_DAYS),
}
NOT_NEEDED: dict[str, Callable[[], object]] = {
    "the hours are not reached": lambda: OFFICE.elapsed_s(
        at(f"{EVE} 00:00"), at(f"{NEW_YEAR} 08:00")
    ),
    "the shift of the year before is over": lambda: OFFICE.elapsed_s(
        at(f"{HOLIDAYS_FROM}-01-01 00:00"), at(f"{HOLIDAYS_FROM}-01-02 00:00")
    ),
    "the allowance ends a second before": lambda: OFFICE.reached(at(f"{EVE} 17:00"), HOUR_S - 1),
    "no span of it is asked for": lambda: list(islice(OFFICE.working(at(f"{EVE} 00:00"), None), 2)),
    "all of it is overtime": lambda: BOOKABLE.elapsed_s(*BOOKED[0], BOOKED),
    "an allowance ends in overtime": lambda: BOOKABLE.reached(BOOKED[0][0], HOUR_S, BOOKED),
    "no half day is promised that late": lambda: OFFICE.half_day_due(
        at(f"{NEW_YEAR} 12:00"), HALF_DAYS
    ),
    "every day is worked": lambda: DAILY.reached(at(f"{EVE} 00:00"), 400 * 10 * HOUR_S),
}


def _widened(span: Span) -> Span:
    return span[0], span[1] + 1


@pytest.fixture
def last_year_worked_to_its_end() -> None:
    assert OFFICE.is_working_day(date.fromisoformat(EVE)), "choose another eve for these tests"


@pytest.mark.usefixtures("last_year_worked_to_its_end")
@pytest.mark.parametrize("ask", NEEDED.values(), ids=NEEDED.keys())
def test_an_unknown_year_raises_for(ask: Callable[[], object]) -> None:
    with pytest.raises(UnknownYear):
        ask()


@pytest.mark.usefixtures("last_year_worked_to_its_end")
@pytest.mark.parametrize("ask", NOT_NEEDED.values(), ids=NOT_NEEDED.keys())
def test_an_unknown_year_does_not_matter_where(ask: Callable[[], object]) -> None:
    ask()


HALVES = {
    "in the morning": ("2026-03-06 09:10", "2026-03-06 16:00"),
    "a second before noon": ("2026-03-06 11:59:59", "2026-03-06 16:00"),
    "on a Saturday made up": ("2026-02-14 09:00", "2026-02-14 16:00"),
    "at noon": ("2026-03-06 12:00", None),
    "in the afternoon": ("2026-03-06 15:00", None),
    "on a Saturday": ("2026-03-07 09:00", None),
    "on a holiday in the week": ("2026-02-18 09:00", None),
}


@pytest.mark.parametrize(("opened", "due"), HALVES.values(), ids=HALVES.keys())
def test_a_half_day_is_due(opened: str, due: str | None) -> None:
    assert OFFICE.half_day_due(at(opened), HALF_DAYS) == (at(due) if due else None)


def test_the_first_cut_off_an_order_came_before_decides() -> None:
    both = (HalfDay(clock_s("17:00"), clock_s("20:00")), *HALF_DAYS)
    assert OFFICE.half_day_due(at("2026-03-06 09:00"), both) == at("2026-03-06 16:00")
    assert OFFICE.half_day_due(at("2026-03-06 12:00"), both) == at("2026-03-06 20:00")


def test_hours_are_read_in_any_order() -> None:
    wanted = ((8 * HOUR_S, 12 * HOUR_S + 1800), (22 * HOUR_S, 30 * HOUR_S))
    assert parse_hours([["22:00", "30:00"], ["08:00", "12:30"]]) == wanted


def test_shifts_may_touch() -> None:
    calendar = Calendar("c", "china", parse_hours([["08:00", "12:00"], ["12:00", "18:00"]]))
    assert calendar.reached(at("2026-03-06 11:00"), HOUR_S) == at("2026-03-06 12:00")


REFUSED = {
    "no list": ("08:00-12:00", r"hours are a list of spans"),
    "no pair": ([["08:00"]], r"\['08:00'\] is no span of hours; write a pair"),
    "three": ([["08:00", "12:00", "14:00"]], r"is no span of hours; write a pair"),
    "a span as text": (["08"], r"'08' is no span of hours"),
    "no two digits": ([["8:00", "12:00"]], r"'8:00' is no time of a day; write \"HH:MM\""),
    "a number": ([[8, "12:00"]], r"^8 is no time of a day"),
    "no such minute": ([["08:60", "12:00"]], r"'08:60' is no time"),
    "a third day": ([["08:00", "48:01"]], r"'48:01' is no time"),
    "digits of another script": ([["０８:00", "12:00"]], r"is no time"),
    "backward": ([["12:00", "08:00"]], r"12:00-08:00 do not end after they begin"),
    "empty": ([["12:00", "12:00"]], r"12:00-12:00 do not end after they begin"),
    "overlapping": ([["08:00", "12:00"], ["11:59", "13:00"]], r"08:00-12:00 and 11:59-13:00 over"),
    "twice": ([["08:00", "12:00"], ["08:00", "12:00"]], r"overlap"),
    "into the next day's": ([["08:00", "12:00"], ["22:00", "32:01"]], r"22:00-32:01 run into .*08"),
    "longer than a day": ([["08:00", "33:00"]], r"08:00-33:00 run into the next day's"),
    "of another day": ([["24:00", "30:00"]], r"24:00-30:00 begin after their day is over"),
    "none": ([], r"no time would ever count"),
}


@pytest.mark.parametrize(("hours", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_hours_are_refused(hours: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_hours(hours)


@pytest.mark.parametrize("hours", [(), ((5, 5),), ((60, 120), (0, 60)), ((-1, 60),)])
def test_no_calendar_has_hours_that_nobody_can_work(hours: tuple[Span, ...]) -> None:
    with pytest.raises(ValueError, match="hours"):
        Calendar("c", "all", hours)
