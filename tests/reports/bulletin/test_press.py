"""A bulletin is made again from its request and cells, to the byte."""

from decimal import Decimal

import pytest

from reports.baselines import read_baselines
from reports.bulletin.press import DATASETS, Order, order_of, press, request
from reports.documents.fonts import FontChoice
from reports.documents.press import job
from reports.documents.testing import publication
from reports.shapes import PublishedCell

LOCAL = b"""
[[figure]]
definition = "overall-clearance-import/1"
place = "CNLYG"
period = "2017"
hours = 80.00
status = "baseline"
source = "https://example.org/2017"
"""
ORDER = Order(
    "2026-03.1", "2026-02.2", "", read_baselines(LOCAL), {("e/1", "a.b"): Decimal("99.5")}
)
MONTHS = (publication(), publication("2026-02", 8, 2))


def _words(order: Order) -> dict[str, str]:
    return request(order, job(("zh", "en"), ("md", "csv"), FontChoice()))


def _press(words: dict[str, str]) -> dict[str, bytes]:
    published = {one.vintage.id: one.cells for one in MONTHS}
    return press(words, [one.vintage for one in MONTHS], published)


def test_an_order_survives_being_written_down() -> None:
    assert order_of(_words(ORDER)) == ORDER


def test_the_same_request_makes_the_same_files() -> None:
    assert _press(_words(ORDER)) == _press(_words(ORDER))


def test_every_figure_that_changes_changes_a_file() -> None:
    changed = publication().cells["clearance"]
    cell = next(c for c in changed if c.figures and "mean_h" in c.figures and c.key[2] == "CNLYG")
    figures = {**cell.figures, "mean_h": Decimal("1.23")}
    cells = tuple(PublishedCell(c.key, figures) if c is cell else c for c in changed)
    published = {one.vintage.id: dict(one.cells) for one in MONTHS}
    published["2026-03.1"]["clearance"] = cells
    words = _words(ORDER)
    found = press(words, [one.vintage for one in MONTHS], published)
    assert found != _press(words)


def test_local_baselines_and_promises_are_part_of_the_request() -> None:
    bare = Order(ORDER.vintage, ORDER.month_before)
    whole = _press(_words(ORDER))["bulletin-2026-03.en.md"].decode()
    without = _press(_words(bare))["bulletin-2026-03.en.md"].decode()
    assert "80.00 hours in 2017" in whole
    assert "80.00 hours in 2017" not in without


def test_a_vintage_that_is_missing_is_named() -> None:
    with pytest.raises(KeyError, match=r"2024-01\.1"):
        _press(_words(Order("2024-01.1")))


def test_a_bulletin_reads_no_other_datasets() -> None:
    published = {one.vintage.id: {id: one.cells[id] for id in DATASETS} for one in MONTHS}
    words = _words(ORDER)
    assert press(words, [one.vintage for one in MONTHS], published) == _press(words)
