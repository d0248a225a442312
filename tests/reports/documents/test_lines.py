"""Figures for programs are the published ones, to the digit, in both forms."""

import csv
from decimal import Decimal
from io import BytesIO, StringIO

import pyarrow.parquet as pq
import pytest

from reports.datasets import dataset, datasets
from reports.documents.lines import HEADS, Line, as_csv, as_parquet, lines_of
from reports.documents.testing import hidden, publication
from reports.shapes import PublishedCell

OF = dataset("clearance")


def _lines() -> list[Line]:
    return list(lines_of("2026-03.1", OF, publication().cells["clearance"]))


def test_every_published_figure_is_a_line_and_nothing_else_is() -> None:
    found = {
        (tuple(line.words.items()), line.measure): line.value
        for line in _lines()
        if line.value is not None
    }
    expected = {
        (tuple(OF.words(cell.key).items()), measure): value
        for cell in publication().cells["clearance"]
        for measure, value in cell.figures.items()
    }
    assert found == expected


def test_the_forms_say_the_same() -> None:
    lines = _lines()
    rows = list(csv.DictReader(StringIO(as_csv(lines).decode(), newline="")))
    table = pq.read_table(BytesIO(as_parquet(lines))).to_pylist()
    assert list(rows[0]) == list(HEADS)
    assert len(rows) == len(table) == len(lines)
    for text, typed in zip(rows, table, strict=True):
        value = typed.pop("value")
        written = text.pop("value")
        assert text == typed
        assert (value is None) is (written == "")
        assert value is None or value == Decimal(written)


def test_csv_lines_end_as_the_standard_says() -> None:
    content = as_csv(_lines()[:3])
    assert content.count(b"\r\n") == 4
    assert content.endswith(b"\r\n")


def test_a_withheld_cell_has_its_reason_and_no_figure() -> None:
    lines = list(lines_of("v", OF, hidden(publication()).cells["clearance"]))
    assert {line.value for line in lines} == {None}
    assert {line.reason for line in lines} == {"protected"}


def test_a_withheld_measure_has_its_reason() -> None:
    key = OF.key({"direction": "import"})
    cell = PublishedCell(key, {"n": 7}, None, {"p95_h": "few-on-a-side"})
    found = {line.measure: (line.value, line.reason) for line in lines_of("v", OF, [cell])}
    assert found == {"n": (7, ""), "p95_h": (None, "few-on-a-side")}


def test_a_value_of_more_decimals_than_the_column_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 2 decimals"):
        as_parquet([Line("v", "d", {}, "m", Decimal("1.005"))])


def test_the_same_lines_are_the_same_bytes() -> None:
    assert as_parquet(_lines()) == as_parquet(_lines())


def test_a_line_names_its_cell_whole_whatever_the_dataset() -> None:
    for one in datasets().values():
        assert set(one.dimensions) <= set(HEADS), one.id
        key = tuple(f"{name}-of-it" for name in one.dimensions)
        (line, *_) = lines_of("v", one, [PublishedCell(key, {}, "protected")])
        assert set(key) <= set(line.cells)
