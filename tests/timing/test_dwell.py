"""Dwell: gross, net and held time of stretches, in whole seconds from a fixed zero."""

import pytest

from events.vocabulary import Party
from timing.dwell import Stretch, gross_s, held_s, net_s, stretches
from timing.holds import Hold, Slice
from timing.occurrences import Occurrence, Segment
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
    assert net_s(CLOSED, TERMINAL, 1000) == 400 - 100
    assert net_s(CLOSED, CUSTOMS, 1000) == 400 - 50
    assert net_s(CLOSED, AGENT, 1000) == 400 - 150


def test_where_all_answer_only_force_majeure_comes_off() -> None:
    storm = (Stretch(Segment(0, 400), (Slice(0, 60, Party.FORCE_MAJEURE), Slice(60, 90, AGENT))),)
    assert net_s(storm, "all", 1000) == 400 - 60


def test_held_time_is_told_by_party_the_own_party_too() -> None:
    assert held_s(CLOSED, 1000) == {CUSTOMS: 100, TERMINAL: 50}


def test_a_party_that_held_nothing_yet_is_left_out() -> None:
    assert held_s(CLOSED, 300) == {CUSTOMS: 100}
    assert held_s(CLOSED, 100) == {}


@pytest.mark.parametrize(("until", "gross", "held"), [(50, 50, 0), (100, 100, 0), (170, 170, 70)])
def test_an_open_stretch_counts_until_now(until: int, gross: int, held: int) -> None:
    assert gross_s(OPEN, until) == gross
    assert held_s(OPEN, until).get(CUSTOMS, 0) == held
    assert net_s(OPEN, TERMINAL, until) == min(until, 100)


def test_nothing_is_counted_before_it_begins() -> None:
    later = (Stretch(Segment(500, None), ()),)
    assert gross_s(later, 400) == 0


def test_several_stretches_are_summed_and_the_time_between_is_not() -> None:
    # |--60--|  (40 between)  |--80--|
    two = (Stretch(Segment(0, 60), (Slice(0, 10, AGENT),)), Stretch(Segment(100, 180), ()))
    assert gross_s(two, 1000) == 140
    assert net_s(two, TERMINAL, 1000) == 130


def test_the_holds_are_laid_over_each_segment() -> None:
    # segments |0---60|      |100---180|
    # hold         [40 --------- 120]
    segments = (Segment(0, 60), Segment(100, 180))
    occurrence = Occurrence(STAGES[0], 1, segments, 180, (), ())
    held = Hold(Stopper.CLOCK, AGENT, 40, 120, None, ())
    first, second = stretches(occurrence, (held,))
    assert first.slices == (Slice(40, 60, AGENT),)
    assert second.slices == (Slice(100, 120, AGENT),)
