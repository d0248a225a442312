"""What the public has: published cells by period, and what can be computed of the missing ones.

Written a second time on purpose, from published keys alone: it shares no equation with what
protects (`timing.disclosure.lattice`), so that a mistake there is found here. Must never know what
was counted.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from timing.disclosure.shapes import ALL, Key, Seen
from timing.patience import HOUR_S

Spot = tuple[str, str, Key]
"""A cell of a sheet of a period."""

Row = dict[Spot, Fraction]
"""A sum of cells, each so many times."""

_ONE: Final = Fraction(1)


class Public(NamedTuple):
    """What is published of one period: cells by sheet and key."""

    period: str
    cells: Mapping[str, Mapping[Key, Seen]]

    def spots(self) -> Iterator[Spot]:
        """Every cell, shown or not: that it exists is published."""
        for sheet, cells in self.cells.items():
            for key in cells:
                yield self.period, sheet, key

    def seen(self, spot: Spot) -> Seen:
        """A cell."""
        return self.cells[spot[1]][spot[2]]

    def n(self, spot: Spot) -> int | None:
        """How many units a cell has, if it says so: it may say how many were judged instead."""
        figures = self.seen(spot).figures
        found = figures.get("n", figures.get("judged"))
        return None if found is None else int(found)

    def seconds(self, spot: Spot) -> Fraction | None:
        """What the units of a cell took together, to within 18 seconds each; None if unsaid."""
        mean = self.seen(spot).figures.get("mean_h")
        n = self.n(spot)
        return None if mean is None or n is None else Fraction(Decimal(mean)) * HOUR_S * n

    def sums(self) -> Iterator[list[Spot]]:
        """A whole, and the parts that it is made of, for every way to divide it."""
        for sheet, cells in self.cells.items():
            groupings: dict[frozenset[int], list[Key]] = defaultdict(list)
            for key in cells:
                groupings[frozenset(at for at, w in enumerate(key) if w != ALL)].append(key)
            for coarse, wholes in groupings.items():
                for fine in groupings:
                    if coarse < fine:
                        for some in _divided(wholes, groupings[fine], coarse):
                            yield [(self.period, sheet, key) for key in some]


def _divided(
    wholes: Sequence[Key], parts: Sequence[Key], coarse: Collection[int]
) -> Iterator[list[Key]]:
    found: dict[Key, list[Key]] = defaultdict(list)
    for key in parts:
        found[tuple(w if at in coarse else ALL for at, w in enumerate(key))].append(key)
    return ([whole, *found[whole]] for whole in wholes if whole in found)


def solved(rows: Sequence[Sequence[Spot]], missing: Collection[Spot]) -> list[Row]:
    """Every sum of missing cells that follows from the others, each in its shortest form: rows of
    a whole with its parts, brought to echelon form in exact arithmetic."""
    pivots: dict[Spot, Row] = {}
    for whole, *parts in rows:
        row: Row = defaultdict(Fraction)
        for part in parts:
            if part in missing:
                row[part] += 1
        if whole in missing:
            row[whole] -= 1
        _enter(pivots, {spot: times for spot, times in row.items() if times})
    return list(pivots.values())


def _enter(pivots: dict[Spot, Row], row: Row) -> None:
    """Bring one more row into reduced echelon form."""
    for spot in [one for one in row if one in pivots]:
        if spot in row:
            _subtract(row, pivots[spot], row[spot])
    if not row:
        return
    pivot = min(row)
    factor = _ONE / row[pivot]
    scaled = {spot: times * factor for spot, times in row.items()}
    for other in pivots.values():
        if pivot in other:
            _subtract(other, scaled, other[pivot])
    pivots[pivot] = scaled


def _subtract(row: Row, other: Row, times: Fraction) -> None:
    for spot, by in other.items():
        left = row.get(spot, Fraction(0)) - times * by
        if left:
            row[spot] = left
        else:
            row.pop(spot, None)
