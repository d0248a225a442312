"""Deadlines: the last second at which an allowance is kept; each checked against net time."""

import pytest

from events.vocabulary import Party
from timing.deadlines import deadline
from timing.dwell import Stretch, net_s
from timing.holds import Slice
from timing.occurrences import Segment

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
    assert deadline(parts, TERMINAL, ALLOWED_S) == instant


@pytest.mark.parametrize(("parts", "instant"), CASES.values(), ids=CASES.keys())
def test_net_time_is_within_at_the_deadline_and_over_a_second_later(
    parts: tuple[Stretch, ...], instant: int
) -> None:
    assert net_s(parts, TERMINAL, instant) == ALLOWED_S
    assert net_s(parts, TERMINAL, instant + 1) == ALLOWED_S + 1


@pytest.mark.parametrize("parts", NONE.values(), ids=NONE.keys())
def test_there_is_none(parts: tuple[Stretch, ...]) -> None:
    assert deadline(parts, TERMINAL, ALLOWED_S) is None
    assert net_s(parts, TERMINAL, 10**9) <= ALLOWED_S


def test_a_stopped_clock_that_came_too_late_saves_nobody() -> None:
    assert deadline((running(0, Slice(301, None, CUSTOMS)),), TERMINAL, ALLOWED_S) == 300


def test_where_all_answer_only_force_majeure_puts_it_off() -> None:
    held = running(0, Slice(0, 50, Party.FORCE_MAJEURE), Slice(50, 100, CUSTOMS))
    assert deadline((held,), "all", ALLOWED_S) == 350
