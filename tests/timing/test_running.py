"""Running: what is under way, written small and read back."""

import pytest

from events.vocabulary import Category, Direction, Kind, Mode, Party
from timing.findings import Level
from timing.instants import NEVER
from timing.running import (
    NOWHERE,
    ODD,
    SIZE,
    WAITING,
    Running,
    all_of,
    away,
    earliest,
    fits,
    kind_of,
    pack,
    shared,
    stated,
    turn,
    turns_in,
    unpack_from,
    waits,
)
from timing.stages import STAGES
from timing.visits import Traits

ONE: Running = (3, 1, 1_772_416_800, 1_772_418_240, 0, 17, 96, NOWHERE)
LARGEST: Running = (255, 2**16 - 1, 2**62, 2**62, 2, 255, 2**32 - 2, 2**32 - 2)
BEFORE_1970: Running = (0, 1, -86_400, NEVER, 1, 0, 0, 7)
ALL = b"".join(pack(*one) for one in (ONE, LARGEST, BEFORE_1970))


@pytest.mark.parametrize("one", [ONE, LARGEST, BEFORE_1970])
def test_what_is_written_small_reads_the_same(one: Running) -> None:
    data = pack(*one)
    assert len(data) == SIZE
    assert unpack_from(data) == one


def test_several_stand_side_by_side_and_are_found_by_their_stage() -> None:
    assert list(all_of(ALL)) == [ONE, LARGEST, BEFORE_1970]
    places = [ALL[::SIZE].find(one[0]) for one in (ONE, LARGEST, BEFORE_1970)]
    assert places == [0, 1, 2]
    assert [unpack_from(ALL, place * SIZE)[0] for place in places] == [3, 255, 0]
    assert ALL[::SIZE].find(4) == -1


def test_the_kind_of_its_latest_report_is_read_alone() -> None:
    found = [kind_of(ALL, place * SIZE) for place in range(3)]
    assert found == [one[5] for one in (ONE, LARGEST, BEFORE_1970)]


def test_to_be_odd_is_said_beside_every_level() -> None:
    assert {level | ODD for level in Level}.isdisjoint(Level)
    assert [(level | ODD) & ~ODD for level in Level] == list(Level)


def test_the_earliest_of_what_is_due_is_told() -> None:
    assert earliest(ALL) == ONE[3]
    assert earliest(pack(*BEFORE_1970)) == NEVER
    assert earliest(b"") == NEVER


@pytest.mark.parametrize(
    ("one", "small"),
    [
        (LARGEST, True),
        ((3, 2**16, *ONE[2:]), False),
        ((*ONE[:6], NOWHERE, NOWHERE), False),
        ((*ONE[:6], 2**40, NOWHERE), False),
    ],
)
def test_what_is_too_much_to_be_written_small_is_told(one: Running, small: bool) -> None:
    assert fits(one) is small


def test_turns_are_written_side_by_side() -> None:
    data = turn(3, 1_772_416_800) + turn(0, -1) + turn(255, 2**62)
    assert list(turns_in(data)) == [(3, 1_772_416_800), (0, -1), (255, 2**62)]
    assert list(turns_in(b"")) == []


def test_every_stage_kind_and_party_can_be_written_small() -> None:
    assert max(len(STAGES), len(Kind), len(Party)) <= 256


def test_the_same_traits_are_held_once() -> None:
    one, other = (Traits(Mode.WATER, None, "LPCT", None, None, None) for _ in range(2))
    assert one is not other
    assert shared(one) is shared(other)


def test_what_most_reports_may_state_is_stated_once_nothing_of_it_is_missing() -> None:
    told = Traits(Mode.WATER, Direction.IMPORT, "LPCT", "22G1", True, Category.GENERAL, 900)
    assert stated(told)
    assert stated(told._replace(laden=False, weight_kg=0))
    assert stated(told._replace(journey_s=7200))


@pytest.mark.parametrize(
    "trait", ["direction", "facility", "size_type", "laden", "category", "weight_kg"]
)
def test_while_a_trait_is_missing_a_report_may_still_state_it(trait: str) -> None:
    told = Traits(Mode.WATER, Direction.IMPORT, "LPCT", "22G1", True, Category.GENERAL, 900)
    assert not stated(Traits(**{**told._asdict(), trait: None}))


def test_what_only_trucks_spoke_of_may_still_be_said_to_come_otherwise() -> None:
    told = Traits(Mode.ROAD, Direction.IMPORT, "LPCT", "22G1", True, Category.GENERAL, 900)
    assert not stated(told)


def test_while_no_visit_is_known_nothing_has_begun() -> None:
    assert (WAITING.running, WAITING.done, WAITING.seen) == (b"", b"", 0)
    assert WAITING.last_at == WAITING.stay.since == NEVER
    assert waits(WAITING)


def test_after_a_visit_that_is_over_what_is_told_waits_as_well() -> None:
    gone = away(7000, 40, 5000, 3)
    assert waits(gone)
    assert (gone.stay.due_at, gone.stay.ahead, gone.last_at, gone.last_rank) == (7000, 40, 5000, 3)
    assert gone.soonest == NEVER
