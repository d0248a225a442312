"""Publications made up for tests of documents: months of `reports.testing`, and a shelf of them.

Ships inside the package, so that no test imports from another test.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, cast

from reports.datasets import Dimension, dataset
from reports.documents.sheet import Publication
from reports.shapes import Key, PublishedCell, Vintage
from reports.testing import published, vintage
from reports.vintages.digest import digest, lines

DATASETS: Final = ("clearance", "stages", "stage-split", "limits", "commitments")
VISITS: Final = 400
PROTECTED: Final = "protected"


def key(id: str, **words: str) -> Key:
    """The key of a dataset's cell that names these words."""
    return dataset(id).key(cast("Mapping[Dimension, str]", words))


@cache
def publication(month: str = "2026-03", seed: int = 7, number: int = 1) -> Publication:
    """A month as published, with the hashes of its cells."""
    cells = {id: published(id, seed, VISITS, month) for id in DATASETS}
    hashes = {id: digest(lines(some)) for id, some in cells.items()}
    return Publication(vintage(number, month, published=hashes), cells)


def hidden(of: Publication) -> Publication:
    """The same with every cell withheld."""
    cells = {
        id: tuple(PublishedCell(cell.key, {}, PROTECTED) for cell in some)
        for id, some in of.cells.items()
    }
    return of._replace(cells=cells)


class MemoryShelf:
    """Vintages and their cells, as tables would hand them out."""

    def __init__(self, *publications: Publication) -> None:
        self._publications = {one.vintage.id: one for one in publications}

    def vintages(self) -> Sequence[Vintage]:
        """All of them."""
        return [one.vintage for one in self._publications.values()]

    def cells(self, vintage: str, only: Sequence[str]) -> Mapping[str, Sequence[PublishedCell]]:
        """The cells of some datasets."""
        return {id: self._publications[vintage].cells[id] for id in only}
