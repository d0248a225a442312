"""Figures as printed: exact, halves up, and never more than a summary can tell."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timing.measures.printed import MEASURES, figures_of, hours, per_cent
from timing.measures.summary import RANKS, WITHIN_H, Summary, rank
from timing.patience import HOUR_S

SECONDS = st.lists(st.integers(0, 40_000_000), min_size=1, max_size=40)


def _summary(seconds: list[int]) -> Summary:
    ordered = sorted(seconds)
    return Summary(
        n=len(ordered),
        sum_s=sum(ordered),
        square_sum=sum(value * value for value in ordered),
        ranks_s=tuple(rank(ordered, p) for p in RANKS),
        within=tuple(sum(v <= h * HOUR_S for v in ordered) for h in WITHIN_H),
        least_s=ordered[0],
        most_s=ordered[-1],
    )


def test_the_published_baseline_prints_as_it_was_published() -> None:
    assert str(hours(97 * HOUR_S + 1404)) == "97.39"
    assert str(hours(3 * 97 * HOUR_S + 3 * 1404, 3)) == "97.39"


@pytest.mark.parametrize(("seconds", "printed"), [(17, "0.00"), (18, "0.01"), (53, "0.01")])
def test_halves_are_rounded_up(seconds: int, printed: str) -> None:
    """18 seconds are half of a hundredth of an hour."""
    assert str(hours(seconds)) == printed


def test_a_share_is_in_per_cent_with_two_decimals() -> None:
    assert str(per_cent(1, 3)) == "33.33"
    assert str(per_cent(2, 3)) == "66.67"
    assert str(per_cent(1, 800)) == "0.13"
    assert str(per_cent(5, 5)) == "100.00"


def test_of_nothing_only_counts_are_told() -> None:
    found = figures_of(Summary(open_n=2, open_age_s=3 * HOUR_S, left_out=(("undone", 4),)))
    assert found["n"] == 0
    assert found["left_out"] == 4
    assert found["open_age_mean_h"] == Decimal("1.50")
    assert not {"mean_h", "sd_h", "within_24h_pct", "kept_pct", "mean_without_extremes_h"} & set(
        found
    )


def test_kept_is_of_what_was_judged_and_excused_is_beside_it() -> None:
    found = figures_of(Summary(n=10, ranks_s=(0,) * 6, met=2, breached=1, excused=7))
    assert (found["judged"], found["excused"]) == (3, 7)
    assert str(found["kept_pct"]) == "66.67"


def test_a_mean_without_extremes_is_of_the_others_alone() -> None:
    times = [HOUR_S, HOUR_S, 100 * HOUR_S]
    found = figures_of(_summary(times)._replace(extreme_n=1, extreme_sum_s=times[-1]))
    assert str(found["mean_h"]) == "34.00"
    assert str(found["mean_without_extremes_h"]) == "1.00"


def test_every_measure_has_one_place_and_figures_come_in_that_order() -> None:
    found = list(figures_of(_summary([5, 90_000])))
    assert len(set(MEASURES)) == len(MEASURES)
    assert found == [measure for measure in MEASURES if measure in found]
    assert {"p10_h", "p25_h", "median_h", "p75_h", "p90_h", "p95_h"} <= set(found)


@given(SECONDS)
def test_mean_is_within_half_of_its_last_digit(seconds: list[int]) -> None:
    printed = figures_of(_summary(seconds))["mean_h"]
    exact = Fraction(sum(seconds), len(seconds) * HOUR_S)
    assert -Fraction(1, 200) <= exact - Fraction(printed) < Fraction(1, 200)


@given(SECONDS)
def test_deviation_is_that_of_the_population_to_its_last_digit(seconds: list[int]) -> None:
    n, mean = len(seconds), Fraction(sum(seconds), len(seconds))
    variance = sum(((value - mean) ** 2 for value in seconds), Fraction(0)) / n
    with localcontext() as precise:
        precise.prec = 60
        root = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt() / HOUR_S
        expected = (root * 100 + Decimal("0.5")).to_integral_value("ROUND_FLOOR") / 100
    assert figures_of(_summary(seconds))["sd_h"] == expected
