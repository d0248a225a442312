"""Standardised means: worked examples, laws of weights, and what is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timing.measures.comparison import comparison
from timing.measures.intervals import estimated
from timing.measures.ranking import Entry, ranked
from timing.measures.standard import NoStandard, Part, Stratum, standard_of, standardised

INSPECTED: Stratum = ("sea", "yes")
PLAIN: Stratum = ("sea", "no")
RARE: Stratum = ("air", "yes")
HOURS = st.decimals(min_value="0.5", max_value=200, places=2)


def test_a_mean_by_hand() -> None:
    """A quarter inspected in all places together: 0.25 * 90 + 0.75 * 30."""
    standard = standard_of({INSPECTED: 250, PLAIN: 750})
    found = standardised("a", {INSPECTED: _part(10, 90), PLAIN: _part(990, 30)}, standard)
    assert found.entry.mean_h == Decimal("45.00")
    assert found.entry.n == 1_000
    assert found.missing == ()


def test_a_place_that_looks_fast_for_its_mix_is_behind_under_the_common_one() -> None:
    """The second one is faster with every box, and slower on average: it inspects more."""
    standard = standard_of({INSPECTED: 5_000, PLAIN: 5_000})
    slow = {INSPECTED: _part(500, 100), PLAIN: _part(4_500, 20)}
    fast = {INSPECTED: _part(4_500, 80), PLAIN: _part(500, 10)}
    assert _mean(slow) < _mean(fast)
    first, second = ranked(
        standardised(name, parts, standard).entry for name, parts in {"s": slow, "f": fast}.items()
    )
    assert [(one.name, one.rank, one.mean_h) for one in (first, second)] == [
        ("f", "1", Decimal(45)),
        ("s", "2", Decimal(60)),
    ]


@given(st.lists(st.tuples(st.integers(10, 9_999), HOURS), min_size=2, max_size=5))
def test_with_its_own_mix_a_place_keeps_its_mean(drawn: list[tuple[int, Decimal]]) -> None:
    parts: dict[Stratum, Part] = {(str(at),): _part(n, mean) for at, (n, mean) in enumerate(drawn)}
    rules = comparison().model_copy(update={"stratum_min_pct": Decimal("0.01"), "n_min": 2})
    standard = standard_of({stratum: part.n for stratum, part in parts.items()}, rules)
    found = standardised("a", parts, standard, rules).entry
    assert found.mean_h is not None
    assert abs(found.mean_h - _mean(parts)) <= Decimal("0.005")
    assert standard.coverage_pct == 100


@given(st.lists(st.integers(0, 9_999), min_size=1, max_size=9))
def test_shares_sum_to_one_and_what_they_cover_is_said(units: list[int]) -> None:
    counted: dict[Stratum, int | None] = {(str(at),): n for at, n in enumerate(units)}
    try:
        standard = standard_of(counted)
    except NoStandard:
        thick = sum(n for n in units if n and n * 100 >= sum(units))
        assert thick * 10 < sum(units) * 9 or not sum(units)
        return
    assert sum(standard.shares.values()) == 1
    assert 90 <= standard.coverage_pct <= 100


def test_a_thin_stratum_is_left_out_for_everybody() -> None:
    standard = standard_of({INSPECTED: 200, PLAIN: 795, RARE: 5})
    assert set(standard.shares) == {INSPECTED, PLAIN}
    assert standard.coverage_pct == Decimal("99.50")
    parts = {INSPECTED: _part(100, 90), PLAIN: _part(100, 30)}
    with_rare = standardised("a", parts | {RARE: _part(100, 5_000)}, standard)
    assert with_rare == standardised("a", parts, standard)


def test_a_stratum_of_just_one_per_cent_counts() -> None:
    assert RARE in standard_of({PLAIN: 99, RARE: 1}).shares
    assert RARE not in standard_of({PLAIN: 100, RARE: 1}).shares


def test_a_suppressed_number_counts_as_none() -> None:
    assert set(standard_of({INSPECTED: None, PLAIN: 100}).shares) == {PLAIN}


@pytest.mark.parametrize("units", [{}, {PLAIN: 0}, {PLAIN: None}])
def test_of_nothing_there_is_no_mix(units: dict[Stratum, int | None]) -> None:
    with pytest.raises(NoStandard, match="hold 0 of 0 units"):
        standard_of(units)


def test_a_mix_of_which_just_enough_is_thick_will_do() -> None:
    crumbs: dict[Stratum, int | None] = {(str(at),): 1 for at in range(100)}
    standard = standard_of({PLAIN: 900} | crumbs)
    assert (set(standard.shares), str(standard.coverage_pct)) == ({PLAIN}, "90.00")


def test_units_of_a_stratum_are_not_taken_for_strangers() -> None:
    standard = standard_of({PLAIN: 100})
    found = standardised("a", {PLAIN: _part(100, 40)}, standard).entry.estimate
    assert found is not None
    alone = estimated(100, Decimal(40), Decimal(20), comparison().design_effect)
    assert round(found.variance - alone.variance, 20) == 0


def test_a_mix_of_crumbs_is_refused() -> None:
    crumbs: dict[Stratum, int | None] = {(str(at),): 1 for at in range(150)}
    with pytest.raises(NoStandard, match="hold 0 of 150 units"):
        standard_of(crumbs)
    with pytest.raises(NoStandard, match="hold 890 of 1000 units"):
        standard_of({PLAIN: 890} | {(str(at),): 1 for at in range(110)})


@pytest.mark.parametrize("thin", [None, Part(9, Decimal(90), Decimal(5))])
def test_a_place_without_a_stratum_is_refused_and_told_which(thin: Part | None) -> None:
    standard = standard_of({INSPECTED: 250, PLAIN: 750})
    found = standardised("a", {INSPECTED: thin, PLAIN: _part(990, 30)}, standard)
    assert found.missing == (INSPECTED,)
    assert found.entry == Entry("a", 990, None, None, "stratum-missing")
    [place] = ranked([found.entry])
    assert (place.rank, place.reason) == ("", "stratum-missing")


def test_a_place_of_too_few_is_shown_and_not_ranked() -> None:
    standard = standard_of({INSPECTED: 500, PLAIN: 500})
    found = standardised("a", {INSPECTED: _part(10, 90), PLAIN: _part(13, 30)}, standard)
    assert found.entry == Entry("a", 23, Decimal("60.00"), None, "too-few")


def test_a_mean_that_hangs_on_few_units_is_known_less_surely() -> None:
    """The same means and the same number of units, but the weight lies on a thin stratum."""
    standard = standard_of({INSPECTED: 500, PLAIN: 500})
    even = standardised("e", {INSPECTED: _part(500, 90), PLAIN: _part(500, 30)}, standard)
    uneven = standardised("u", {INSPECTED: _part(30, 90), PLAIN: _part(970, 30)}, standard)
    assert even.entry.estimate
    assert uneven.entry.estimate
    assert uneven.entry.estimate.variance > 5 * even.entry.estimate.variance


def _part(n: int, mean_h: int | Decimal) -> Part:
    return Part(n, Decimal(mean_h), Decimal(20))


def _mean(parts: dict[Stratum, Part]) -> Decimal:
    return sum((part.n * part.mean_h for part in parts.values()), Decimal(0)) / sum(
        part.n for part in parts.values()
    )
