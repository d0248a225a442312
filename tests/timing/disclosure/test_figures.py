"""Figures that a cell may not show by itself, and how counts are rounded."""

from decimal import Decimal

import pytest

from timing.disclosure.figures import refused, rounded_counts
from timing.disclosure.rules import disclosure
from timing.measures.summary import Summary

RULES = disclosure()


@pytest.mark.parametrize(
    ("measure", "n", "why"),
    [
        ("median_h", 10, "few-on-a-side"),
        ("median_h", 11, None),
        ("p10_h", 50, "few-on-a-side"),
        ("p10_h", 51, None),
        ("p95_h", 99, "few-on-a-side"),
        ("p95_h", 100, None),
        ("mean_h", 5, None),
        ("least_h", 100000, "single-unit"),
        ("most_h", 100000, "single-unit"),
    ],
)
def test_percentiles_need_units_on_both_sides(measure: str, n: int, why: str | None) -> None:
    assert refused(measure, Summary(n=n), RULES) == why


@pytest.mark.parametrize(("modal_n", "why"), [(4, "few-alike"), (5, None)])
def test_the_most_frequent_hour_is_of_several(modal_n: int, why: str | None) -> None:
    assert refused("modal_h", Summary(n=90, modal_n=modal_n), RULES) == why


@pytest.mark.parametrize(
    ("base", "printed"), [(1, [0, 1, 2, 7, 8]), (3, [0, 0, 3, 6, 9]), (5, [0, 0, 0, 5, 10])]
)
def test_counts_are_multiples_of_the_base_and_the_rest_stays(base: int, printed: list[int]) -> None:
    rules = RULES.model_copy(update={"round_to": base})
    told = [rounded_counts({"n": n, "mean_h": Decimal("7.77")}, rules) for n in (0, 1, 2, 7, 8)]
    assert [one["n"] for one in told] == printed
    assert {one["mean_h"] for one in told} == {Decimal("7.77")}
