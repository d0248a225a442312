"""Moves: the cheapest cells that let a hidden one have another value."""

from timing.disclosure.attack import ANY
from timing.disclosure.moves import Movement

TABLE = [
    {0: -1, 1: 1, 2: 1, 3: 1}, {4: -1, 5: 1, 6: 1, 7: 1},
    {8: -1, 1: 1, 5: 1}, {9: -1, 2: 1, 6: 1}, {10: -1, 3: 1, 7: 1},
]  # fmt: skip
"""Rows 0 and 4 of three cells each, columns 8 to 10."""

WEIGHTS = [33.0, 2.0, 11.0, 20.0, 51.0, 30.0, 12.0, 9.0, 32.0, 23.0, 29.0]


def test_a_whole_loop_is_hidden_at_once() -> None:
    moved = Movement(TABLE, [1], WEIGHTS, [1.0 + weight for weight in WEIGHTS]).to(1, 5)
    assert moved in ({2, 5, 6}, {3, 5, 7})


def test_the_cheapest_loop_is_taken() -> None:
    costs = [1000.0, 1.0, 1.0, 500.0, 1000.0, 1.0, 1.0, 500.0, 1000.0, 1000.0, 1000.0]
    assert Movement(TABLE, [1], WEIGHTS, costs).to(1, 5) == {2, 5, 6}


def test_what_must_stay_stays() -> None:
    costs = [ANY, 1.0, ANY, 1.0, ANY, 1.0, 1.0, 1.0, ANY, ANY, ANY]
    assert Movement(TABLE, [1], WEIGHTS, costs).to(1, 5) == {3, 5, 7}


def test_what_cannot_move_moves_nothing() -> None:
    costs = [ANY, 1.0, ANY, ANY, *[1.0] * 7]
    assert Movement(TABLE, [1], WEIGHTS, costs).to(1, 5) == set()


def test_what_is_hidden_moves_for_nothing() -> None:
    movement = Movement(TABLE, [1], WEIGHTS, [1.0] * 11)
    first = movement.to(1, 5)
    assert first
    assert movement.to(1, 5) == set()


def test_nothing_falls_below_nought() -> None:
    """Column 9 holds 23: cell 2 has 11, so 1 can gain no more than that from it alone."""
    costs = [ANY, 1.0, 1.0, ANY, ANY, 1.0, 1.0, ANY, ANY, ANY, ANY]
    assert Movement(TABLE, [1], WEIGHTS, costs).to(1, 13) == {2, 5, 6}
    assert Movement(TABLE, [1], WEIGHTS, costs).to(1, 14) == set()
