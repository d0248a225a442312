"""A measure is a number, its bound, and everything left out; on nothing it is kept by nobody."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timing.commitments.measure import FEW, Bound, ratio, share

NINETY = Bound(Fraction(9, 10), "at-least", "share")
TWO = Bound(Fraction(2, 100), "at-most", "share")
HALF_AN_HOUR = Bound(Fraction(1800), "at-most", "seconds")
TWENTY_TWO = Bound(Fraction(22), "at-least", "boxes-per-hour", per=3600)


@pytest.mark.parametrize(
    ("hits", "of", "kept"), [(9, 10, True), (89, 100, False), (10, 10, True), (899, 1000, False)]
)
def test_a_share_equal_to_its_bound_reaches_it(hits: int, of: int, kept: bool) -> None:
    found = share(NINETY, [True] * hits + [False] * (of - hits))
    assert (found.numerator, found.denominator, found.judged) == (hits, of, of)
    assert (found.value, found.kept) == (Fraction(hits, of), kept)


@pytest.mark.parametrize(("hits", "kept"), [(2, True), (3, False), (0, True)])
def test_a_share_that_may_not_be_more_is_kept_when_equal(hits: int, kept: bool) -> None:
    assert share(TWO, [True] * hits + [False] * (100 - hits)).kept is kept


def test_a_mean_is_exact() -> None:
    """1800 and a third of a second is over 1800; binary fractions would have to be lucky."""
    assert ratio(HALF_AN_HOUR, [(1800, 1), (1800, 1), (1801, 1)]).kept is False
    assert ratio(HALF_AN_HOUR, [(1799, 1), (1801, 1)]).kept is True
    assert ratio(HALF_AN_HOUR, [(5401, 3)]).value == Fraction(5401, 3)


def test_a_rate_is_per_hour_of_its_seconds() -> None:
    found = ratio(TWENTY_TWO, [(110, 5 * 3600)])
    assert (found.value, found.kept) == (Fraction(22), True)
    assert ratio(TWENTY_TWO, [(110, 5 * 3600 + 1)]).kept is False


def test_on_nothing_nothing_is_kept() -> None:
    for empty in (share(NINETY, []), share(TWO, ["open"]), ratio(HALF_AN_HOUR, [])):
        assert (empty.value, empty.kept) == (None, None)


def test_what_is_left_out_is_counted_by_reason() -> None:
    found = share(NINETY, [True, "open", "excused", False, "open"])
    assert found.left_out == {"excused": 1, "open": 2}
    assert (found.judged, found.cohort) == (2, 5)


def test_fewer_than_a_year_of_a_small_port_is_few() -> None:
    assert share(NINETY, [True] * (FEW - 1)).few
    assert not share(NINETY, [True] * FEW).few


@given(st.lists(st.sampled_from([True, False, "open", "excused", "no-limit"])))
def test_judged_and_left_out_sum_to_the_cohort(kept: list[bool | str]) -> None:
    found = share(NINETY, kept)
    assert found.cohort == found.judged + sum(found.left_out.values()) == len(kept)
    assert found.numerator == sum(each is True for each in kept)


@given(st.lists(st.one_of(st.tuples(st.integers(0, 9), st.integers(0, 9)), st.just("open"))))
def test_a_ratio_sums_above_and_below(parts: list[tuple[int, int] | str]) -> None:
    found = ratio(TWENTY_TWO, parts)
    pairs = [part for part in parts if not isinstance(part, str)]
    assert (found.numerator, found.denominator) == (
        sum(above for above, _ in pairs), sum(below for _, below in pairs),
    )  # fmt: skip
    assert found.cohort == len(parts)
