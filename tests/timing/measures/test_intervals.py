"""Intervals on means: quantiles against printed tables, laws, and how often the truth is inside."""

import random
from decimal import Decimal
from statistics import NormalDist, fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timing.measures.intervals import (
    Estimate,
    Interval,
    combined,
    estimated,
    interval,
    normal,
    student,
)

SURE = Decimal(95)
HOURS = st.decimals(min_value="0.01", max_value="500", places=2)
COUNTS = st.integers(24, 100_000)


@pytest.mark.parametrize(
    ("probability", "quantile"),
    [("0.9", "1.2816"), ("0.975", "1.9600"), ("0.995", "2.5758"), ("0.9995", "3.2905")],
)
def test_the_normal_quantile_is_that_of_printed_tables(probability: str, quantile: str) -> None:
    assert round(normal(Decimal(probability)), 4) == Decimal(quantile)


@given(st.decimals(min_value="0.00001", max_value="0.99999", places=5))
def test_the_normal_quantile_is_that_of_the_library_of_floats(probability: Decimal) -> None:
    assert abs(float(normal(probability)) - NormalDist().inv_cdf(float(probability))) < 1e-11


@pytest.mark.parametrize("probability", ["0", "1", "-0.2", "1.5"])
def test_a_probability_lies_between_nothing_and_all(probability: str) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        normal(Decimal(probability))


@pytest.mark.parametrize(
    ("freedom", "probability", "quantile"),
    [
        (10, "0.975", "2.228"),
        (10, "0.995", "3.169"),
        (23, "0.975", "2.069"),
        (23, "0.995", "2.807"),
        (60, "0.9995", "3.460"),
    ],
)
def test_the_quantile_of_t_is_that_of_printed_tables(
    freedom: int, probability: str, quantile: str
) -> None:
    assert round(student(Decimal(probability), Decimal(freedom)), 3) == Decimal(quantile)


def test_without_skewness_it_is_the_usual_interval() -> None:
    # 36 values with a mean of 10 and a standard error of 0.5: 10 -+ 2.030 * 0.5.
    known = Estimate(Decimal(10), Decimal("0.25"), Decimal(0), Decimal(35))
    assert interval(known, SURE) == Interval(Decimal("8.98"), Decimal("11.02"))


@pytest.mark.parametrize("third", ["0.15", "-0.15"])
def test_both_ends_put_through_the_transformation_are_t(third: str) -> None:
    """x + g x**2 / 3 + g**2 x**3 / 27 + g / 6, for an end that is x standard errors off."""
    known = Estimate(Decimal(10), Decimal("0.25"), Decimal(third), Decimal(35))
    found, g = interval(known, SURE, places=12), Decimal(third) / Decimal("0.125")
    for end, t in ((found.low, 1), (found.high, -1)):
        x = (known.mean - end) / Decimal("0.5")
        transformed = x + g * x**2 / 3 + g**2 * x**3 / 27 + g / 6
        assert abs(transformed - t * student(Decimal("0.975"), Decimal(35))) < Decimal("1e-9")


def test_a_printed_deviation_divides_by_n_and_an_error_by_one_less() -> None:
    found = estimated(25, Decimal(40), Decimal(12))
    assert found.variance == Decimal(144) * 25 / 24 / 25
    assert found.freedom == 24


def test_a_design_effect_is_as_if_there_were_fewer_units() -> None:
    clustered = estimated(200, Decimal(40), Decimal(20), Decimal(2))
    alone = estimated(100, Decimal(40), Decimal(20))
    assert clustered.freedom == alone.freedom == 99
    assert clustered.variance == pytest.approx(alone.variance, rel=Decimal("0.006"))


@pytest.mark.parametrize(("n", "effect"), [(1, "1"), (2, "2"), (0, "1")])
def test_one_unit_has_no_error_to_know(n: int, effect: str) -> None:
    with pytest.raises(ValueError, match="have no error"):
        estimated(n, Decimal(40), Decimal(20), Decimal(effect))


