"""Documents on order: vintages and cells fetched, the press run, the folder sealed.

The door between what is published in the tables and the rooms that make documents of it. Knows
which press makes which document. Must never know an option of the command line.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from joserfc.jwk import OKPKey

from reports.baselines import Baselines
from reports.bulletin import press as bulletins
from reports.bulletin.choosing import chosen, chosen_months
from reports.bulletin.kept import Promised
from reports.documents.fonts import FontChoice
from reports.documents.press import Job
from reports.shapes import PublishedCell, Vintage
from reports.study import press as studies
from reports.tables import Tables
from reports.vintages.kept import TableLedger, published_cells
from reports.vintages.manifest import Contents
from reports.vintages.packing import packed

Cells = Mapping[str, Sequence[PublishedCell]]
Press = Callable[
    [Mapping[str, str], Sequence[Vintage], Mapping[str, Cells], FontChoice], dict[str, bytes]
]

PRESSES: Final[Mapping[str, Press]] = {
    bulletins.DOCUMENT: bulletins.press,
    studies.DOCUMENT: studies.press,
}
"""By the name that a manifest gives a document: what makes its files, first and again."""


class Shelf(Protocol):
    """Where vintages and their published cells are."""

    def vintages(self) -> Sequence[Vintage]:
        """All that were ever made."""
        ...

    def cells(self, vintage: str, only: Sequence[str]) -> Cells:
        """The published cells of some datasets."""
        ...


class TableShelf(NamedTuple):
    """A shelf over the tables. Methods raise TablesUnavailable."""

    tables: Tables

    def vintages(self) -> Sequence[Vintage]:
        """See Shelf."""
        return TableLedger(self.tables).vintages()

    def cells(self, vintage: str, only: Sequence[str]) -> Cells:
        """See Shelf."""
        return published_cells(self.tables, vintage, only)


class Printing(NamedTuple):
    """How a document is made: what is asked of the press, by which fonts, sealed with which key."""

    job: Job
    choice: FontChoice
    key: OKPKey
    now: datetime


class Asked(NamedTuple):
    """Of which month or span, from which vintage (None: the one that counts), beside what."""

    months: str
    vintage: str | None = None
    baselines: Baselines = Baselines()
    promised: Promised = MappingProxyType({})


def bulletin_files(shelf: Shelf, asked: Asked, printing: Printing) -> dict[str, bytes]:
    """The sealed folder of a bulletin. Raises NotPublished, and what a shelf raises."""
    made = shelf.vintages()
    used = chosen_months(made, asked.months, asked.vintage)
    order = bulletins.Order(
        used.now.id,
        used.month_before.id if used.month_before else "",
        used.year_before.id if used.year_before else "",
        asked.baselines,
        asked.promised,
    )
    words = bulletins.request(order, printing.job)
    source = _Source(bulletins.DOCUMENT, words, used.all, bulletins.DATASETS)
    return _files(shelf, source, made, printing)


def study_files(shelf: Shelf, asked: Asked, printing: Printing) -> dict[str, bytes]:
    """The sealed folder of a study. Raises NotPublished, and what a shelf raises."""
    made = shelf.vintages()
    vintage = chosen(made, asked.months, asked.vintage)
    words = studies.request(vintage.id, printing.job)
    source = _Source(studies.DOCUMENT, words, (vintage,), studies.DATASETS)
    return _files(shelf, source, made, printing)


class _Source(NamedTuple):
    """What a document is made from."""

    document: str
    request: Mapping[str, str]
    used: tuple[Vintage, ...]
    datasets: Sequence[str]


def _files(
    shelf: Shelf, source: _Source, made: Sequence[Vintage], printing: Printing
) -> dict[str, bytes]:
    cells = {vintage.id: shelf.cells(vintage.id, source.datasets) for vintage in source.used}
    press = PRESSES[source.document]
    documents = press(source.request, source.used, cells, printing.choice)
    contents = Contents(source.document, source.request, printing.now, source.used, made)
    return packed(documents, contents, cells, printing.key)
