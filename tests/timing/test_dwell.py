"""Dwell: gross, net and held time of stretches, in whole seconds from a fixed zero."""

import pytest

from events.testing import at
from events.vocabulary import Party
from timing.calendars import Calendar
from timing.dwell import (
    ROUND_THE_CLOCK,
    Clock,
    Held,
    Stretch,
    Turns,
    gross_s,
    held_s,
    net_s,
    split_in_turn,
    split_s,
    stretches,
    worked_s,
)
from timing.holds import Hold, Slice
from timing.occurrences import Occurrence, Segment
from timing.patience import HOUR_S
from timing.stages import STAGES, Stopper

TERMINAL, CUSTOMS, AGENT = Party.TERMINAL, Party.CUSTOMS, Party.AGENT

#      0    100  150  200       300  350       400
#      |-----[ customs ]--------[ own ]---------|
CLOSED = (Stretch(Segment(0, 400), (Slice(100, 200, CUSTOMS), Slice(300, 350, TERMINAL))),)
#      0    100         further notice
#      |-----[ customs ...
OPEN = (Stretch(Segment(0, None), (Slice(100, None, CUSTOMS),)),)


def test_gross_is_the_time_from_end_to_end() -> None:
    assert gross_s(CLOSED, 1000) == 400


def test_net_is_gross_less_what_others_held() -> None:
    assert net_s(CLOSED, TERMINAL, 1000, ROUND_THE_CLOCK) == 400 - 100
    assert net_s(CLOSED, CUSTOMS, 1000, ROUND_THE_CLOCK) == 400 - 50
    assert net_s(CLOSED, AGENT, 1000, ROUND_THE_CLOCK) == 400 - 150


def test_where_all_answer_only_force_majeure_comes_off() -> None:
    storm = (Stretch(Segment(0, 400), (Slice(0, 60, Party.FORCE_MAJEURE), Slice(60, 90, AGENT))),)
    assert net_s(storm, "all", 1000, ROUND_THE_CLOCK) == 400 - 60


def test_held_time_is_told_by_party_the_own_party_too() -> None:
    assert held_s(CLOSED, 1000) == ((CUSTOMS, 100), (TERMINAL, 50))


def test_a_party_that_held_nothing_yet_is_left_out() -> None:
    assert held_s(CLOSED, 300) == ((CUSTOMS, 100),)
    assert held_s(CLOSED, 100) == ()


@pytest.mark.parametrize(("until", "gross", "held"), [(50, 50, 0), (100, 100, 0), (170, 170, 70)])
def test_an_open_stretch_counts_until_now(until: int, gross: int, held: int) -> None:
    assert gross_s(OPEN, until) == gross
    assert dict(held_s(OPEN, until)).get(CUSTOMS, 0) == held
    assert net_s(OPEN, TERMINAL, until, ROUND_THE_CLOCK) == min(until, 100)


def test_nothing_is_counted_before_it_begins() -> None:
    later = (Stretch(Segment(500, None), ()),)
    assert gross_s(later, 400) == 0


def test_several_stretches_are_summed_and_the_time_between_is_not() -> None:
    # |--60--|  (40 between)  |--80--|
    two = (Stretch(Segment(0, 60), (Slice(0, 10, AGENT),)), Stretch(Segment(100, 180), ()))
    assert gross_s(two, 1000) == 140
    assert net_s(two, TERMINAL, 1000, ROUND_THE_CLOCK) == 130


def test_the_holds_are_laid_over_each_segment() -> None:
    # segments |0---60|      |100---180|
    # hold         [40 --------- 120]
    segments = (Segment(0, 60), Segment(100, 180))
    occurrence = Occurrence(STAGES[0], 1, segments, 180, (), ())
    held = Hold(Stopper.CLOCK, AGENT, 40, 120, (), ())
    first, second = stretches(occurrence, (held,))
    assert first.slices == (Slice(40, 60, AGENT),)
    assert second.slices == (Slice(100, 120, AGENT),)


ALONE: Turns = ((0, TERMINAL),)
#  0 carrier  | 150 agent | 220 customs ...
IN_TURN: Turns = ((0, Party.CARRIER), (150, AGENT), (220, CUSTOMS))
SPLITS: dict[str, tuple[tuple[Stretch, ...], Turns, Held]] = {
    # |-----[ customs ]--------[ own ]---------|
    "whoever holds it has it": (CLOSED, ALONE, ((CUSTOMS, 100), (TERMINAL, 300))),
    # |-carrier-[ customs ]a|-customs-[ own ]-customs-|
    "else the one whose turn it is": (
        CLOSED,
        IN_TURN,
        ((AGENT, 20), (Party.CARRIER, 100), (CUSTOMS, 230), (TERMINAL, 50)),
    ),
    "before the first turn it is the first one's already": (
        (Stretch(Segment(0, 100), ()),),
        ((40, AGENT), (60, CUSTOMS)),
        ((AGENT, 60), (CUSTOMS, 40)),
    ),
    "a turn that nobody took has no part": (
        (Stretch(Segment(0, 100), ()),),
        ((0, AGENT), (50, CUSTOMS), (50, TERMINAL)),
        ((AGENT, 50), (TERMINAL, 50)),
    ),
    "the time between two segments is nobody's": (
        (Stretch(Segment(0, 60), (Slice(0, 10, AGENT),)), Stretch(Segment(100, 180), ())),
        ALONE,
        ((AGENT, 10), (TERMINAL, 130)),
    ),
    "what took no time is split among nobody": ((Stretch(Segment(70, 70), ()),), ALONE, ()),
    "held from end to end": (
        (Stretch(Segment(0, 50), (Slice(0, 50, CUSTOMS),)),),
        ALONE,
        ((CUSTOMS, 50),),
    ),
}


