"""How narrow the bounds of a missing cell are, for somebody who has all that is published.

Two linear programs for each: the least and the most seconds that fit to every published mean, as
rounded for print. Shares no code with what protects. Must never know what was counted.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

from timing.disclosure.view import Public, Spot

if TYPE_CHECKING:
    from highspy import Highs

ROUNDED_S: Final = 18
"""A mean of two decimals of an hour is known to within so many seconds."""


class Interval(NamedTuple):
    """Seconds, from and to."""

    low_s: float
    high_s: float


def intervals(public: Public, missing: Collection[Spot]) -> dict[Spot, Interval]:
    """The bounds of each missing cell that has any: sheet by sheet, since no sum goes further."""
    rows: dict[str, list[_Row]] = defaultdict(list)
    for whole, *parts in public.sums():
        signed = [(whole, -1), *((part, 1) for part in parts)]
        unknown = [(spot, times) for spot, times in signed if spot in missing]
        total = _known(public, [one for one in signed if one[0] not in missing])
        if unknown and total is not None:
            rows[whole[1]].append(_Row(unknown, *total))
    found: dict[Spot, Interval] = {}
    for some in rows.values():
        found |= _solved(some)
    return found


class _Row(NamedTuple):
    """Between what a sum of missing cells lies."""

    unknown: list[tuple[Spot, int]]
    low_s: float
    high_s: float


def _solved(rows: Sequence[_Row]) -> dict[Spot, Interval]:
    from highspy import Highs

    solver = Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    numbers: dict[Spot, int] = {}
    for row in rows:
        for spot, _ in row.unknown:
            if spot not in numbers:
                numbers[spot] = len(numbers)
                solver.addVar(0.0, solver.inf)
    for row in rows:
        at, times = [numbers[spot] for spot, _ in row.unknown], [float(t) for _, t in row.unknown]
        solver.addRow(row.low_s, row.high_s, len(at), at, times)
    return {spot: _bounds(solver, number) for spot, number in numbers.items()}


def _bounds(solver: "Highs", number: int) -> Interval:
    from highspy import HighsModelStatus

    sides = []
    for sign in (1, -1):
        solver.changeColCost(number, float(sign))
        solver.run()
        bounded = solver.getModelStatus() == HighsModelStatus.kOptimal
        best = solver.getInfo().objective_function_value if bounded else -solver.inf
        sides.append(sign * best)
    solver.changeColCost(number, 0.0)
    return Interval(max(0.0, sides[0]), sides[1])


def _known(public: Public, known: list[tuple[Spot, int]]) -> tuple[float, float] | None:
    """Between what the missing ones of a sum come to; None where something does not say."""
    total, slack = Fraction(0), 0
    for spot, times in known:
        seconds, n = public.seconds(spot), public.n(spot)
        if n == 0:
            continue
        if seconds is None or n is None:
            return None
        total -= times * seconds
        slack += ROUNDED_S * n
    return float(total - slack), float(total + slack)
