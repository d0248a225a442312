"""Figures as they are printed: from the whole numbers of a summary, exactly, halves up.

Hours and per cent have two decimals, as the monthly notices have them. What a summary cannot tell
(a mean of nothing) is not there, rather than nought. Knows a summary; must never know where it was
counted, nor who may see it.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from typing import Final

from timing.measures.summary import RANKS, WITHIN_H, Summary
from timing.patience import HOUR_S
from timing.series import rounded

Printed = int | Decimal
"""A count, or hours and per cent with their decimals."""

MINUTE_S: Final = 60
PLACES: Final = 2
"""Decimals of hours and of per cent."""

_RANK_NAMES: Final = {per_cent: f"p{per_cent}_h" for per_cent in RANKS} | {50: "median_h"}

MEASURES: Final = (
    "n", "open", "left_out", "mean_h", "mean_min", *(_RANK_NAMES[per_cent] for per_cent in RANKS),
    "sd_h", "least_h", "most_h", "modal_h", "modal_n",
    *(f"within_{hours}h_pct" for hours in WITHIN_H),
    "judged", "kept_pct", "met", "breached", "excused",
    "extreme_n", "mean_without_extremes_h", "open_age_mean_h",
)  # fmt: skip
"""Every measure there is, by id. `n` ended units are in the times; `open` ones have an age and no
time; `left_out` ones ended, and their time says nothing. `judged` is met and breached together."""


def figures_of(summary: Summary) -> Mapping[str, Printed]:
    """Every measure that the summary can tell, in the order of MEASURES."""
    found = {
        **_counts(summary), **_times(summary), **_shares(summary), **_without_extremes(summary),
        **_ages(summary),
    }  # fmt: skip
    return {measure: found[measure] for measure in MEASURES if measure in found}


def hours(total_s: int, n: int = 1) -> Decimal:
    """A sum of seconds over a number of units, in hours as printed. ZeroDivisionError on none."""
    return rounded(Fraction(total_s, n * HOUR_S), PLACES)


def per_cent(part: int, whole: int) -> Decimal:
    """A share in per cent as printed. ZeroDivisionError of nothing."""
    return rounded(Fraction(100 * part, whole), PLACES)


def _counts(summary: Summary) -> dict[str, Printed]:
    return {
        "n": summary.n,
        "open": summary.open_n,
        "left_out": sum(number for _, number in summary.left_out),
        "judged": summary.met + summary.breached,
        "met": summary.met,
        "breached": summary.breached,
        "excused": summary.excused,
        "extreme_n": summary.extreme_n,
    }


def _times(summary: Summary) -> dict[str, Printed]:
    if summary.n == 0:
        return {}
    ranks = zip(RANKS, summary.ranks_s, strict=True)
    return {
        "mean_h": hours(summary.sum_s, summary.n),
        "mean_min": rounded(Fraction(summary.sum_s, summary.n * MINUTE_S), PLACES),
        **{_RANK_NAMES[per_cent]: hours(seconds) for per_cent, seconds in ranks},
        "sd_h": _deviation(summary),
        "least_h": hours(summary.least_s),
        "most_h": hours(summary.most_s),
        "modal_h": summary.modal_h,
        "modal_n": summary.modal_n,
    }


def _deviation(summary: Summary) -> Decimal:
    """Of the population: the root of the mean square less the square of the mean.

    n * sd is the root of n * squares - sum * sum. Twice the hundredths of an hour are cut off
    whole, so that halving them rounds the root itself, which is never known to its end.
    """
    spread = summary.n * summary.square_sum - summary.sum_s**2
    scale = 2 * 10**PLACES
    doubled = isqrt(scale * scale * spread) // (summary.n * HOUR_S)
    return Decimal((doubled + 1) // 2).scaleb(-PLACES)


def _shares(summary: Summary) -> dict[str, Printed]:
    found: dict[str, Printed] = {}
    if summary.n:
        for limit_h, number in zip(WITHIN_H, summary.within, strict=True):
            found[f"within_{limit_h}h_pct"] = per_cent(number, summary.n)
    if judged := summary.met + summary.breached:
        found["kept_pct"] = per_cent(summary.met, judged)
    return found


def _without_extremes(summary: Summary) -> dict[str, Printed]:
    usual_n = summary.n - summary.extreme_n
    if usual_n == 0:
        return {}
    return {"mean_without_extremes_h": hours(summary.sum_s - summary.extreme_sum_s, usual_n)}


def _ages(summary: Summary) -> dict[str, Printed]:
    if summary.open_n == 0:
        return {}
    return {"open_age_mean_h": hours(summary.open_age_s, summary.open_n)}
