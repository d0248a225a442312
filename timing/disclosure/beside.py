"""A period beside others: months that make up a year, and what of them is published already.

Whoever holds a year and eleven of its months has the twelfth. So periods that are sums of each
other are sheets of one lattice, in which what is published for good stays as it is. Must never know
a rule.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from timing.disclosure.lattice import Place
from timing.disclosure.shapes import ALL, Neighbour, Seen, Sheet


class Beside(NamedTuple):
    """The sheets of a period and those of others; which cells are published, and which are never;
    what of the periods adds up, and which cells are divided by another dataset: `ties`."""

    own: Sequence[Sheet]
    others: list[Sheet]
    settled: dict[Place, Seen]
    away: set[Place]
    sums: list[list[Place]]
    ties: list[list[Place]]

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
    found = Beside(sheets, [], {}, set(), [], [])
    by_name = {sheet.name: sheet for sheet in sheets}
    for sheet in sheets:
        _tie(found, sheet, by_name)
        found.sums.extend(_sums(sheet.name, sheet, parts))
        for one in neighbours:
            theirs = sheet._replace(
                name=_named(one.name, sheet), cells=one.cells.get(sheet.name, ())
            )
            found.others.append(theirs)
            found.sums.extend(_sums(sheet.name, theirs, one.parts))
            _settle(found, theirs, one.shown.get(sheet.name, ()))
            _tie(found, theirs, by_name, one)
    return found


def _tie(
    found: Beside, rest: Sheet, by_name: Mapping[str, Sheet], of: Neighbour | None = None
) -> None:
    """Each cell of a sheet with what another leaves of it, in the period that `rest` is of. What
    is left is shown by nobody."""
    if rest.left_of is None:
        return
    whole, part = (by_name[name] for name in rest.left_of)
    names = [one.name if of is None else _named(of.name, one) for one in (whole, part)]
    cells = part.cells if of is None else of.cells.get(part.name, ())
    for key in {cell.key for cell in (*cells, *rest.cells)}:
        words = dict(zip(part.dimensions, key, strict=True))
        same = tuple(words.get(dimension, ALL) for dimension in whole.dimensions)
        found.ties.append([(names[0], same), (names[1], key), (rest.name, key)])
    if of is None:
        found.away.update((rest.name, cell.key) for cell in rest.cells)


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
