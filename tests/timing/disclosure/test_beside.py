"""Periods beside each other: what stands as published, what is away, what adds up."""

import pytest

from timing.disclosure.beside import beside
from timing.disclosure.sensitivity import NOBODY
from timing.disclosure.shapes import Neighbour, Sheet, Shown
from timing.disclosure.standing import Empty

CELLS = [Empty(("a",)), Empty(("b",))]
SHEET = Sheet("s", ("d",), CELLS, ("n",))
MONTHS = [
    Neighbour("1", {"s": CELLS}, {"s": [Shown(("a",), {"n": 9}), Shown(("b",), {}, "protected")]}),
    Neighbour("2", {"s": CELLS[:1]}, {"s": [Shown(("a",), {"n": 9})]}),
]


def test_what_others_show_is_settled_and_what_they_hide_is_away() -> None:
    found = beside([SHEET], MONTHS, ["1", "2"])
    assert set(found.settled) == {("1 s", ("a",)), ("2 s", ("a",))}
    assert found.away == {("1 s", ("b",))}
    assert [sheet.name for sheet in found.sheets] == ["s", "1 s", "2 s"]
    assert CELLS[0].exposure == NOBODY


def test_every_cell_is_the_sum_of_its_parts() -> None:
    found = beside([SHEET], MONTHS, ["1", "2"])
    assert [("s", ("a",)), ("1 s", ("a",)), ("2 s", ("a",))] in found.sums
    assert beside([SHEET], MONTHS, []).sums == []


def test_a_part_that_is_not_given_is_refused() -> None:
    with pytest.raises(ValueError, match="3"):
        beside([SHEET], MONTHS, ["1", "2", "3"])