@pytest.mark.parametrize(("parts", "turns", "split"), SPLITS.values(), ids=SPLITS.keys())
def test_every_second_is_somebodys_and_nobody_is_told_twice(
    parts: tuple[Stretch, ...], turns: Turns, split: Held
) -> None:
    assert split_s(parts, turns, 1000) == split
    assert sum(seconds for _, seconds in split) == gross_s(parts, 1000)


@pytest.mark.parametrize("until", range(0, 401, 25))
@pytest.mark.parametrize("turns", [ALONE, IN_TURN], ids=["alone", "in turn"])
def test_at_any_instant_the_split_sums_to_the_gross(turns: Turns, until: int) -> None:
    for parts in (CLOSED, OPEN):
        split = split_s(parts, turns, until)
        assert sum(seconds for _, seconds in split) == gross_s(parts, until)
        assert [party for party, _ in split] == sorted({party for party, _ in split})


def epoch(words: str) -> int:
    return int(at(words).timestamp())


# 08:00 ---- 12:00   14:00 ---- 18:00 on working days
HOURS = ((8 * HOUR_S, 12 * HOUR_S), (14 * HOUR_S, 18 * HOUR_S))
OFFICE = Clock(Calendar("office", "china", HOURS))


def test_by_a_calendar_only_working_time_is_worked_and_all_of_it_is_gross() -> None:
    # Friday 17:00 |--18:00 ...... Monday 08:00--10:00|
    parts = (Stretch(Segment(epoch("day+4 17:00"), epoch("day+7 10:00")), ()),)
    until = epoch("day+9 00:00")
    assert gross_s(parts, until) == (2 * 24 + 17) * HOUR_S
    assert worked_s(parts, until, OFFICE) == 3 * HOUR_S
    assert net_s(parts, TERMINAL, until, OFFICE) == 3 * HOUR_S
    assert sum(s for _, s in split_s(parts, ALONE, until)) == gross_s(parts, until)


def test_a_hold_takes_off_only_what_was_worked_in_it() -> None:
    # 10:00 |--[11:00 customs .. 12:00 .. 15:00]--16:00|: two of its four hours were worked
    held = (Slice(epoch("11:00"), epoch("15:00"), CUSTOMS),)
    parts = (Stretch(Segment(epoch("10:00"), epoch("16:00")), held),)
    assert worked_s(parts, epoch("20:00"), OFFICE) == 4 * HOUR_S
    assert net_s(parts, TERMINAL, epoch("20:00"), OFFICE) == 2 * HOUR_S
    assert held_s(parts, epoch("20:00")) == ((CUSTOMS, 4 * HOUR_S),)


def test_worked_time_of_an_open_stretch_runs_until_now() -> None:
    parts = (Stretch(Segment(epoch("10:00"), None), ()),)
    assert worked_s(parts, epoch("09:00"), OFFICE) == 0
    assert worked_s(parts, epoch("13:00"), OFFICE) == 2 * HOUR_S
    assert worked_s(parts, epoch("15:00"), OFFICE) == 3 * HOUR_S


def test_what_comes_after_now_is_not_worked_yet() -> None:
    parts = (
        Stretch(Segment(epoch("09:00"), epoch("11:00")), ()),
        Stretch(Segment(epoch("15:00"), epoch("17:00")), ()),
    )
    assert worked_s(parts, epoch("10:00"), OFFICE) == HOUR_S
    assert worked_s(parts, epoch("16:00"), OFFICE) == 3 * HOUR_S


def test_overtime_counts_if_it_was_booked_and_the_calendar_says_so() -> None:
    # Saturday 09:00 |--- booked 10:00 to 11:30 ---12:00|
    parts = (Stretch(Segment(epoch("day+5 09:00"), epoch("day+5 12:00")), ()),)
    booked = ((epoch("day+5 10:00"), epoch("day+5 11:30")),)
    with_overtime = Calendar("office", "china", HOURS, overtime=True)
    assert worked_s(parts, epoch("day+6 00:00"), Clock(with_overtime, booked)) == 5400
    assert worked_s(parts, epoch("day+6 00:00"), Clock(with_overtime)) == 0
    assert worked_s(parts, epoch("day+6 00:00"), Clock(OFFICE.calendar, booked)) == 0


def test_round_the_clock_worked_is_gross() -> None:
    assert worked_s(CLOSED, 1000, ROUND_THE_CLOCK) == gross_s(CLOSED, 1000)
    assert worked_s(OPEN, 170, ROUND_THE_CLOCK) == gross_s(OPEN, 170)


#      0     100      100     300        whose turn it is: the last of two that begin at once
TURNS: tuple[Turns, ...] = (
    ((0, TERMINAL),),
    ((0, AGENT), (100, CUSTOMS), (300, TERMINAL)),
    ((0, AGENT), (100, CUSTOMS), (100, TERMINAL)),
    ((0, AGENT), (100, CUSTOMS), (300, AGENT)),
)


@pytest.mark.parametrize("turns", TURNS)
def test_what_nobody_held_is_split_by_turns_as_what_somebody_might_have_held(turns: Turns) -> None:
    for start in (0, 99, 100, 101, 300, 301):
        for end in (start, start + 1, start + 100, start + 400):
            unheld = (Stretch(Segment(start, end), ()),)
            assert split_in_turn(start, end, turns) == split_s(unheld, turns, end)


def test_each_has_the_seconds_of_its_turn() -> None:
    assert split_in_turn(50, 350, TURNS[1]) == ((AGENT, 50), (CUSTOMS, 200), (TERMINAL, 50))
    assert split_in_turn(50, 350, TURNS[3]) == ((AGENT, 100), (CUSTOMS, 200))
