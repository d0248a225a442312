"""Calendars: which seconds count against a limit, and when an allowance of them has run out.

Knows days, hours, public holidays with their make-up days (调休) and booked overtime (预约通关).
Must never know limits, stages or who held a clock. Instants are epoch seconds, days and hours are
those of the port: China has one zone, UTC+8, and no summer time since 1991.

Two functions, inverse to each other. Elapsed time counts the working seconds of [start, end);
outside working time it stands still. The deadline of an allowance that began at `start` is the
*last* instant t with elapsed(start, t) <= allowance, so that a second later it is over. An
allowance used up in the midst of work ends there and then. One used up just as work ends lasts
until work begins again: whatever is done in between was done before another working second had
passed. On a calendar that never stops both are plain arithmetic.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import count, pairwise
from typing import Final, Literal, NamedTuple

import chinese_calendar

from timing.instants import NEVER
from timing.patience import DAY_S, HOUR_S

Span = tuple[int, int]
"""[from, to): epoch seconds, or seconds of a day where hours are meant; to is after from."""

LOCAL_OFFSET_S: Final = 8 * HOUR_S
HOLIDAYS_FROM: Final = min(chinese_calendar.holidays).year
HOLIDAYS_TO: Final = max(chinese_calendar.holidays).year
HOLIDAYS: Final = f"chinesecalendar {chinese_calendar.__version__}"
"""Where the holidays come from. Another version may know other days, so verdicts depend on it."""

_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_CLOCK: Final = re.compile(r"(\d\d):([0-5]\d)", re.ASCII)


class UnknownYear(Exception):
    """The public holidays of a year are not known. Never guessed: a guess would be a verdict."""

    def __init__(self, year: int) -> None:
        """`year` is one outside HOLIDAYS_FROM..HOLIDAYS_TO."""
        self.year = year
        remedy = (
            "update that library (it follows the State Council's notice of each November)"
            if year > HOLIDAYS_TO
            else "no update brings earlier years"
        )
        super().__init__(
            f"the public holidays of {year} are not known (节假日安排未知): {HOLIDAYS} knows"
            f" {HOLIDAYS_FROM} to {HOLIDAYS_TO}; {remedy}"
        )


class HalfDay(NamedTuple):
    """What comes before `until_s` is due by `by_s` the same day. Seconds of the local day."""

    until_s: int
    by_s: int


@dataclass(frozen=True)
class Calendar:
    """Working time: on which days, in which hours, and whether booked overtime counts.

    `days`: "all", or "china" for the working days of the State Council's notices. `hours` are
    ascending seconds of the local day; a shift that ends after midnight (up to 48 h) belongs to
    the day on which it began, and is worked iff that is a working day. Raises ValueError on
    hours that nobody can work.
    """

    id: str
    days: Literal["all", "china"]
    hours: tuple[Span, ...]
    overtime: bool = False

    def __post_init__(self) -> None:
        """Refuse empty, backward and overlapping hours."""
        _refuse(self.hours)

    @cached_property
    def continuous(self) -> bool:
        """Whether every second counts. Shifts that hand over to each other all day do, too."""
        return self.days == "all" and sum(to - begin for begin, to in self.hours) == DAY_S

    def is_working_day(self, day: date) -> bool:
        """Whether a local day is worked. Raises UnknownYear."""
        return self.days == "all" or _is_chinese_working_day(day.toordinal())

    def working(self, start: int, end: int | None, booked: tuple[Span, ...] = ()) -> Iterator[Span]:
        """The spans of working time in [start, end): ascending, disjoint, none empty, on demand.

        Spans may touch where shifts do. Without an `end` they never cease; the one span of a
        continuous calendar then ends at NEVER. `booked` is overtime in any order, which counts
        if the calendar says so. Raises UnknownYear when it comes to hours of such a year, not
        before.
        """
        finish = NEVER if end is None else end
        if self.continuous:
            return iter(((start, finish),) if start < finish else ())
        if booked and self.overtime:
            return self._with_overtime(start, finish, booked)
        return self._regular(start, finish)

    def elapsed_s(self, start: int, end: int, booked: tuple[Span, ...] = ()) -> int:
        """Working seconds in [start, end). Raises UnknownYear."""
        if self.continuous:
            return max(0, end - start)
        return sum(to - begin for begin, to in self.working(start, end, booked))

    def reached(self, start: int, allowance_s: int, booked: tuple[Span, ...] = ()) -> int:
        """The last instant t >= start with elapsed_s(start, t) <= allowance_s: the deadline.

        The elapsed time there is the allowance, a second later it is one more. Raises
        UnknownYear, and ValueError on an allowance below zero.
        """
        if allowance_s < 0:
            raise ValueError(f"an allowance of {allowance_s} s was over before it began")
        if self.continuous:
            return start + allowance_s
        left, spans = allowance_s, self.working(start, None, booked)
        while True:
            begin, to = next(spans)
            if left < to - begin:
                return begin + left
            left -= to - begin

    def half_day_due(self, opened_at: int, due: tuple[HalfDay, ...]) -> int | None:
        """When an order of this instant is due by the half days of a working day (下半个工作日).

        The first cut-off that it came before decides; None where the source says nothing: on a
        day off, and from the last cut-off on. Raises UnknownYear.
        """
        day = _day(opened_at)
        midnight = _midnight(day)
        half = min((half for half in due if opened_at < midnight + half.until_s), default=None)
        if half is None or not self.is_working_day(date.fromordinal(day)):
            return None
        return midnight + half.by_s

    def _with_overtime(self, start: int, finish: int, booked: tuple[Span, ...]) -> Iterator[Span]:
        """Booked spans as they are, and regular time only between them: a day is asked about
        only for the part of it that nobody booked."""
        cursor = start
        for begin, to in sorted(booked):
            begin, to = max(begin, cursor), min(to, finish)
            if begin < to:
                yield from self._regular(cursor, begin)
                yield begin, to
                cursor = to
        yield from self._regular(cursor, finish)

    def _regular(self, start: int, finish: int) -> Iterator[Span]:
        # Yesterday's night shift may still be at work at `start`.
        first, every_day = _day(start) - (self.hours[-1][1] > DAY_S), self.days == "all"
        for day in count(first):
            midnight = _midnight(day)
            if midnight >= finish:
                return
            for from_s, to_s in self.hours:
                begin, to = max(start, midnight + from_s), min(finish, midnight + to_s)
                if begin < to and (every_day or _is_chinese_working_day(day)):
                    yield begin, to


def parse_hours(hours: object) -> tuple[Span, ...]:
    """Read [["08:00", "12:00"], ["22:00", "30:00"]] as seconds of the day, in ascending order.

    Raises ValueError that says which span is wrong and what to write.
    """
    if not isinstance(hours, list | tuple):
        raise ValueError(f'hours are a list of spans, as [["08:00", "12:00"]], not {hours!r}')
    spans = tuple(sorted(_span(pair) for pair in hours))
    _refuse(spans)
    return spans


def clock_s(text: object) -> int:
    """Seconds of the day at a wall-clock time HH:MM, 00:00 to 48:00. Raises ValueError."""
    match = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    seconds = int(match[1]) * HOUR_S + int(match[2]) * 60 if match else None
    if seconds is None or seconds > 2 * DAY_S:
        raise ValueError(
            f'{text!r} is no time of a day; write "HH:MM" from "00:00" to "48:00"'
            ' (after midnight "26:00" is 02:00 of the next day)'
        )
    return seconds


def _span(pair: object) -> Span:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise ValueError(f'{pair!r} is no span of hours; write a pair, as ["08:00", "12:00"]')
    return clock_s(pair[0]), clock_s(pair[1])


def _refuse(hours: tuple[Span, ...]) -> None:
    if not hours:
        raise ValueError('no hours, so no time would ever count; write [["00:00", "24:00"]]')
    for from_s, to_s in hours:
        if not 0 <= from_s < to_s:
            raise ValueError(
                f"hours {_text(from_s, to_s)} do not end after they begin; a shift past midnight"
                ' ends above "24:00", as ["22:00", "30:00"]'
            )
    for one, next_one in pairwise(hours):
        if next_one[0] < one[1]:
            raise ValueError(f"hours {_text(*one)} and {_text(*next_one)} overlap or are unordered")
    _refuse_the_next_day(hours[0], hours[-1])


def _refuse_the_next_day(first: Span, last: Span) -> None:
    """A day's work begins on that day and is over when the next day's begins."""
    if first[0] >= DAY_S:
        raise ValueError(f"hours {_text(*first)} begin after their day is over")
    if last[1] > first[0] + DAY_S:
        raise ValueError(
            f"hours {_text(*last)} run into the next day's, which begin at {_text(*first)}: overlap"
        )


def _text(*instants_s: int) -> str:
    return "-".join(f"{s // HOUR_S:02}:{s % HOUR_S // 60:02}" for s in instants_s)


def _day(instant: int) -> int:
    """The local day of an instant, as date.toordinal counts days."""
    return (instant + LOCAL_OFFSET_S) // DAY_S + _EPOCH_DAY


def _midnight(day: int) -> int:
    return (day - _EPOCH_DAY) * DAY_S - LOCAL_OFFSET_S


@lru_cache(maxsize=4096)
def _is_chinese_working_day(day: int) -> bool:
    """Kept for some eleven years of days: the library takes 20 us to say it.

    The last three days of its last year can still change: where New Year's holiday reaches back,
    it is the next year's notice that says so (as in 2006, 2007, 2011 and 2018).
    """
    asked = date.fromordinal(day)
    if not HOLIDAYS_FROM <= asked.year <= HOLIDAYS_TO:
        raise UnknownYear(asked.year)
    return bool(chinese_calendar.is_workday(asked))


CONTINUOUS: Final = Calendar("24x365", "all", ((0, DAY_S),))
"""Every second of every day. Booked overtime adds nothing to it."""
