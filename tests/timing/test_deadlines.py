"""Deadlines: the last second at which an allowance is kept; each checked against net time."""

import pytest

from events.testing import at
from events.vocabulary import Party
from timing.calendars import Calendar, UnknownYear
from timing.deadlines import deadline
from timing.dwell import ROUND_THE_CLOCK, Clock, Stretch, net_s
from timing.holds import Slice
from timing.occurrences import Segment
from timing.patience import HOUR_S

TERMINAL, CUSTOMS = Party.TERMINAL, Party.CUSTOMS
ALLOWED_S = 300


def running(start: int, *slices: Slice) -> Stretch:
    return Stretch(Segment(start, None), slices)


def ended(start: int, end: int, *slices: Slice) -> Stretch:
    return Stretch(Segment(start, end), slices)


CASES = {
    # 0 |--------------------| 300
    "without holds": ((running(0),), 300),
    # 0 |--[50  150]-----------| 400
    "a hold of another puts it off": ((running(0, Slice(50, 150, CUSTOMS)),), 400),
    # 0 |--[own]--------------| 300
    "a hold of its own does not": ((running(0, Slice(50, 150, TERMINAL)),), 300),
    # 0 |--------------| 300   [350 450]
    "nor does one that begins too late": ((running(0, Slice(350, 450, CUSTOMS)),), 300),
    # 0 |-----------300[    ]400: the allowance is kept to the end of a hold that begins with it
    "a hold that begins at the limit": ((running(0, Slice(300, 400, CUSTOMS)),), 400),
    "several holds add up": (
        (running(0, Slice(10, 20, CUSTOMS), Slice(20, 50, Party.AGENT), Slice(60, 70, CUSTOMS)),),
        350,
    ),
    "a hold from the first second": ((running(0, Slice(0, 100, CUSTOMS)),), 400),
    # 0 |--100--|   500 |----200----| 700
    "what an earlier stretch used is gone": ((ended(0, 100), running(500)), 700),
    "but not what was held of it": (
        (ended(0, 100, Slice(20, 60, CUSTOMS)), running(500)),
        740,
    ),
    # 0 |--------300|..   900 |: used up to the second, and not a second left
    "an earlier stretch that used all": ((ended(0, 300), running(900)), 900),
    # 0 |--------300-----400|   900 |---: it was over long before the second stretch began
    "an earlier stretch that used too much": ((ended(0, 400), running(900)), 300),
    "an earlier stretch that used too much, and no other yet": ((ended(0, 400),), 300),
}
NONE = {
    "while the clock is stopped": (running(0, Slice(100, None, CUSTOMS)),),
    "while nothing runs": (ended(0, 100),),
    "stopped from the very limit": (running(0, Slice(300, None, CUSTOMS)),),
}


@pytest.mark.parametrize(("parts", "instant"), CASES.values(), ids=CASES.keys())
def test_the_deadline_is(parts: tuple[Stretch, ...], instant: int) -> None:
    assert deadline(parts, TERMINAL, ALLOWED_S, ROUND_THE_CLOCK) == instant


@pytest.mark.parametrize(("parts", "instant"), CASES.values(), ids=CASES.keys())
def test_net_time_is_within_at_the_deadline_and_over_a_second_later(
    parts: tuple[Stretch, ...], instant: int
) -> None:
    assert net_s(parts, TERMINAL, instant, ROUND_THE_CLOCK) == ALLOWED_S
    assert net_s(parts, TERMINAL, instant + 1, ROUND_THE_CLOCK) == ALLOWED_S + 1


@pytest.mark.parametrize("parts", NONE.values(), ids=NONE.keys())
def test_there_is_none(parts: tuple[Stretch, ...]) -> None:
    assert deadline(parts, TERMINAL, ALLOWED_S, ROUND_THE_CLOCK) is None
    assert net_s(parts, TERMINAL, 10**9, ROUND_THE_CLOCK) <= ALLOWED_S


