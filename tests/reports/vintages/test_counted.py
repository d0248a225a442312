"""Counted cells that were kept are those that were counted, and follow from what they say."""

from reports.datasets import Dataset, dataset
from reports.plain import plain_cells
from reports.tables import Tables
from reports.testing import PLEDGES, counted_datasets, frozen_facts
from reports.vintages.counted import keep_counted, kept_counted

ID = "2026-03.1"


def test_every_dataset_is_kept_as_it_was_counted(tables: Tables) -> None:
    facts = frozen_facts(visits=150)
    counted = {one.id: plain_cells(facts, one) for one in counted_datasets()}
    for one in counted_datasets():
        for _ in range(2):
            keep_counted(tables, ID, one, counted[one.id], "attempt")
        assert kept_counted(tables, ID, one) == counted[one.id] != ()
        assert kept_counted(tables, "2026-03.2", one) == ()


def test_what_follows_from_something_else_is_not_taken(tables: Tables) -> None:
    one = dataset("commitments").with_pledges(PLEDGES)
    keep_counted(tables, ID, one, plain_cells(frozen_facts(visits=50), one), "attempt")
    others: list[Dataset] = [
        one.with_pledges(PLEDGES[1:]), one.rest, one.model_copy(update={"basis": "gross"}),
        one.model_copy(update={"version": 2}),
    ]  # fmt: skip
    assert [kept_counted(tables, ID, other) for other in others] == [()] * 4
    assert kept_counted(tables, ID, one)
