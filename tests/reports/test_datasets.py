"""Datasets: every cell has one key, and what stands apart is never summed over."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from reports.datasets import DATASETS, Dataset, DatasetsError, dataset, datasets, load_datasets
from reports.shapes import ALL
from reports.testing import counted_cells
from timing.measures.printed import MEASURES

EVERY = list(datasets().values())
each = pytest.mark.parametrize("one", EVERY, ids=lambda one: one.id)


@each
def test_every_measure_is_one_there_is(one: Dataset) -> None:
    assert set(one.measures) <= set(MEASURES)
    assert len(set(one.measures)) == len(one.measures)


@each
def test_every_margin_of_a_table_is_a_grouping_and_no_other_set_is(one: Dataset) -> None:
    wanted = {frozenset(m) for table in one.tables for m in one.margins(table)}
    assert {frozenset(named) for named in one.groupings} == wanted
    assert len(one.groupings) == len(wanted)
    for table in one.tables:
        for size in range(len(table) + 1):
            for some in combinations(table, size):
                assert any(set(some) <= set(named) for named in one.groupings)


@each
def test_what_stands_apart_is_always_named_and_so_is_what_a_place_lies_in(one: Dataset) -> None:
    for named in one.groupings:
        assert set(one.apart) <= set(named)
        assert all(outer in named for inner, outer in one.within.items() if inner in named)


@each
def test_no_two_cells_have_one_key_and_keys_lead_back_to_their_words(one: Dataset) -> None:
    cells = counted_cells(one.id)
    assert len({cell.key for cell in cells}) == len(cells) > 20
    for cell in cells:
        words = one.words(cell.key)
        assert one.key(words) == cell.key
        assert tuple(words) in one.groupings


def test_a_port_total_is_one_cell_whatever_table_it_is_the_margin_of() -> None:
    clearance = dataset("clearance")
    totals = [c for c in counted_cells("clearance") if set(clearance.words(c.key)) >= {"port"}]
    named = [tuple(clearance.words(cell.key)) for cell in totals]
    assert ("direction", "province", "port") in named
    assert ("direction", "port") not in named
    assert ALL == "*"


def test_an_unknown_dataset_is_refused_with_those_there_are() -> None:
    with pytest.raises(KeyError, match="clearance"):
        dataset("nothing")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('apart = ["direction"]', 'apart = ["color"]', "apart"),
        ('["direction", "port", "peak"]', '["port", "peak"]', "lacks direction"),
        ('["overall-clearance"]', '["overall"]', "no stage overall"),
        ('dimensions = ["direction", "port", "stage"]', 'dimensions = ["stage"]', "no dimension"),
        ('id = "clearance"', 'id = "stages"', "stages stands there twice"),
        ("[[dataset]]", "[[other]]", "not TOML with"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    file = tmp_path / "datasets.toml"
    text = DATASETS.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(DatasetsError, match=rf"(?s){re.escape(str(file))}.*{said}"):
        load_datasets(file)
