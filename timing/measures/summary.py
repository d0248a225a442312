"""A summary: what a cohort's seconds come to, in whole numbers that the database finds alike.

Everything printed follows from these integers, so two ways to find them agree to the last digit.
Ranks are nearest ranks: of n sorted values, the one at place ceil(p * n / 100), counted from 1. It
is always a value that was measured, and needs no agreement on how to go between two.
Dwell and age never meet: `open_age_s` is of other units than all the rest.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

RANKS: Final = (10, 25, 50, 75, 90, 95)
"""Percentiles that every summary has, in per cent."""

WITHIN_H: Final = (24, 48, 72)
"""Shares within so many hours, as clearance is published (70.1 % within 24 h)."""


class Summary(NamedTuple):
    """Seconds of a cohort of ended stages, beside what it leaves out.

    `n` units came to `sum_s`; `square_sum` is the sum of squared seconds; `ranks_s` stand in the
    order of RANKS, empty for n = 0; `within` in the order of WITHIN_H. Extreme ones are among the
    `n` as well. `left_out` are pairs of reason and number, sorted. Of verdicts, `met`, `breached`
    and `excused` count units that a limit judged. Most units, `modal_n`, took `modal_h` whole hours
    and less than one more; of several such hours it is the first.
    """

    n: int = 0
    sum_s: int = 0
    square_sum: int = 0
    ranks_s: tuple[int, ...] = ()
    within: tuple[int, ...] = (0, 0, 0)
    extreme_n: int = 0
    extreme_sum_s: int = 0
    open_n: int = 0
    open_age_s: int = 0
    left_out: tuple[tuple[str, int], ...] = ()
    met: int = 0
    breached: int = 0
    excused: int = 0
    least_s: int = 0
    most_s: int = 0
    modal_h: int = 0
    modal_n: int = 0


def rank(ordered: Sequence[int], per_cent: int) -> int:
    """The nearest rank of sorted seconds. Raises IndexError on nothing."""
    return ordered[-(-per_cent * len(ordered) // 100) - 1]