@given(COUNTS, HOURS, st.integers(0, 300))
def test_the_mean_is_in_its_interval_which_never_ends_below_zero(
    n: int, mean: Decimal, sd_percent: int
) -> None:
    found = interval(estimated(n, mean, mean * sd_percent / 100), SURE)
    assert 0 <= found.low <= mean <= found.high
    assert found.high - mean >= mean - found.low - Decimal("0.01"), "the long side is the upper"


@given(COUNTS, HOURS, HOURS)
def test_more_confidence_is_a_wider_interval(n: int, mean: Decimal, sd: Decimal) -> None:
    known = estimated(n, mean, sd)
    narrow, wide = interval(known, Decimal(90)), interval(known, Decimal(99))
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high


def test_what_never_varied_is_known_exactly() -> None:
    found = interval(estimated(30, Decimal("12.345"), Decimal(0)), SURE)
    assert found == Interval(Decimal("12.35"), Decimal("12.35"))


def test_intervals_that_touch_overlap() -> None:
    one, other = Interval(Decimal(1), Decimal(2)), Interval(Decimal(2), Decimal(3))
    assert one.overlaps(other)
    assert other.overlaps(one)
    assert not one.overlaps(Interval(Decimal("2.01"), Decimal(3)))


def test_one_with_all_the_weight_is_itself() -> None:
    known = estimated(50, Decimal(40), Decimal(30))
    found = combined([(Decimal(1), known)])
    assert found.mean == known.mean
    assert found.variance == known.variance
    assert found.third == known.third
    assert round(found.freedom, 20) == known.freedom


def test_two_alike_have_half_the_variance_and_twice_the_freedom_as_their_mean() -> None:
    known, half = estimated(50, Decimal(40), Decimal(30)), Decimal("0.5")
    found = combined([(half, known), (half, known)])
    assert found.mean == 40
    assert round(found.variance - known.variance / 2, 20) == 0
    assert round(found.freedom - 2 * known.freedom, 20) == 0
    assert round(found.third - known.third / 4, 20) == 0


def test_a_difference_takes_the_skewness_of_one_from_that_of_the_other() -> None:
    known = estimated(50, Decimal(40), Decimal(30))
    found = combined([(Decimal(1), known), (Decimal(-1), known)])
    assert [found.mean, found.third] == [0, 0]
    assert round(found.variance - 2 * known.variance, 20) == 0


def test_parts_without_spread_have_the_least_freedom_among_them() -> None:
    sure = [estimated(n, Decimal(40), Decimal(0)) for n in (30, 20)]
    found = combined([(Decimal("0.5"), one) for one in sure])
    assert [found.variance, found.freedom] == [0, 19]


def test_nothing_cannot_be_combined() -> None:
    with pytest.raises(ValueError, match="nothing to combine"):
        combined([])


@pytest.mark.parametrize(("n", "shape"), [(24, 0.83), (100, 0.83), (100, 1.27)])
def test_of_skewed_times_the_truth_is_inside_as_often_as_was_said(n: int, shape: float) -> None:
    """Lognormal times whose deviation is as large as their mean (0.83), or twice it (1.27). The
    usual interval holds the truth in 90, 92 and 89 of 100 such draws."""
    drawn = random.Random(20260301)
    truth, inside, draws = 40.0, 0, 600
    for _ in range(draws):
        times = [drawn.lognormvariate(0, shape) for _ in range(n)]
        scaled = [truth * time / 2.718281828459045 ** (shape * shape / 2) for time in times]
        mean, sd = Decimal(str(fmean(scaled))), Decimal(str(pstdev(scaled)))
        found = interval(estimated(n, round(mean, 2), round(sd, 2)), SURE)
        inside += found.low <= Decimal(truth) <= found.high
    assert inside >= 0.93 * draws
