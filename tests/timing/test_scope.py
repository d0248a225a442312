"""Scope: which units are meant, and whether two scopes can mean the same unit."""

from typing import Any

import pytest

from events.vocabulary import Category, Direction, Mode
from timing.scope import Scope
from timing.visits import Traits

LPCT: dict[str, Any] = {"facilities": ("LPCT",)}
IMPORT: dict[str, Any] = {"directions": (Direction.IMPORT,)}
GENERAL: dict[str, Any] = {"categories": (Category.GENERAL,)}


def traits(**some: Any) -> Traits:
    usual = dict.fromkeys(Traits._fields)
    return Traits(**{**usual, "mode": Mode.WATER, **some})


@pytest.mark.parametrize(
    ("scope", "some", "covered"),
    [
        ({}, {}, True),
        (LPCT, {}, True),
        ({"facilities": ("LNOCT",)}, {}, False),
        ({"facilities": ("LNOCT", "LPCT")}, {}, True),
        ({"modes": (Mode.RAIL,)}, {}, False),
        (IMPORT, {}, False),
        (IMPORT, {"direction": Direction.IMPORT}, True),
        (GENERAL, {}, True),
        (GENERAL, {"category": Category.DANGEROUS}, False),
        ({"categories": (Category.REEFER,)}, {}, False),
        ({"laden": True}, {"laden": True}, True),
        ({"laden": True}, {"laden": False}, False),
        ({"laden": True}, {}, False),
        ({"laden": False}, {"laden": False}, True),
        ({**LPCT, **IMPORT}, {}, False),
    ],
)
def test_what_is_named_must_be_so_and_an_unstated_cargo_is_general(
    scope: dict[str, Any], some: dict[str, Any], covered: bool
) -> None:
    assert Scope(**scope).covers(traits(**some), "LPCT") is covered


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ({}, {}, True),
        (LPCT, {}, True),
        (LPCT, IMPORT, True),
        (LPCT, {"facilities": ("LNOCT",)}, False),
        (IMPORT, {"directions": (Direction.EXPORT,)}, False),
        ({**LPCT, **IMPORT}, {**LPCT, "directions": (Direction.EXPORT,)}, False),
        ({"laden": True}, {"laden": False}, False),
        ({"laden": True}, {}, True),
        (GENERAL, {"categories": (Category.GENERAL, Category.REEFER)}, True),
        ({"modes": (Mode.RAIL,)}, {"modes": (Mode.AIR,)}, False),
    ],
)
def test_two_scopes_meet_where_one_unit_can_be_in_both(
    one: dict[str, Any], other: dict[str, Any], meet: bool
) -> None:
    assert Scope(**one).meets(Scope(**other)) is meet
    assert Scope(**other).meets(Scope(**one)) is meet
