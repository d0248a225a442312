"""Which cells add up to which: the equations that anybody can write down about published tables.

A cell that names more dimensions is part of one that names fewer. Nothing here depends on what is
hidden, and must never know a rule. Cost: cells times the groupings next to theirs.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from timing.disclosure.shapes import ALL, Key, Sheet

Place = tuple[str, Key]
"""A cell: the name of its sheet, and its key."""

Equation = dict[int, int]
"""What adds up to nothing: for each unknown how often it counts. The whole counts -1."""

Named = frozenset[int]
"""Which places of a key name something."""


class Lattice(NamedTuple):
    """Cells as unknowns, numbered. `unknown_of` gives the number of a cell; cells of the same units
    have the same. `places` gives the cells of a number."""

    unknown_of: Mapping[Place, int]
    places: Sequence[Sequence[Place]]
    equations: Sequence[Equation]


def lattice(sheets: Sequence[Sheet], sums: Sequence[Sequence[Place]] = ()) -> Lattice:
    """The unknowns and equations of sheets that are published together.

    Each of `sums` is a further one: first the whole, then its parts; cells that no sheet has are
    nought and left out.
    """
    union = _Union()
    rows = []
    for sheet in sheets:
        for cell in sheet.cells:
            union.join((sheet.name, cell.key), (sheet.name, _together(sheet, cell.key)))
        rows += [row for row in _additions(sheet) if row]
    rows += [[place for place in row if place in union] for row in sums if row[0] in union]
    for whole, *parts in rows:
        if len(parts) == 1:
            union.join(whole, parts[0])
    return _numbered(sheets, union, rows)


def _together(sheet: Sheet, key: Key) -> Key:
    """A key that stands for all those of the same units."""
    pairs = zip(sheet.dimensions, key, strict=True)
    return tuple(ALL if dimension in sheet.together else word for dimension, word in pairs)


def _additions(sheet: Sheet) -> Iterator[list[Place]]:
    """A whole with its parts, for every cell and every next finer grouping."""
    groupings: dict[Named, list[Key]] = defaultdict(list)
    for cell in sheet.cells:
        groupings[_named(cell.key)].append(cell.key)
    for coarse, fine in _neighbours(groupings):
        parts: dict[Key, list[Key]] = defaultdict(list)
        for key in groupings[fine]:
            whole = tuple(word if at in coarse else ALL for at, word in enumerate(key))
            parts[whole].append(key)
        for key in groupings[coarse]:
            if key in parts:
                yield [(sheet.name, one) for one in (key, *parts[key])]


def _neighbours(groupings: Mapping[Named, object]) -> Iterator[tuple[Named, Named]]:
    """Every grouping with those next finer: sums over longer ways follow from these."""
    for coarse in groupings:
        finer = [one for one in groupings if coarse < one]
        for fine in finer:
            if not any(between < fine for between in finer):
                yield coarse, fine


def _named(key: Key) -> Named:
    return frozenset(at for at, word in enumerate(key) if word != ALL)


def _numbered(sheets: Sequence[Sheet], union: "_Union", rows: Sequence[Sequence[Place]]) -> Lattice:
    places: dict[Place, list[Place]] = defaultdict(list)
    for sheet in sheets:
        for cell in sheet.cells:
            places[union.head((sheet.name, cell.key))].append((sheet.name, cell.key))
    numbers = {head: number for number, head in enumerate(places)}
    unknown_of = {place: numbers[head] for head, some in places.items() for place in some}
    equations = {}
    for whole, *parts in rows:
        equation: Equation = defaultdict(int)
        equation[unknown_of[whole]] -= 1
        for part in parts:
            equation[unknown_of[part]] += 1
        left = {number: times for number, times in equation.items() if times}
        if left:
            equations[tuple(sorted(left.items()))] = left
    return Lattice(unknown_of, list(places.values()), list(equations.values()))


class _Union:
    """Which cells are of the same units."""

    def __init__(self) -> None:
        self._head: dict[Place, Place] = {}

    def __contains__(self, place: Place) -> bool:
        return place in self._head

    def head(self, place: Place) -> Place:
        """The one that stands for all that are the same."""
        head = self._head.setdefault(place, place)
        while head != self._head[head]:
            head = self._head[head] = self._head[self._head[head]]
        return head

    def join(self, one: Place, other: Place) -> None:
        """Say that two are the same."""
        self._head[self.head(one)] = self.head(other)
