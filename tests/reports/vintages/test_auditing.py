"""Whatever is changed in the tables is caught and named; what moved since is no forgery."""

from collections.abc import Callable

import pytest

from reports.testing import MONTH
from reports.vintages import auditing
from reports.vintages.auditing import Archive
from reports.vintages.finding import Finding
from reports.vintages.testing import MemoryArchive
from timing.commitments.period import month

MARCH = month(MONTH)


def audited(archive: MemoryArchive, made: MemoryArchive) -> list[Finding]:
    """Everything about the last vintage that `made` made, asked of `archive`."""
    last = made.recorded[-1]
    of = Archive(archive, archive, archive)
    steps = [*auditing.recorded(archive.vintages(), made.recorded), *auditing.stored(of, last)]
    if not any(one.word == "chain-broken" for one in steps):
        steps += auditing.counted_again(of, last, MARCH)
    return [*steps, auditing.today(of, last, MARCH)[0]]


def said(findings: list[Finding], state: str = "different") -> set[tuple[str, str]]:
    return {(one.word, one.subject) for one in findings if one.state == state}


def published() -> MemoryArchive:
    archive = MemoryArchive()
    archive.close()
    archive.close("final")
    return archive


def test_what_nobody_touched_differs_in_nothing() -> None:
    archive = published()
    found = audited(archive, archive)
    assert {one.state for one in found} == {"equal"}
    assert {one.word for one in found} == {
        "chain-whole", "vintage-same", "facts-same", "stored-cells-same", "counted-again-same",
        "today-same",
    }  # fmt: skip


def rewrite_the_record(archive: MemoryArchive) -> None:
    archive.recorded[0] = archive.recorded[0]._replace(facts=1)


def rewrite_the_last(archive: MemoryArchive) -> None:
    archive.recorded[1] = archive.recorded[1]._replace(reason="none")


def drop_the_first(archive: MemoryArchive) -> None:
    del archive.recorded[0]


def touch_a_fact(archive: MemoryArchive) -> None:
    first, *rest = archive.kept["2026-03.2"]
    archive.kept["2026-03.2"] = (first._replace(trader="Z"), *rest)


def drop_facts(archive: MemoryArchive) -> None:
    archive.kept["2026-03.2"] = archive.kept["2026-03.2"][::2]


def touch_a_cell(archive: MemoryArchive) -> None:
    cells = list(archive.cells["2026-03.2"]["limits"])
    place = next(n for n, cell in enumerate(cells) if cell.figures)
    cells[place] = cells[place]._replace(figures={**cells[place].figures, "n": 999})
    archive.cells["2026-03.2"]["limits"] = tuple(cells)


def add_a_dataset(archive: MemoryArchive) -> None:
    archive.cells["2026-03.2"]["gossip"] = archive.cells["2026-03.2"]["limits"][:1]


def empty_a_dataset(archive: MemoryArchive) -> None:
    del archive.cells["2026-03.2"]["limits"]


@pytest.mark.parametrize(
    ("deed", "caught"),
    [
        (rewrite_the_record, {("chain-broken", "vintages"), ("vintage-changed", "2026-03.1")}),
        (rewrite_the_last, {("vintage-changed", "2026-03.2")}),
        (drop_the_first, {("chain-broken", "vintages"), ("vintage-unknown", "2026-03.1")}),
        (drop_facts, {("facts-changed", "2026-03.2"), ("today-differs", "2026-03.2"),
                      ("counted-again-differs", "2026-03.2/limits"),
                      ("counted-again-differs", "2026-03.2/stage-split")}),
        (touch_a_fact, {("facts-changed", "2026-03.2"), ("today-differs", "2026-03.2")}),
        (touch_a_cell, {("stored-cells-changed", "2026-03.2/limits"),
                        ("counted-again-differs", "2026-03.2/limits")}),
        (empty_a_dataset, {("stored-cells-changed", "2026-03.2/limits"),
                           ("counted-again-differs", "2026-03.2/limits")}),
        (add_a_dataset, {("stored-cells-changed", "2026-03.2/gossip"),
                         ("counted-again-differs", "2026-03.2/gossip")}),
    ],
)  # fmt: skip
def test_each_way_to_touch_the_tables_is_caught_and_named(
    deed: Callable[[MemoryArchive], None], caught: set[tuple[str, str]]
) -> None:
    archive = published()
    deed(archive)
    assert said(audited(archive, published())) == caught


def test_the_first_cell_that_differs_is_named() -> None:
    archive = published()
    touch_a_cell(archive)
    (one,) = [f for f in audited(archive, archive) if f.word == "counted-again-differs"]
    assert one.said["number"] == "1"
    assert one.said["first"].count("/") >= 4


def test_facts_that_moved_since_are_counted_by_cause_and_are_no_forgery() -> None:
    archive = published()
    was = archive.correct(3)
    found = audited(archive, archive)
    assert said(found) == {("today-differs", "2026-03.2")}
    (one,) = [f for f in found if f.word == "today-differs"]
    assert (one.said["number"], one.said["causes"]) == ("1", "changed unknown 1")
    archive_of = Archive(archive, archive, archive)
    _, changes = auditing.today(archive_of, archive.recorded[-1], MARCH)
    assert [(change.visit_id, change.by_s) for change in changes] == [(was.visit_id, 60)]


def test_under_other_rules_a_difference_proves_nothing_and_is_said_so() -> None:
    archive = published()
    touch_a_cell(archive)
    archive.said_rules = {**archive.said_rules, "extremes": "extremes/2"}
    found = [f for f in audited(archive, archive) if f.word == "rules-moved"]
    assert [(one.state, one.said["rules"]) for one in found] == [("not-compared", "extremes")]
    equal = [f for f in audited(archive, archive) if f.word == "counted-again-same"]
    assert [one.subject for one in equal] == ["2026-03.2/stage-split"]
