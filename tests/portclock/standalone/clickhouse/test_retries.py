"""The same insert sent twice counts once, whatever happened in between."""

from typing import Any

import pytest

WINDOW = "SETTINGS non_replicated_deduplication_window = 1000"
TABLES = [
    "CREATE TABLE t (batch UInt64, a UInt64) ENGINE = MergeTree PARTITION BY a % 4"
    f" ORDER BY (batch, a) {WINDOW}",
    "CREATE TABLE sums (batch UInt64, n SimpleAggregateFunction(sum, UInt64))"
    f" ENGINE = AggregatingMergeTree ORDER BY batch {WINDOW}",
    "CREATE MATERIALIZED VIEW sums_mv TO sums AS SELECT batch, count() AS n FROM t GROUP BY batch",
]


@pytest.fixture
def tables(client: Any) -> Any:
    """A table and a sum fed from it by a view."""
    for table in TABLES:
        client.execute(table)
    return client


def insert(client: Any, batch: int, rows: int, token: str, **settings: Any) -> None:
    """One batch under a token."""
    chosen = {
        "insert_deduplication_token": token,
        "deduplicate_blocks_in_dependent_materialized_views": 1,
        "async_insert": 0,
        **settings,
    }
    client.execute("INSERT INTO t VALUES", [(batch, a) for a in range(rows)], settings=chosen)


def stored(client: Any) -> tuple[int, int]:
    """Rows in the table, and rows counted by the view."""
    ((rows,),) = client.execute("SELECT count() FROM t")
    ((counted,),) = client.execute("SELECT sum(n) FROM sums")
    return rows, counted


def test_the_same_token_counts_once_through_a_view_as_well(tables: Any) -> None:
    for _ in range(3):
        insert(tables, 1, 100, "a")
    assert stored(tables) == (100, 100)


def test_another_token_counts_again(tables: Any) -> None:
    insert(tables, 1, 100, "a")
    insert(tables, 1, 100, "b")
    assert stored(tables) == (200, 200)


def test_a_batch_of_many_blocks_counts_once(tables: Any) -> None:
    for _ in range(2):
        insert(tables, 1, 20_000, "a", insert_block_size=1500)
    assert stored(tables) == (20_000, 20_000)


def test_a_token_counts_once_across_connections(tables: Any, connect: Any) -> None:
    insert(tables, 1, 100, "a")
    insert(connect(compression="lz4"), 1, 100, "a")
    assert stored(tables) == (100, 100)


def test_the_token_of_one_insert_is_forgotten_by_the_next(tables: Any) -> None:
    insert(tables, 1, 100, "a")
    for batch in (2, 3):
        tables.execute("INSERT INTO t VALUES", [(batch, 1)])
    assert stored(tables) == (102, 102)


def test_a_batch_that_failed_for_a_part_is_completed_by_its_retry(client: Any) -> None:
    """The view fails the first time: then the table has its rows and the sum has not."""
    for table in TABLES[:2]:
        client.execute(table)
    client.execute("CREATE TABLE switch (broken UInt8) ENGINE = MergeTree ORDER BY broken")
    client.execute("INSERT INTO switch VALUES", [(1,)])
    client.execute(
        "CREATE MATERIALIZED VIEW sums_mv TO sums AS SELECT batch,"
        " count() + throwIf((SELECT max(broken) FROM switch) = 1) AS n FROM t GROUP BY batch"
    )
    with pytest.raises(Exception, match="throwIf"):
        insert(client, 1, 100, "a")
    client.execute("TRUNCATE TABLE switch")
    insert(client, 1, 100, "a")
    assert stored(client) == (100, 100)
