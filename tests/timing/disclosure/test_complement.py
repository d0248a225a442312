"""Complementary suppression: every guard holds afterwards, whatever the table."""

from collections.abc import Sequence
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timing.disclosure.attack import ANY, Attacker
from timing.disclosure.complement import Guard, Unprotectable, complemented
from timing.disclosure.lattice import Equation


def table(values: Sequence[int]) -> tuple[list[Equation], list[float]]:
    """A cube of three by three by two with all its margins; what is nought is not there."""
    sides = (range(4), range(4), range(3))
    sums = {
        key: sum(
            values[(at * 3 + by) * 2 + of]
            for at, by, of in product(range(3), range(3), range(2))
            if all(
                k in (last, own) for k, own, last in zip(key, (at, by, of), (3, 3, 2), strict=True)
            )
        )
        for key in product(*sides)
    }
    numbers = {key: at for at, key in enumerate(key for key, value in sums.items() if value)}
    equations: list[Equation] = []
    for key, number in numbers.items():
        for side, last in enumerate((3, 3, 2)):
            if key[side] == last:
                parts = [(*key[:side], own, *key[side + 1 :]) for own in range(last)]
                equations.append({number: -1} | {numbers[p]: 1 for p in parts if p in numbers})
    return equations, [float(sums[key]) for key in numbers]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 14), min_size=18, max_size=18))
def test_no_sum_that_can_be_computed_has_few(values: list[int]) -> None:
    equations, weights = table(values)
    few = [number for number, weight in enumerate(weights) if weight < 5]
    guard = Guard("units", weights, dict.fromkeys(few, 5.0))
    hidden = complemented(equations, few, [guard], weights)
    attacker = Attacker(equations, weights, hidden)
    for number in few:
        recipe = attacker.weakest_union(number)
        assert recipe is None or recipe.weight > 5 - 1e-5


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 14), min_size=18, max_size=18))
def test_bounds_stay_wide_on_both_sides(values: list[int]) -> None:
    equations, weights = table(values)
    few = [number for number, weight in enumerate(weights) if 0 < weight < 5]
    reach = [{one: weights[one] * by for one in few} for by in (1.2, 0.8)]
    guards = [Guard("seconds", weights, some) for some in reach]
    hidden = complemented(equations, few, guards, weights)
    attacker = Attacker(equations, weights, hidden)
    for number in few:
        high, low = attacker.weakest_union(number), attacker.floor(number)
        assert high is None or high.weight >= 1.2 * weights[number] - 1e-5
        assert low is None or low.weight <= 0.8 * weights[number] + 1e-5


def test_what_is_out_of_balance_is_balanced() -> None:
    """A dominated cell is hidden with one that has slack enough."""
    equations: list[Equation] = [{0: -1, 1: 1, 2: 1, 3: 1}]
    weights = [5.0, -3.0, 1.0, 7.0]
    guard = Guard("largest", weights, {1: 0.0}, balance=True)
    assert complemented(equations, [1], [guard], [9.0, 1.0, 1.0, 5.0]) >= {1, 3}


def test_nothing_is_hidden_for_nothing() -> None:
    rolls = Random(2)
    equations, weights = table([rolls.randrange(20, 90) for _ in range(18)])
    assert complemented(equations, [], [Guard("units", weights, {})], weights) == set()


def test_what_is_published_for_good_can_give_away() -> None:
    equations: list[Equation] = [{0: -1, 1: 1, 2: 1}]
    guard = Guard("units", [12.0, 2.0, 10.0], {1: 5.0})
    with pytest.raises(Unprotectable, match="units"):
        complemented(equations, [1], [guard], [ANY, 1.0, ANY])


def test_a_whole_that_is_nearly_one_published_part_is_hidden_with_it() -> None:
    equations: list[Equation] = [{0: -1, 1: 1, 2: 1}]
    guard = Guard("seconds", [9.0, 1.0, 8.0], {0: 7.2})
    assert complemented(equations, [0, 1], [guard], [9.0, 1.0, 8.0]) == {0, 1, 2}
