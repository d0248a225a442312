"""Published cells from the tables of the real engine are those of plain Python over what landed."""

from collections.abc import Iterator
from functools import partial
from itertools import count

import pytest

from portclock.board.published import TablePublished, question
from portclock.board.tables import Tables
from portclock.board.testing import PlainPublished
from portclock.reporting import report_tables
from reports.shapes import ALL, PublishedCell
from reports.testing import published, vintage
from reports.vintages.tabled import TableLedger, TableWorkshop
from serving.asks import AnswerUnavailable
from serving.evaluators.asks import Asked, Cell
from sinks.clickhouse import ClickHouseStore
from sinks.memory import MemoryStore
from sinks.settings import ClickHouseAddress

RECORDED = FIRST, SECOND = vintage(1), vintage(2)
SETS = ("clearance", "limits")
VISITS = 300
ODD = PublishedCell(
    ("import", "CN-JS", "CNLYG", 'it\'s \\ "odd" %(n)s 码头\n', *["*"] * 5), {}, "protected"
)
"""A facility whose code is everything that SQL could stumble over."""


@pytest.fixture(scope="module")
def kept(address: ClickHouseAddress) -> Iterator[TablePublished]:
    with report_tables(address) as tables:
        ledger = TableLedger(tables)
        for number, one in enumerate((FIRST, SECOND)):
            workshop = TableWorkshop(tables, {}, f"attempt-{number}")
            for name in SETS:
                workshop.publish(one.id, name, cells_of(one.id, name))
            ledger.append(one)
        # What an attempt that did not end has left is no vintage.
        TableWorkshop(tables, {}, "half").publish("2026-04.1", "limits", cells_of("x", "limits"))
    pool = Tables(partial(ClickHouseStore, address), connections=1)
    yield TablePublished(pool)
    pool.close()


def cells_of(vintage_id: str, name: str) -> list[PublishedCell]:
    """What was published: another seed for each vintage."""
    found = list(published(name, 7 if vintage_id == FIRST.id else 8, VISITS))
    return [*found, ODD] if name == "clearance" else found


def plainly(asked: Asked) -> list[Cell]:
    """The same question to plain Python."""
    by_vintage = {one.id: {name: cells_of(one.id, name) for name in SETS} for one in RECORDED}
    return PlainPublished(RECORDED, by_vintage).cells(asked)


QUESTIONS = {
    "everything": Asked(FIRST.id, "clearance", {}, None, None, 100_000),
    "another dataset": Asked(FIRST.id, "limits", {}, None, None, 100_000),
    "another vintage": Asked(SECOND.id, "clearance", {}, None, None, 100_000),
    "the first few": Asked(FIRST.id, "clearance", {}, None, None, 7),
    "one port": Asked(FIRST.id, "clearance", {"port": ("CNSHA",)}, None, None, 500),
    "two ports": Asked(FIRST.id, "clearance", {"port": ("CNNGB", "CNSHA")}, None, None, 500),
    "all ports together": Asked(FIRST.id, "clearance", {"port": (ALL,)}, None, None, 500),
    "divided by port": Asked(
        FIRST.id, "clearance", {}, ("direction", "province", "port"), None, 500),
    "divided and filtered": Asked(
        FIRST.id, "clearance", {"direction": ("import",)}, ("direction", "mode"), None, 500),
    "an odd word": Asked(FIRST.id, "clearance", {"facility": (ODD.key[3],)}, None, None, 500),
    "nothing": Asked(FIRST.id, "clearance", {"port": ("' OR 1 = 1 --",)}, None, None, 500),
    "after an odd key": Asked(FIRST.id, "clearance", {}, None, ODD.key, 20),
}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_sql_and_plain_python_find_the_same_cells(kept: TablePublished, name: str) -> None:
    wanted = plainly(QUESTIONS[name])
    assert kept.cells(QUESTIONS[name]) == wanted
    assert bool(wanted) is (name != "nothing")


def test_page_after_page_is_everything_once(kept: TablePublished) -> None:
    asked, found = QUESTIONS["everything"]._replace(limit=97), list[Cell]()
    for number in count():
        page = kept.cells(asked)
        if not page:
            break
        assert number < 100
        found += page
        asked = asked._replace(after=page[-1].key)
    assert found == plainly(QUESTIONS["everything"])


def test_vintages_are_those_recorded_with_all_that_is_said_of_them(kept: TablePublished) -> None:
    found = {one.id: one for one in kept.vintages()}
    assert {FIRST.id, SECOND.id} <= set(found)
    assert "2026-04.1" not in found
    for one in (FIRST, SECOND):
        shown = found[one.id]
        assert {name: getattr(shown, name) for name in shown._fields} == {
            name: getattr(one, name) for name in shown._fields
        }


def test_every_question_is_bounded_and_no_word_of_an_asker_is_in_its_text() -> None:
    for asked in QUESTIONS.values():
        sql, said = question(asked)
        assert "max_execution_time = 8" in sql
        assert "max_memory_usage = 268435456" in sql
        assert "LIMIT %(n)s" in sql
        for words in asked.only.values():
            assert not any(word in sql for word in words if word != ALL)
        assert said["n"] == asked.limit


def test_a_question_that_takes_too_long_is_an_answer_that_cannot_be_had_now(
    address: ClickHouseAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portclock.board.published._BOUNDS", "SETTINGS max_rows_to_read = 10")
    pool = Tables(partial(ClickHouseStore, address), connections=1)
    with pytest.raises(AnswerUnavailable):
        TablePublished(pool).cells(QUESTIONS["everything"])
    pool.close()


def test_no_store_but_clickhouse_has_these_tables() -> None:
    pool = Tables(MemoryStore, connections=1)
    with pytest.raises(TypeError):
        TablePublished(pool).vintages()
    pool.close()
