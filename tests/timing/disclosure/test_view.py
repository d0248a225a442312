"""What the public can compute: exact sums, found without what protects."""

from decimal import Decimal

from timing.disclosure.shapes import Key, Seen, Shown
from timing.disclosure.view import Public, solved

SHOWN: dict[Key, int] = {
    ("*", "*"): 60, ("a", "*"): 20, ("b", "*"): 40, ("*", "x"): 25, ("*", "y"): 35,
    ("a", "x"): 8, ("a", "y"): 12, ("b", "x"): 17, ("b", "y"): 23,
}  # fmt: skip


def public(*hidden: Key) -> Public:
    cells: dict[Key, Seen] = {
        key: Shown(key, {}, "protected")
        if key in hidden
        else Shown(key, {"n": n, "mean_h": Decimal("1.50")})
        for key, n in SHOWN.items()
    }
    return Public("m", {"s": cells})


def test_every_way_to_divide_a_whole_is_a_sum() -> None:
    found = list(public().sums())
    assert len(found) == 4 + 2 + 1
    assert all(sum(SHOWN[part[2]] for part in parts) == SHOWN[whole[2]] for whole, *parts in found)


def test_a_cell_says_its_number_and_its_time() -> None:
    spot = ("m", "s", ("a", "x"))
    assert public().n(spot) == 8
    assert public().seconds(spot) == 8 * 5400
    assert public(("a", "x")).n(spot) is None
    assert public(("a", "x")).seconds(spot) is None


def test_what_is_determined_is_found_and_nothing_else() -> None:
    alone = public(("a", "x"))
    missing = {spot for spot in alone.spots() if alone.n(spot) is None}
    assert solved(list(alone.sums()), missing) == [{("m", "s", ("a", "x")): 1}]
    loop = public(("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"))
    missing = {spot for spot in loop.spots() if loop.n(spot) is None}
    rows = solved(list(loop.sums()), missing)
    assert len(rows) == 3
    assert all(len(row) > 1 for row in rows)


def test_a_longer_way_is_found_as_well() -> None:
    """Three missing in one row, two of them given by their columns."""
    bent = public(("a", "x"), ("a", "y"), ("b", "x"))
    missing = {spot for spot in bent.spots() if bent.n(spot) is None}
    assert sorted(map(len, solved(list(bent.sums()), missing))) == [1, 1, 1]
