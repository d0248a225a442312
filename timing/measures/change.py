"""Changes: how much less than in 2017, than a month or a year before, as bulletins say it.

Signs and rounding are those of the published series (`timing.series`): a cut is positive when time
became less, and follows from the hours as printed, halves up. So everybody who reads the hours can
find the cut. Knows printed figures; must never know a place or a period.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from timing.measures.comparison import Rules, comparison
from timing.measures.intervals import Estimate, combined, interval
from timing.series import cut_percent, rounded

CUT_PLACES: Final = 2
"""Decimals of a cut. What was announced with one (62.3 %) is compared with one."""


class Change(NamedTuple):
    """From `before_h` to `now_h`. `less_h` is positive when time became less, as is `cut_pct`,
    which is missing where before was nothing."""

    now_h: Decimal
    before_h: Decimal
    less_h: Decimal
    cut_pct: Decimal | None


def change(now_h: Decimal, before_h: Decimal, places: int = CUT_PLACES) -> Change:
    """The change between two means as printed."""
    less_h = rounded(Fraction(before_h) - Fraction(now_h), 2)
    if before_h == 0:
        return Change(now_h, before_h, less_h, None)
    return Change(now_h, before_h, less_h, cut_percent(now_h, before_h, places))


def beyond_noise(now: Estimate, before: Estimate, rules: Rules | None = None) -> bool:
    """Whether the mean changed, with the confidence of the rules, rather than the draw of units.

    True where the interval of the difference does not hold zero.
    """
    said = rules or comparison()
    between = interval(combined(((Decimal(1), now), (Decimal(-1), before))), said.confidence_pct)
    return not between.low <= 0 <= between.high
