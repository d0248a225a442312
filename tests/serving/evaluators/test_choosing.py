"""Which vintage is meant when none, a month or one is named."""

from random import Random

import pytest

from serving.evaluators.choosing import choose, in_order
from serving.evaluators.testing import LATER, VINTAGES

RANGE = LATER._replace(id="2026-01_2026-03.1", month="2026-01/2026-03", standing="final")
TENTH = LATER._replace(id="2026-02.10")


@pytest.mark.parametrize(
    ("asked", "month", "id", "how"),
    [
        ("", "", "2026-02.2", "newest-final"),
        ("", "2026-02", "2026-02.2", "newest-final"),
        ("", "2026-03", "2026-03.1", "newest-provisional"),
        ("2026-02.1", "", "2026-02.1", "asked"),
        ("2026-02.1", "2026-02", "2026-02.1", "asked"),
    ],
)
def test_the_newest_final_one_is_meant_else_the_newest_provisional(
    asked: str, month: str, id: str, how: str
) -> None:
    for seed in range(5):
        found = choose(Random(seed).sample(VINTAGES, len(VINTAGES)), asked, month)
        assert found is not None
        assert (found.vintage.id, found.how) == (id, how)


@pytest.mark.parametrize(("asked", "month"), [("2026-09.1", ""), ("2026-02.1", "2026-03"),
                                              ("", "2025-12")])  # fmt: skip
def test_what_is_not_there_is_not_replaced_by_something_else(asked: str, month: str) -> None:
    assert choose(VINTAGES, asked, month) is None


def test_nothing_published_is_nothing() -> None:
    assert choose((), "", "") is None


def test_a_restated_one_stands_above_the_final_one_and_is_named_by_the_older() -> None:
    found = choose((*VINTAGES, LATER), "", "2026-02")
    assert found is not None
    assert found.vintage is LATER
    older = choose((*VINTAGES, LATER), "2026-02.1", "")
    assert older is not None
    assert older.newest == LATER.id


def test_the_tenth_is_newer_than_the_second() -> None:
    assert in_order([*VINTAGES, TENTH, LATER])[1] is TENTH


def test_a_range_of_months_is_meant_only_when_it_is_named() -> None:
    found = choose((*VINTAGES, RANGE), "", "")
    assert found is not None
    assert found.vintage.month == "2026-02"
    named = choose((*VINTAGES, RANGE), "", RANGE.month)
    assert named is not None
    assert named.vintage is RANGE
