"""The tables of what is published: as declared, filled once per token, refused when misspelt."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sinks.clickhouse import ClickHouseStore
from sinks.publishing import PUBLISHING_TABLES, VINTAGES, PublishingStore, PublishingTable
from sinks.settings import ClickHouseAddress
from sinks.store import StoreRefused
from sinks.tables import Row


@pytest.fixture
def tables(address: ClickHouseAddress) -> Iterator[PublishingStore]:
    found = PublishingStore(ClickHouseStore(address))
    yield found
    found.close()


@pytest.mark.parametrize("declared", PUBLISHING_TABLES, ids=lambda one: one.name)
def test_columns_and_key_are_those_of_the_schema(
    tables: PublishingStore, address: ClickHouseAddress, declared: PublishingTable
) -> None:
    asked = {"database": address.database, "table": declared.name}
    columns = tables.rows(
        "SELECT name, type FROM system.columns WHERE database = %(database)s "
        "AND table = %(table)s ORDER BY position",
        asked,
    )
    assert list(columns) == list(declared.types.items())
    ((key,),) = tables.rows(
        "SELECT sorting_key FROM system.tables WHERE database = %(database)s AND name = %(table)s",
        asked,
    )
    assert key == ", ".join(declared.key)


MADE = datetime(2026, 4, 3, 1, 2, 3, tzinfo=UTC)
ROW: Row = ("2026-03.1", "2026-03", "provisional", MADE, 7, "ab", {"cohort": "x/1"}, None, {}, "")


def test_a_row_comes_back_and_the_same_token_stores_nothing_more(tables: PublishingStore) -> None:
    for row in (ROW, ("other", *ROW[1:])):
        tables.insert("vintages", VINTAGES.columns, [row], "one token")
    (found,) = tables.rows("SELECT * FROM vintages")
    assert found == ROW


@pytest.mark.parametrize(
    ("table", "columns"), [("nothing", VINTAGES.columns), ("vintages", VINTAGES.columns[1:])]
)
def test_an_unknown_table_or_column_is_refused(
    tables: PublishingStore, table: str, columns: tuple[str, ...]
) -> None:
    with pytest.raises(StoreRefused, match="there is no table"):
        tables.insert(table, columns, [ROW], "t")


def test_a_statement_runs_with_its_parameters(tables: PublishingStore) -> None:
    tables.insert("vintages", VINTAGES.columns, [ROW], "t")
    tables.run("ALTER TABLE vintages DELETE WHERE id = %(id)s SETTINGS mutations_sync = 2",
               {"id": ROW[0]})  # fmt: skip
    assert not list(tables.rows("SELECT id FROM vintages"))
