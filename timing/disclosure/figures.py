"""Figures that one cell may not show whatever the others show: they are of few units by themselves.

Also how counts are rounded. Decided by the cell alone, so hiding them gives nothing else away. Must
never know another cell.
"""

from collections.abc import Mapping
from typing import Final

from timing.disclosure.rules import Rules
from timing.disclosure.shapes import FEW_ALIKE, ONE_SIDED, SINGLE
from timing.measures.printed import Printed
from timing.measures.summary import RANKS, Summary

COUNTS: Final = frozenset({
    "n", "open", "left_out", "judged", "met", "breached", "excused", "extreme_n", "modal_n",
})  # fmt: skip

_RANK_OF: Final = {"median_h": 50} | {f"p{per_cent}_h": per_cent for per_cent in RANKS}


def refused(measure: str, summary: Summary, rules: Rules) -> str | None:
    """Why a cell of enough units does not show a measure; None if it may."""
    if measure in ("least_h", "most_h"):
        return SINGLE
    if measure in ("modal_h", "modal_n"):
        return FEW_ALIKE if summary.modal_n < rules.modal_units else None
    if measure in _RANK_OF:
        at = -(-_RANK_OF[measure] * summary.n // 100)
        sides = min(at - 1, summary.n - at)
        return ONE_SIDED if sides < rules.side_units else None
    return None


def rounded_counts(figures: Mapping[str, Printed], rules: Rules) -> dict[str, Printed]:
    """Figures with their counts as multiples of the base, halves up. Shares and means stay: they
    are of the true counts. Rounded counts need not add up, and bulletins say so."""
    base = rules.round_to
    return {
        measure: (2 * int(value) + base) // (2 * base) * base if measure in COUNTS else value
        for measure, value in figures.items()
    }
