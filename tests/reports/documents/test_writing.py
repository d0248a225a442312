"""How numbers are written, and how parts are made to sum as printed."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.documents.writing import apportioned, count, decimal, part
from timing.series import rounded

SECONDS = st.lists(st.integers(0, 10**7), min_size=1, max_size=5)
UNITS = st.integers(1, 5000)


def _hours(seconds: int, n: int, places: int) -> Decimal:
    return rounded(Fraction(seconds, n * 3600), places)


def test_counts_and_hours_are_grouped_and_a_minus_is_a_minus() -> None:
    assert count(1234567) == "1,234,567"
    assert decimal(Decimal("1234.5")) == "1,234.50"
    assert decimal(Decimal("-0.30")) == "−0.30"


def test_a_figure_with_more_decimals_is_refused_rather_than_rounded_twice() -> None:
    with pytest.raises(ValueError, match="more than 2 decimals"):
        decimal(Decimal("1.005"))


def test_a_share_is_rounded_half_up_and_nothing_has_no_shares() -> None:
    assert part(1, 8) == Decimal("12.50")
    assert part(1, 16) == Decimal("6.25")
    assert part(1, 1600) == Decimal("0.06")
    assert part(1, 32, 1) == Decimal("3.1")
    assert part(0, 0) is None


@given(SECONDS, UNITS)
def test_printed_parts_sum_to_the_printed_whole_and_each_moves_less_than_a_step(
    seconds: list[int], n: int
) -> None:
    whole = _hours(sum(seconds), n, 2)
    fine = [_hours(one, n, 6) for one in seconds]
    found = apportioned(fine, whole)
    assert sum(found) == whole
    assert all(abs(a - b) < Decimal("0.01") for a, b in zip(found, fine, strict=True))


@given(SECONDS, UNITS)
def test_parts_that_were_rounded_before_are_brought_to_the_whole_as_well(
    seconds: list[int], n: int
) -> None:
    whole = _hours(sum(seconds), n, 2)
    printed = [_hours(one, n, 2) for one in seconds]
    found = apportioned(printed, whole)
    assert sum(found) == whole
    assert all(abs(a - b) <= Decimal("0.01") for a, b in zip(found, printed, strict=True))


def test_what_is_missing_goes_to_the_part_that_lost_most() -> None:
    parts = [Decimal("1.004"), Decimal("2.0049"), Decimal("3.003")]
    assert apportioned(parts, Decimal("6.01")) == (
        Decimal("1.00"),
        Decimal("2.01"),
        Decimal("3.00"),
    )


def test_of_parts_that_lost_the_same_the_larger_gives_way() -> None:
    assert apportioned([Decimal("1.00"), Decimal("9.00")], Decimal("10.01"))[1] == Decimal("9.01")
    assert apportioned([Decimal("1.00"), Decimal("9.00")], Decimal("9.99"))[1] == Decimal("8.99")


def test_parts_of_another_whole_are_refused() -> None:
    with pytest.raises(ValueError, match="do not sum"):
        apportioned([Decimal("1.00"), Decimal("2.00")], Decimal("3.05"))