def test_a_stopped_clock_that_came_too_late_saves_nobody() -> None:
    held = (running(0, Slice(301, None, CUSTOMS)),)
    assert deadline(held, TERMINAL, ALLOWED_S, ROUND_THE_CLOCK) == 300


def test_where_all_answer_only_force_majeure_puts_it_off() -> None:
    held = running(0, Slice(0, 50, Party.FORCE_MAJEURE), Slice(50, 100, CUSTOMS))
    assert deadline((held,), "all", ALLOWED_S, ROUND_THE_CLOCK) == 350


# Monday 08:00 to 12:00 and 14:00 to 18:00, and so on every Chinese working day
OFFICE = Clock(Calendar("office", "china", ((8 * HOUR_S, 12 * HOUR_S), (14 * HOUR_S, 18 * HOUR_S))))


def epoch(words: str) -> int:
    return int(at(words).timestamp())


WORKING = {
    # 10:00 o--12:00 .. 14:00--16:00: four hours of work
    "over the noon": (("10:00",), 4 * HOUR_S, "16:00"),
    # 17:00 o-18:00 ........ Tuesday 08:00--11:00
    "over the night": (("17:00",), 4 * HOUR_S, "day+1 11:00"),
    # Friday 17:00 o-18:00 .... Monday 08:00--11:00
    "over the weekend": (("day+4 17:00",), 4 * HOUR_S, "day+7 11:00"),
    # used up just as work ends: kept until it begins again
    "to the end of the day": (("16:00",), 2 * HOUR_S, "day+1 08:00"),
    # 19:00 o ..... 08:00---09:00
    "from after hours": (("19:00",), HOUR_S, "day+1 09:00"),
    # 10:00 o-[11:00 customs 15:00]-17:00: three hours of work lie in the hold, none of them counts
    "a hold over the noon": (("10:00", "11:00", "15:00"), 3 * HOUR_S, "17:00"),
    # 10:00 o-[12:00 customs 14:00]: a hold while nobody works takes nothing off
    "a hold while nobody works": (("10:00", "12:00", "14:00"), 4 * HOUR_S, "16:00"),
}


@pytest.mark.parametrize(("story", "allowed_s", "due"), WORKING.values(), ids=WORKING.keys())
def test_only_working_time_uses_up_the_allowance(
    story: tuple[str, ...], allowed_s: int, due: str
) -> None:
    start, *held = map(epoch, story)
    parts = (running(start, *([Slice(held[0], held[1], CUSTOMS)] if held else [])),)
    assert deadline(parts, TERMINAL, allowed_s, OFFICE) == epoch(due)
    assert net_s(parts, TERMINAL, epoch(due), OFFICE) == allowed_s
    assert net_s(parts, TERMINAL, epoch(due) + 1, OFFICE) == allowed_s + 1


def test_booked_overtime_is_working_time() -> None:
    # Saturday 09:00 o--12:00 booked: three hours, then Monday 08:00--09:00
    days, hours = OFFICE.calendar.days, OFFICE.calendar.hours
    booked = ((epoch("day+5 09:00"), epoch("day+5 12:00")),)
    clock = Clock(Calendar("office", days, hours, overtime=True), booked)
    parts = (running(epoch("day+5 08:00")),)
    assert deadline(parts, TERMINAL, 4 * HOUR_S, clock) == epoch("day+7 09:00")
    assert deadline(parts, TERMINAL, 4 * HOUR_S, OFFICE) == epoch("day+7 14:00")


def test_a_deadline_in_a_year_whose_holidays_nobody_knows_is_not_guessed() -> None:
    # the last working day of 2026 is its last day; what is left falls into a year unknown
    parts = (running(epoch("day+304 17:00")),)
    assert deadline(parts, TERMINAL, HOUR_S - 1, OFFICE) == epoch("day+304 17:59:59")
    with pytest.raises(UnknownYear):
        deadline(parts, TERMINAL, HOUR_S, OFFICE)
