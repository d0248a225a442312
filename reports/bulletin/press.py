"""The files of a bulletin, from published cells and a request: the same always, to the byte.

A request says in words all that a bulletin was asked for, so that whoever has it and the cells can
make the files again and compare. Must never know a store, a clock or a key.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from reports.baselines import Baselines, read_baselines
from reports.bulletin.bulletin import bulletin
from reports.bulletin.compared import Months
from reports.bulletin.figures import figures
from reports.bulletin.kept import Promised
from reports.documents.fonts import FontChoice
from reports.documents.press import Job, job_of, pressed
from reports.documents.sheet import Publication
from reports.shapes import PublishedCell, Vintage

DOCUMENT: Final = "bulletin/1"
DATASETS: Final = ("clearance", "stage-split", "limits", "commitments")
"""What a bulletin reads of each month."""

Published = Mapping[str, Mapping[str, Sequence[PublishedCell]]]
"""Cells by vintage and dataset."""


class Order(NamedTuple):
    """What a bulletin is asked for: vintages by id (empty: none), and what is loaded beside."""

    vintage: str
    month_before: str = ""
    year_before: str = ""
    baselines: Baselines = Baselines()
    promised: Promised = MappingProxyType({})


def request(order: Order, of: Job) -> dict[str, str]:
    """The order in words, as a manifest keeps it."""
    promised = [[*named, str(share)] for named, share in sorted(order.promised.items())]
    return {
        "vintage": order.vintage,
        "month_before": order.month_before,
        "year_before": order.year_before,
        "baselines": order.baselines.written.decode(),
        "promised": json.dumps(promised, ensure_ascii=False),
        **of.words,
    }


def order_of(words: Mapping[str, str]) -> Order:
    """The order that such words record. Raises KeyError, ValueError and BaselinesError."""
    promised = {(edition, limit): Decimal(s) for edition, limit, s in json.loads(words["promised"])}
    return Order(
        words["vintage"],
        words["month_before"],
        words["year_before"],
        read_baselines(words["baselines"].encode()),
        promised,
    )


def press(
    words: Mapping[str, str],
    vintages: Sequence[Vintage],
    published: Published,
    choice: FontChoice | None = None,
) -> dict[str, bytes]:
    """Every file of a bulletin whose tools are at hand, by name. Raises KeyError where the vintages
    or cells of the request are missing."""
    order, of = order_of(words), job_of(words)
    at_hand = {v.id: Publication(v, _cells(published[v.id])) for v in vintages if v.id in published}
    months = Months(
        at_hand[order.vintage],
        at_hand[order.month_before] if order.month_before else None,
        at_hand[order.year_before] if order.year_before else None,
        order.baselines,
    )
    documents = [bulletin(language, months, order.promised) for language in of.languages]
    made_at = months.now.vintage.made_at
    return pressed(documents, tuple(figures(months)), of, made_at, choice or FontChoice())


def _cells(of: Mapping[str, Sequence[PublishedCell]]) -> dict[str, tuple[PublishedCell, ...]]:
    return {dataset: tuple(of.get(dataset, ())) for dataset in DATASETS}
