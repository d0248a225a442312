"""Numbers are valid and belong to one box at a time, which may come back."""

from collections import defaultdict
from math import gcd

import pytest
from stdnum.iso6346 import is_valid

from portclock.traffic.boxes import AWAY_MIN_S, NUMBERS, SCATTER, box_of, number
from portclock.traffic.flows import Leg, read_sample
from portclock.traffic.plans import World, plan_visit

START_AT = 1772380800


@pytest.fixture(scope="module")
def world() -> World:
    return World(11, START_AT, read_sample())


def test_numbers_are_valid_and_different() -> None:
    numbers = {number(3, serial) for serial in range(20_000)}
    assert len(numbers) == 20_000
    assert all(map(is_valid, numbers))
    assert number(3, 0) == number(3, NUMBERS)
    assert gcd(SCATTER, NUMBERS) == 1


def test_another_seed_has_other_numbers() -> None:
    assert not {number(3, s) for s in range(500)} & {number(4, s) for s in range(500)}


def test_no_box_is_in_two_places_at_once(world: World) -> None:
    stays: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for visit in range(int(1.5 * len(world.sample.flows))):
        plan = plan_visit(world, visit)
        gone_at = max(plan.left_at, plan.departed_at)
        stays[box_of(world, visit).number].append((plan.came_at, gone_at, visit))
    twice = [sorted(own) for own in stays.values() if len(own) > 1]
    assert len(twice) > 200
    for (_, gone_at, earlier), (came_at, _, later) in twice:
        assert came_at - gone_at >= AWAY_MIN_S
        flows = world.sample.flow(earlier)[1], world.sample.flow(later)[1]
        assert (flows[0].leg, flows[1].leg) == (Leg.IMPORT, Leg.EXPORT)
        assert flows[0].port == flows[1].port


def test_a_box_that_comes_back_is_the_same_thing(world: World) -> None:
    later_row, earlier_row = next(iter(world.sample.earlier.items()))
    later, earlier = (world.sample.visit(0, row) for row in (later_row, earlier_row))
    gone_for_s = plan_visit(world, later).came_at - plan_visit(world, earlier).left_at
    same = box_of(world, later) == box_of(world, earlier)
    assert same is (gone_for_s >= AWAY_MIN_S)


def test_the_size_type_fits_the_length(world: World) -> None:
    first = {20: "2", 40: "4", 45: "L", -1: "4"}
    for visit in range(1500):
        flow = world.sample.flow(visit)[1]
        size_type = box_of(world, visit).size_type
        assert size_type[0] == first[flow.length_ft]
        assert ("R" in size_type) is (flow.storage == "reefer")
