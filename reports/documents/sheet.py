"""Published cells as a document looks them up: by the words that they name, all else summed over.

Knows published cells and their vintage. Must never know a counted cell: what a document can read,
anybody may.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from reports.datasets import Dataset, Dimension, dataset
from reports.shapes import PublishedCell, Vintage

Named = frozenset[tuple[str, str]]


class Sheet:
    """One dataset of one vintage."""

    def __init__(self, of: Dataset, cells: Iterable[PublishedCell]) -> None:
        self.dataset = of
        self._cells = {_naming(of.words(cell.key)): cell for cell in cells}
        self._outer: dict[tuple[str, str], tuple[str, str]] = {
            (inner, words[inner]): (outer, words[outer])
            for words in map(dict, self._cells)
            for inner, outer in of.within.items()
            if inner in words and outer in words
        }

    @property
    def cells(self) -> tuple[PublishedCell, ...]:
        """All of them, by what they name."""
        return tuple(self._cells[named] for named in sorted(self._cells, key=sorted))

    def cell(self, **words: str) -> PublishedCell | None:
        """The cell that names these; where a port is named, its province need not be."""
        return self._cells.get(self._named(words))

    def words(self, dimension: str, **fixed: str) -> tuple[str, ...]:
        """The words of one dimension that stand beside `fixed` in cells of their own, sorted."""
        found = (self._beside(named, dimension, fixed) for named in self._cells)
        return tuple(sorted(word for word in found if word is not None))

    def _beside(self, named: Named, dimension: str, fixed: Mapping[str, str]) -> str | None:
        word = dict(named).get(dimension)
        if word is None or dimension in fixed:
            return None
        return word if self._named({**fixed, dimension: word}) == named else None

    def _named(self, words: Mapping[str, str]) -> Named:
        said = dict(words)
        for inner, word in words.items():
            outer = self._outer.get((inner, word))
            if outer is not None:
                said.setdefault(*outer)
        return frozenset(said.items())


def _naming(words: Mapping[Dimension, str]) -> Named:
    return frozenset((str(dimension), word) for dimension, word in words.items())


class Publication(NamedTuple):
    """A vintage with its cells, by dataset id."""

    vintage: Vintage
    cells: Mapping[str, tuple[PublishedCell, ...]]

    def sheet(self, id: str) -> Sheet:
        """One dataset, empty where the vintage has none of it."""
        return Sheet(dataset(id), self.cells.get(id, ()))


def hours_of(cell: PublishedCell | None, measure: str) -> Decimal | None:
    """A figure of hours or per cent, or None where it is withheld or there is none."""
    found = None if cell is None else cell.figures.get(measure)
    return Decimal(found) if found is not None else None


def count_of(cell: PublishedCell | None, measure: str) -> int | None:
    """A count, or None where it is withheld or there is none."""
    found = None if cell is None else cell.figures.get(measure)
    return int(found) if found is not None else None
