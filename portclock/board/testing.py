"""For tests: what evaluators pull, answered by plain Python over published cells in memory.

The oracle of the questions in SQL (`portclock.board.published`). Ships inside the package, so that
no test imports from another test.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from reports.datasets import dataset, datasets
from reports.shapes import ALL, PublishedCell
from reports.shapes import Vintage as Recorded
from reports.testing import published, vintage
from reports.vintages.digest import hashes, vintage_hash
from serving.evaluators.asks import Asked, Cell, Vintage

Cells = Mapping[str, Sequence[PublishedCell]]
SEED: Final = 7


class PlainPublished:
    """Fulfils `serving.evaluators.asks.Published`, and the shelf that documents are made from."""

    def __init__(self, recorded: Sequence[Recorded], cells: Mapping[str, Cells]) -> None:
        self.recorded, self.by_vintage = recorded, cells

    def vintages(self) -> list[Vintage]:
        """See Published.vintages."""
        return [Vintage(*(getattr(one, name) for name in Vintage._fields)) for one in self.recorded]

    def cells(self, asked: Asked) -> list[Cell]:
        """See Published.cells."""
        names = dataset(asked.dataset).dimensions
        ordered = sorted(self.by_vintage[asked.vintage][asked.dataset])
        found = [one for one in ordered if _meant(one.key, names, asked)]
        return [Cell(one.key, dict(one.figures), one.suppressed, dict(one.withheld))
                for one in found[: asked.limit]]  # fmt: skip


class PlainShelf:
    """Fulfils `portclock.documents.Shelf` over the same."""

    def __init__(self, kept: PlainPublished) -> None:
        self._kept = kept

    def vintages(self) -> Sequence[Recorded]:
        """See Shelf.vintages."""
        return self._kept.recorded

    def cells(self, vintage: str, only: Sequence[str]) -> Cells:
        """See Shelf.cells."""
        kept = self._kept.by_vintage[vintage]
        return {name: kept[name] for name in only}


def several_months(visits: int, made_at: Mapping[str, datetime]) -> PlainPublished:
    """Vintages of made-up months, by id, each made at its instant and chained to the one before."""
    recorded, kept, after = list[Recorded](), dict[str, Cells](), ""
    for id, at in made_at.items():
        month, _, number = id.rpartition(".")
        cells = {name: published(name, SEED, visits, month) for name in datasets()}
        one = vintage(int(number), month, made_at=at, published=hashes(cells), after=after)
        recorded.append(one)
        kept[id], after = cells, vintage_hash(one)
    return PlainPublished(recorded, kept)


def _meant(key: tuple[str, ...], names: Sequence[str], asked: Asked) -> bool:
    words = dict(zip(names, key, strict=True))
    if asked.after is not None and key <= asked.after:
        return False
    if asked.named is not None and {n for n, w in words.items() if w != ALL} != set(asked.named):
        return False
    return all(words[name] in only for name, only in asked.only.items())
