"""The attacker: what can be computed of hidden cells, against small tables done by hand."""

from random import Random
from typing import TYPE_CHECKING, cast

import pytest
from highspy import HighsModelStatus

from timing.disclosure.attack import ITERATIONS_MAX, Attacker, solved

if TYPE_CHECKING:
    from highspy import Highs

# A table of two rows and three columns: 0 whole, 1-2 rows, 3-5 columns, 6-11 cells.
TABLE = [
    {0: -1, 1: 1, 2: 1}, {0: -1, 3: 1, 4: 1, 5: 1},
    {1: -1, 6: 1, 7: 1, 8: 1}, {2: -1, 9: 1, 10: 1, 11: 1},
    {3: -1, 6: 1, 9: 1}, {4: -1, 7: 1, 10: 1}, {5: -1, 8: 1, 11: 1},
]  # fmt: skip
WEIGHTS = [63.0, 32.0, 31.0, 11.0, 22.0, 30.0, 2.0, 10.0, 20.0, 9.0, 12.0, 10.0]


def test_a_cell_hidden_alone_comes_back() -> None:
    recipe = Attacker(TABLE, WEIGHTS, [6]).weakest_union(6)
    assert recipe is not None
    assert recipe.weight == pytest.approx(2)
    assert {1, 7, 8} <= set(recipe.uses) or {3, 9} <= set(recipe.uses)


def test_two_in_a_row_come_back_by_their_columns() -> None:
    attacker = Attacker(TABLE, WEIGHTS, [6, 7])
    recipe = attacker.weakest_union(6)
    assert recipe is not None
    assert recipe.weight == pytest.approx(2)


def test_a_closed_loop_gives_sums_alone() -> None:
    recipe = Attacker(TABLE, WEIGHTS, [6, 7, 9, 10]).weakest_union(6)
    assert recipe is not None
    assert recipe.weight == pytest.approx(11)


def test_the_floor_is_what_the_others_cannot_take() -> None:
    """9 + 6 = 11 and 10 + 9 = 21 and 7 + 10 = 22 and 6 + 7 = 12: cell 10 has at least 10."""
    found = Attacker(TABLE, WEIGHTS, [6, 7, 9, 10]).floor(10)
    assert found is not None
    assert found.weight == pytest.approx(10)


def test_what_no_sum_holds_cannot_be_computed() -> None:
    assert Attacker([{0: -1, 1: 1, 2: 1}], [9.0, 4.0, 5.0], [0, 1, 2]).weakest_union(0) is None
    assert Attacker([{0: -1, 1: 1, 2: 1}], [9.0, 4.0, 5.0], [1, 2]).floor(1) is None


def test_a_whole_is_at_least_what_is_known_of_it() -> None:
    found = Attacker([{0: -1, 1: 1, 2: 1}], [9.0, 4.0, 5.0], [0, 1]).floor(0)
    assert found is not None
    assert found.weight == pytest.approx(5)


def test_hiding_more_never_helps() -> None:
    rolls = Random(5)
    for _ in range(20):
        order = rolls.sample(range(1, 12), 6)
        attacker, last = Attacker(TABLE, WEIGHTS, order[:2]), 0.0
        for further in order[2:]:
            recipe = attacker.weakest_union(order[0])
            weight = float("inf") if recipe is None else recipe.weight
            assert weight >= last - 1e-6
            last = weight
            attacker.hide(further)


def test_a_question_leaves_no_trace() -> None:
    attacker = Attacker(TABLE, WEIGHTS, [6, 7, 9, 10])
    first = attacker.weakest_union(6)
    attacker.weakest_union(10)
    attacker.floor(7)
    assert attacker.weakest_union(6) == first


class _Stuck:
    """A solver that goes round in circles so many times before it comes to an answer."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.done: list[str] = []

    def setOptionValue(self, name: str, value: int) -> None:
        self.done.append(f"{name} {value}")

    def run(self) -> None:
        self.done.append("run")
        self.times -= 1

    def getModelStatus(self) -> HighsModelStatus:
        limit, found = HighsModelStatus.kIterationLimit, HighsModelStatus.kOptimal
        return limit if self.times >= 0 else found

    def clearSolver(self) -> None:
        self.done.append("clear")


@pytest.mark.parametrize(
    ("times", "clears", "ended"), [(0, 0, "kOptimal"), (1, 1, "kOptimal"), (2, 2, "kOptimal"),
                                   (3, 3, "kIterationLimit")],
)  # fmt: skip
def test_a_program_that_goes_round_in_circles_is_begun_anew_and_not_for_ever(
    times: int, clears: int, ended: str
) -> None:
    solver = _Stuck(times)
    assert solved(cast("Highs", solver)).name == ended
    assert solver.done.count("clear") == clears
    assert solver.done.count("run") == min(times, 2) + 1
    assert solver.done[-1] == "simplex_strategy 1", "the next question is asked as ever"


def test_every_solver_is_bounded() -> None:
    attacker = Attacker([{0: -1, 1: 1, 2: 1}], [3.0, 1.0, 2.0], [1, 2])
    _, limit = attacker._solver.getOptionValue("simplex_iteration_limit")
    assert limit == ITERATIONS_MAX
