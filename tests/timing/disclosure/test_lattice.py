"""The lattice: which cells add up to which, and which are of the same units."""

from collections.abc import Sequence
from typing import NamedTuple

from timing.disclosure.lattice import lattice
from timing.disclosure.sensitivity import NOBODY, Exposure
from timing.disclosure.shapes import Key, Sheet
from timing.measures.summary import Summary


class Cell(NamedTuple):
    key: Key
    summary: Summary = Summary()
    exposure: Exposure = NOBODY


def sheet(keys: Sequence[str], name: str = "s", together: Sequence[str] = ()) -> Sheet:
    """Keys as `a/b`."""
    cells = [Cell(tuple(key.split("/"))) for key in keys]
    dimensions = [f"d{at}" for at in range(len(cells[0].key))]
    return Sheet(name, dimensions, cells, ("n",), together)


def test_a_whole_is_the_sum_of_its_parts_in_every_direction() -> None:
    found = lattice([sheet(["*/*", "a/*", "b/*", "*/x", "*/y", "a/x", "a/y", "b/x", "b/y"])])
    named = [
        {found.places[number][0][1]: times for number, times in row.items()}
        for row in found.equations
    ]
    assert {("*", "*"): -1, ("a", "*"): 1, ("b", "*"): 1} in named
    assert {("*", "x"): -1, ("a", "x"): 1, ("b", "x"): 1} in named
    assert {("b", "*"): -1, ("b", "x"): 1, ("b", "y"): 1} in named
    assert len(named) == 6


def test_sums_that_follow_from_others_are_left_out() -> None:
    """The whole is not said again as the sum of the finest: that follows."""
    found = lattice([sheet(["*/*", "a/*", "b/*", "a/x", "a/y", "b/x", "b/y"])])
    assert sorted(map(len, found.equations)) == [3, 3, 3]


def test_an_only_part_is_the_same_unknown() -> None:
    found = lattice([sheet(["*/*", "a/*", "b/*", "a/x"])])
    assert found.unknown_of["s", ("a", "*")] == found.unknown_of["s", ("a", "x")]
    assert found.unknown_of["s", ("a", "*")] != found.unknown_of["s", ("b", "*")]


def test_what_goes_together_is_one_unknown() -> None:
    found = lattice([sheet(["a/x", "a/y", "b/x"], together=["d1"])])
    assert found.unknown_of["s", ("a", "x")] == found.unknown_of["s", ("a", "y")]
    assert len(found.places) == 2


def test_further_sums_join_sheets_and_pass_over_what_nobody_has() -> None:
    year, one, two = sheet(["a", "b"], "y"), sheet(["a", "b"], "1"), sheet(["a"], "2")
    sums = [
        [("y", ("a",)), ("1", ("a",)), ("2", ("a",))],
        [("y", ("b",)), ("1", ("b",)), ("2", ("b",))],
    ]
    found = lattice([year, one, two], sums)
    assert len(found.equations) == 1
    assert found.unknown_of["y", ("b",)] == found.unknown_of["1", ("b",)]
