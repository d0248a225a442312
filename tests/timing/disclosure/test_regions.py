"""Regions: parts of a lattice that share no equation."""

from timing.disclosure.regions import Region, regions


def test_what_shares_no_equation_is_apart() -> None:
    found = list(regions([{0: -1, 1: 1, 2: 1}, {5: -1, 6: 1}, {2: -1, 3: 1}], ()))
    assert [region.numbers for region in found] == [[0, 1, 2, 3], [5, 6]]
    assert found[1] == Region([5, 6], [{0: -1, 1: 1}])


def test_what_everybody_knows_joins_nothing() -> None:
    found = list(regions([{0: -1, 1: 1, 2: 1}, {2: -1, 3: 1, 4: 1}], {2}))
    assert [region.numbers for region in found] == [[0, 1], [3, 4]]
    assert found[0].equations == [{0: -1, 1: 1}]


def test_an_equation_of_known_ones_says_nothing() -> None:
    assert list(regions([{0: -1, 1: 1}], {0, 1})) == []
