"""A period beside others: months that make up a year, and what of them is published already.

Whoever holds a year and eleven of its months has the twelfth. So periods that are sums of each
other are sheets of one lattice, in which what is published for good stays as it is. Must never know
a rule.
"""

from collections.abc import Sequence
from typing import NamedTuple

from timing.disclosure.lattice import Place
from timing.disclosure.shapes import Neighbour, Seen, Sheet


class Beside(NamedTuple):
    """The sheets of a period and those of others; which cells of others are published, which are
    not, and what adds up."""

    own: Sequence[Sheet]
    others: list[Sheet]
    settled: dict[Place, Seen]
    away: set[Place]
    sums: list[list[Place]]

    @property
    def sheets(self) -> list[Sheet]:
        """All of them."""
        return [*self.own, *self.others]


def beside(
    sheets: Sequence[Sheet], neighbours: Sequence[Neighbour], parts: Sequence[str]
) -> Beside:
    """The sheets of a period with those of its neighbours; it is the sum of `parts` of them.

    Raises ValueError if a part is no neighbour: what is not known cannot be protected.
    """
    names = {one.name for one in neighbours}
    if missing := {*parts, *(part for one in neighbours for part in one.parts)} - names:
        raise ValueError(f"{', '.join(sorted(missing))}: give the cells of these periods, too")
    found = Beside(sheets, [], {}, set(), [])
    for sheet in sheets:
        found.sums.extend(_sums(sheet.name, sheet, parts))
        for one in neighbours:
            theirs = sheet._replace(
                name=_named(one.name, sheet), cells=one.cells.get(sheet.name, ())
            )
            found.others.append(theirs)
            found.sums.extend(_sums(sheet.name, theirs, one.parts))
            _settle(found, theirs, one.shown.get(sheet.name, ()))
    return found


def _settle(found: Beside, sheet: Sheet, shown: Sequence[Seen]) -> None:
    seen = {cell.key: cell for cell in shown if cell.suppressed is None}
    for cell in sheet.cells:
        place = sheet.name, cell.key
        if cell.key in seen:
            found.settled[place] = seen[cell.key]
        else:
            found.away.add(place)


def _sums(dataset: str, whole: Sheet, parts: Sequence[str]) -> list[list[Place]]:
    """Every cell of a sheet with the same cell of its parts."""
    names = [f"{part} {dataset}" for part in parts]
    return [
        [(whole.name, cell.key), *((name, cell.key) for name in names)]
        for cell in whole.cells
        if names
    ]


def _named(period: str, sheet: Sheet) -> str:
    return f"{period} {sheet.name}"
