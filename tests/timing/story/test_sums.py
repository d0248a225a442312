"""Sums: an occurrence cut into steps that count or do not; the steps make up the whole."""

import pytest

from events.testing import at
from events.vocabulary import Party
from timing.calendars import CONTINUOUS, Calendar, parse_hours
from timing.dwell import Clock, Stretch
from timing.holds import Slice
from timing.occurrences import Segment
from timing.story.sums import Step, Sum, summed, why

DAY = Calendar("day", "all", parse_hours([["08:00", "12:00"], ["14:00", "18:00"]]), overtime=True)


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def stretch(start: str, end: str | None, *held: tuple[str, str | None, Party]) -> Stretch:
    slices = tuple(Slice(epoch(a), epoch(b) if b else None, party) for a, b, party in held)
    return Stretch(Segment(epoch(start), epoch(end) if end else None), slices)


def minutes(found: Sum) -> list[tuple[int, Party | None, bool, bool]]:
    return [(s.took_s // 60, s.party, s.rests, s.counts) for s in found.steps]


# 10:00 o----10:20 customs 10:50----c 11:00
def test_time_held_by_another_is_a_step_that_does_not_count() -> None:
    parts = (stretch("10:00", "11:00", ("10:20", "10:50", Party.CUSTOMS)),)
    found = summed(parts, Party.TERMINAL, epoch("12:00"), Clock())
    assert minutes(found) == [
        (20, None, False, True), (30, Party.CUSTOMS, False, False), (10, None, False, True),
    ]  # fmt: skip
    assert (found.gross_s, found.worked_s, found.net_s) == (3600, 3600, 1800)
    assert found.held_s() == {Party.CUSTOMS: 1800}


def test_time_held_by_the_one_who_answers_counts() -> None:
    parts = (stretch("10:00", "11:00", ("10:00", "10:30", Party.TERMINAL)),)
    found = summed(parts, Party.TERMINAL, epoch("12:00"), Clock())
    assert minutes(found) == [(30, Party.TERMINAL, False, True), (30, None, False, True)]
    assert found.net_s == 3600


def test_where_all_answer_only_what_nobody_could_help_does_not_count() -> None:
    held = ("10:00", "10:10", Party.CUSTOMS), ("10:10", "10:30", Party.FORCE_MAJEURE)
    found = summed((stretch("10:00", "11:00", *held),), "all", epoch("12:00"), Clock())
    assert [step.counts for step in found.steps] == [True, False, True]


@pytest.mark.parametrize(("until", "net_s"), [("10:10", 600), ("10:40", 1200), ("11:00", 1200)])
def test_an_open_occurrence_runs_until_now_and_stands_while_it_is_held(
    until: str, net_s: int
) -> None:
    parts = (stretch("10:00", None, ("10:20", None, Party.CUSTOMS)),)
    found = summed(parts, Party.TERMINAL, epoch(until), Clock())
    assert found.net_s == net_s
    assert found.gross_s == epoch(until) - epoch("10:00")


# 11:00 o---12:00  noon  14:00---14:30 c
def test_the_calendar_cuts_what_nobody_held() -> None:
    found = summed((stretch("11:00", "14:30"),), Party.TERMINAL, epoch("20:00"), Clock(DAY))
    assert minutes(found) == [
        (60, None, False, True),
        (120, None, True, False),
        (30, None, False, True),
    ]
    assert (found.gross_s, found.worked_s, found.net_s) == (12600, 5400, 5400)


def test_what_is_held_outside_working_time_counts_as_neither() -> None:
    parts = (stretch("11:00", "15:00", ("11:30", "14:30", Party.CUSTOMS)),)
    found = summed(parts, Party.TERMINAL, epoch("20:00"), Clock(DAY))
    assert (found.gross_s, found.worked_s, found.net_s) == (4 * 3600, 2 * 3600, 3600)
    assert found.held_s() == {Party.CUSTOMS: 3 * 3600}


def test_booked_overtime_counts_like_working_time() -> None:
    clock = Clock(DAY, ((epoch("18:00"), epoch("19:00")),))
    found = summed((stretch("17:00", "20:00"),), Party.TERMINAL, epoch("21:00"), clock)
    assert found.net_s == 2 * 3600


def test_the_time_between_two_segments_belongs_to_neither() -> None:
    parts = (stretch("09:00", "10:00"), stretch("12:00", "12:30"))
    found = summed(parts, Party.TERMINAL, epoch("13:00"), Clock(CONTINUOUS))
    assert found.steps == (
        Step(epoch("09:00"), epoch("10:00"), None, False, True),
        Step(epoch("12:00"), epoch("12:30"), None, False, True),
    )
    assert found.gross_s == 5400


# 16:00 o----- 17:00 customs 17:30 ----- 18:00 rests ----- 19:00 booked 20:00 c
def test_each_step_says_why_it_counts() -> None:
    clock = Clock(DAY, ((epoch("19:00"), epoch("20:00")),))
    parts = (stretch("16:00", "20:00", ("17:00", "17:30", Party.CUSTOMS)),)
    found = summed(parts, Party.TERMINAL, epoch("20:00"), clock)
    said = [why(step, clock) for step in found.steps]
    assert [one.key for one in said] == ["ran", "held", "ran", "rested", "overtime"]
    assert said[1].values == {"party": Party.CUSTOMS}
    (own,) = summed(parts, Party.CUSTOMS, epoch("20:00"), Clock()).steps[1:2]
    assert why(own, Clock()).key == "own"
