"""An unmodified clickhouse-connect against the HTTP door."""

from collections.abc import Iterator
from typing import Any

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from clickhouse_connect.driver.httputil import get_pool_manager

from portclock.standalone.clickhouse.server import Server

TABLE = "CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a"


@pytest.fixture
def connected(server: Server, database: str) -> Iterator[Any]:
    """A client whose connections end with it; those of the usual pool would stay open."""
    pool = get_pool_manager()
    client = clickhouse_connect.get_client(
        host="127.0.0.1", port=server.ports.http, database=database, pool_mgr=pool
    )
    yield client
    client.close()
    pool.clear()


def test_clickhouse_connect_writes_and_reads(connected: Any) -> None:
    connected.command(
        "CREATE TABLE t (a UInt64, b String, at DateTime('Asia/Shanghai'), n Nullable(Float64),"
        " l Array(LowCardinality(String))) ENGINE = MergeTree ORDER BY a"
    )
    rows = [[number, f"box {number}", 1_700_000_000, None, ["a", "b"]] for number in range(50_000)]
    connected.insert("t", rows, column_names=["a", "b", "at", "n", "l"])
    result = connected.query("SELECT * FROM t WHERE a = {a:UInt64}", parameters={"a": 77})
    ((number, name, at, nothing, letters),) = result.result_rows
    assert (number, name, nothing, letters) == (77, "box 77", None, ["a", "b"])
    assert at.timestamp() == 1_700_000_000
    assert str(at.tzinfo) == "Asia/Shanghai"
    assert connected.query("SELECT count(), sum(a) FROM t").result_rows == [
        (50_000, sum(range(50_000)))
    ]


def test_clickhouse_connect_gets_empty_results_frames_and_errors(connected: Any) -> None:
    empty = connected.query("SELECT 1 AS a WHERE 0")
    assert (empty.result_rows, empty.column_names) == ([], ("a",))
    frame = connected.query_df("SELECT number AS n FROM numbers(150000)")
    assert (len(frame), int(frame["n"].sum())) == (150_000, sum(range(150_000)))
    with pytest.raises(DatabaseError, match="UNKNOWN_TABLE"):
        connected.query("SELECT * FROM nowhere")
    assert connected.command("SELECT 5") == 5


def test_clickhouse_connect_retries_with_a_token_count_once(connected: Any) -> None:
    connected.command(f"{TABLE} SETTINGS non_replicated_deduplication_window = 100")
    for _ in range(2):
        token = {"insert_deduplication_token": "a"}
        connected.insert("t", [[1, "a"], [2, "b"]], column_names=["a", "b"], settings=token)
    assert connected.command("SELECT count() FROM t") == 2
