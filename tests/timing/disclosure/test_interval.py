"""Intervals: bounds of a missing cell from what is printed, with the rounding of print."""

from decimal import Decimal

from timing.disclosure.interval import intervals
from timing.disclosure.shapes import Key, Seen, Shown
from timing.disclosure.view import Public


def public(**n: int) -> Public:
    """A whole with its parts, each of a mean of two hours; nought is hidden."""
    cells = {(key if key != "whole" else "*",): number for key, number in n.items()}
    shown: dict[Key, Seen] = {
        key: Shown(key, {"n": number, "mean_h": Decimal("2.00")}) if number else Shown(key, {}, "?")
        for key, number in cells.items()
    }
    return Public("m", {"s": shown})


def spot(word: str) -> tuple[str, str, tuple[str, ...]]:
    return "m", "s", (word,)


def test_a_cell_hidden_alone_is_known_to_within_rounding() -> None:
    found = intervals(public(whole=100, a=97, b=0), {spot("b")})[spot("b")]
    assert found.low_s == 3 * 7200 - 18 * 197
    assert found.high_s == 3 * 7200 + 18 * 197


def test_two_share_what_is_left() -> None:
    found = intervals(public(whole=100, a=90, b=0, c=0), {spot("b"), spot("c")})
    assert found[spot("b")] == (0, 10 * 7200 + 18 * 190)


def test_what_nothing_bounds_is_not_bounded() -> None:
    assert intervals(public(whole=0, a=90, b=0), {spot("*"), spot("b")})[spot("b")].high_s == float(
        "inf"
    )
