"""Rows from clients of the native protocol: all of them, or an error and none."""

import sys
from collections.abc import Callable
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
from backports import zstd
from clickhouse_driver.block import ColumnOrientedBlock
from clickhouse_driver.errors import ServerException
from clickhouse_driver.result import QueryInfo

from portclock.standalone.clickhouse.bounds import Bounds
from portclock.standalone.clickhouse.engine import Engine
from portclock.standalone.clickhouse.inserts import Insert
from portclock.standalone.clickhouse.server import Server
from portclock.standalone.clickhouse.session import Session, SessionProfile

Connect = Callable[..., Any]
ServerWith = Callable[[Bounds], Server]
PLAIN = "ENGINE = MergeTree ORDER BY a"


def refusal(client: Any, sql: str, rows: list[tuple[Any, ...]], **options: Any) -> int:
    """The code with which an insert is refused."""
    with pytest.raises(ServerException) as caught:
        client.execute(sql, rows, **options)
    return int(caught.value.code)


def count(client: Any, table: str = "t") -> int:
    """How many rows a table has."""
    ((rows,),) = client.execute(f"SELECT count() FROM {table}")
    return int(rows)


def test_a_large_insert_in_several_blocks_is_one_insert(client: Any) -> None:
    client.execute(f"CREATE TABLE t (a UInt64, b String) {PLAIN}")
    rows = [(number, f"box {number}") for number in range(120_000)]
    assert client.execute(
        "INSERT INTO t VALUES", rows, settings={"insert_block_size": 7000}
    ) == len(rows)
    assert client.execute("SELECT count(), sum(a), uniqExact(b) FROM t") == [
        (120_000, sum(range(120_000)), 120_000)
    ]


@pytest.mark.parametrize("compression", ["lz4", "lz4hc", False])
def test_compressed_or_not_it_is_the_same(connect: Connect, compression: str | bool) -> None:
    client = connect(compression=compression)
    client.execute(f"CREATE TABLE t (a UInt64, b String) {PLAIN}")
    rows = [(number, "x" * (number % 50)) for number in range(60_000)]
    client.execute("INSERT INTO t VALUES", rows)
    assert client.execute("SELECT * FROM t ORDER BY a") == rows


def test_zstd_both_ways(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """clickhouse-driver takes ZSTD from a package of another name; the bytes are the same."""
    opened: list[int] = []

    def decompress(data: bytes) -> bytes:
        opened.append(len(data))
        return zstd.decompress(data)

    packed = SimpleNamespace(compress=zstd.compress, decompress=decompress)
    monkeypatch.setitem(sys.modules, "zstd", packed)
    client = connect(compression="zstd")
    client.execute(f"CREATE TABLE t (a UInt64, b String) {PLAIN}")
    rows = [(number, "x" * (number % 50)) for number in range(60_000)]
    client.execute("INSERT INTO t VALUES", rows)
    opened.clear()
    assert client.execute("SELECT * FROM t ORDER BY a") == rows
    assert opened


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("INSERT INTO t (b, a) VALUES", [("x", 1)]),
        ("INSERT INTO t (a, b) FORMAT Native", [(1, "x")]),
        ("INSERT INTO t (* EXCEPT(c)) VALUES", [(1, "x")]),
        ("INSERT INTO `t` VALUES", [(1, "x", 9)]),
        ("INSERT INTO t SETTINGS max_threads = 1 VALUES", [(1, "x", 9)]),
    ],
)
def test_every_way_to_name_the_columns(client: Any, sql: str, rows: list[tuple[Any, ...]]) -> None:
    client.execute(
        "CREATE TABLE t (a UInt64, b String, c UInt8 DEFAULT 9, m MATERIALIZED a + 1, x ALIAS a)"
        f" {PLAIN}"
    )
    client.execute(sql, rows)
    assert client.execute("SELECT a, b, c, m FROM t") == [(1, "x", 9, 2)]


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t VALUES (1, 'a\n\nb'), (1 + 1, ';')",
        "INSERT INTO t FORMAT TSV\n1\ta\\n\\nb\n2\t;\n",
        'INSERT INTO t FORMAT JSONEachRow {"a": 1, "b": "a\\n\\nb"}\n\n{"a": 2, "b": ";"}',
        "INSERT INTO t SELECT 1, 'a\n\nb' UNION ALL SELECT 2, ';'",
    ],
)
def test_rows_in_the_query_itself(client: Any, sql: str) -> None:
    client.execute(f"CREATE TABLE t (a UInt64, b String) {PLAIN}")
    client.execute(sql)
    assert client.execute("SELECT * FROM t ORDER BY a") == [(1, "a\n\nb"), (2, ";")]


def test_no_rows_are_no_insert(client: Any) -> None:
    client.execute(f"CREATE TABLE t (a UInt64) {PLAIN}")
    assert client.execute("INSERT INTO t VALUES", []) == 0
    assert count(client) == 0


def test_an_insert_into_no_table_is_refused_before_any_row_is_sent(client: Any) -> None:
    assert refusal(client, "INSERT INTO nowhere VALUES", [(1,)]) == 60
    assert client.execute("SELECT 5") == [(5,)]


def test_a_column_that_cannot_be_sent_is_named_before_any_row_is_sent(client: Any) -> None:
    client.execute("CREATE TABLE t (a AggregateFunction(sum, UInt64)) ENGINE = Memory")
    assert refusal(client, "INSERT INTO t VALUES", [(1,)]) == 50
    assert client.execute("SELECT 5") == [(5,)]


def test_an_insert_out_of_bounds_is_refused_whole_and_the_connection_goes_on(
    connect: Connect, server_with: ServerWith
) -> None:
    client = connect(server_with(Bounds(insert_bytes_max=100_000)))
    client.execute(f"CREATE TABLE t (a UInt64, b String) {PLAIN}")
    rows = [(number, "x" * 90) for number in range(3000)]
    block = {"insert_block_size": 100}
    assert refusal(client, "INSERT INTO t VALUES", rows, settings=block) == 307
    assert count(client) == 0
    assert client.execute("INSERT INTO t VALUES", rows[:500], settings=block) == 500


def test_a_block_out_of_bounds_is_refused_and_leaves_nothing(
    connect: Connect, server_with: ServerWith, client: Any
) -> None:
    client.execute(f"CREATE TABLE t (a UInt64, b String) {PLAIN}")
    greedy = connect(server_with(Bounds(block_bytes_max=100_000)))
    assert refusal(greedy, "INSERT INTO t VALUES", [(1, "x" * 200_000)]) == 307
    assert count(client) == 0


def test_a_cancelled_insert_leaves_nothing(client: Any) -> None:
    client.execute(f"CREATE TABLE t (a UInt64) {PLAIN}")

    def rows() -> Any:
        for number in range(5000):
            if number == 4000:
                raise KeyError("the source of the rows fails")
            yield (number,)

    with pytest.raises(KeyError):
        client.execute("INSERT INTO t VALUES", rows(), settings={"insert_block_size": 1000})
    assert count(client) == 0


@pytest.mark.parametrize(
    ("columns", "values", "code"),
    [
        ([("a", "UInt64"), ("b", "String"), ("z", "UInt8")], [[1], ["x"], [1]], 10),
        ([("a", "UInt64")], [[1]], 10),
        ([("a", "Nullable(UInt64)"), ("b", "String")], [[None], ["x"]], 349),
        ([("a", "String"), ("b", "String")], [["no number"], ["x"]], 6),
    ],
    ids=["a column too many", "one too few", "a null", "another type"],
)
def test_blocks_that_do_not_fit_the_table_are_refused_whole(
    client: Any,
    connect: Connect,
    columns: list[tuple[str, str]],
    values: list[list[Any]],
    code: int,
) -> None:
    client.execute(f"CREATE TABLE t (a UInt64, b String) {PLAIN}")
    with pytest.raises(ServerException) as caught:
        send_block(connect(), "INSERT INTO t VALUES", ColumnOrientedBlock(columns, values))
    assert caught.value.code == code
    assert count(client) == 0


def test_a_block_of_a_type_that_can_be_converted_is_converted(
    client: Any, connect: Connect
) -> None:
    client.execute(f"CREATE TABLE t (a UInt64, b String) {PLAIN}")
    block = ColumnOrientedBlock([("b", "String"), ("a", "UInt8")], [["x"], [7]])
    send_block(connect(), "INSERT INTO t VALUES", block)
    assert client.execute("SELECT * FROM t") == [(7, "x")]


def send_block(client: Any, sql: str, block: ColumnOrientedBlock) -> None:
    """Insert a block of our own making, whatever the server expects."""
    connection = client.connection
    connection.force_connect()
    connection.send_query(sql)
    connection.send_external_tables(None)
    client.last_query = QueryInfo()
    client.receive_sample_block()
    connection.send_data(block)
    connection.send_data(ColumnOrientedBlock())
    client.receive_end_of_query()


# The four ways to fail after the rows were parsed, in which the engine's own streaming insert
# reports success and stores nothing.
FAILING = [
    pytest.param(
        ["CREATE TABLE t (a UInt64, CONSTRAINT c CHECK a < 10) " + PLAIN],
        [(50,)],
        469,
        id="constraint",
    ),
    pytest.param(
        ["CREATE TABLE t (a UInt64) ENGINE = MergeTree PARTITION BY a ORDER BY a"],
        [(number,) for number in range(120)],
        252,
        id="partitions",
    ),
    pytest.param(
        ["CREATE TABLE t (a UInt64, b UInt64 MATERIALIZED throwIf(a = 5)) " + PLAIN],
        [(5,)],
        395,
        id="materialized column",
    ),
    pytest.param(
        [
            f"CREATE TABLE t (a UInt64) {PLAIN}",
            "CREATE MATERIALIZED VIEW v ENGINE = MergeTree ORDER BY x AS SELECT throwIf(a = 5) AS x"
            " FROM t",
        ],
        [(5,)],
        395,
        id="materialized view",
    ),
]


@pytest.mark.parametrize(("tables", "rows", "code"), FAILING)
def test_a_failing_insert_is_never_reported_as_done(
    client: Any, tables: list[str], rows: list[tuple[int]], code: int
) -> None:
    for table in tables:
        client.execute(table)
    assert refusal(client, "INSERT INTO t (a) VALUES", rows) == code
    assert client.execute("INSERT INTO t (a) VALUES", [(1,)]) == 1
    assert client.execute("SELECT count() FROM t WHERE a = 1") == [(1,)]
    if len(tables) == 1:
        assert count(client) == 1


@pytest.mark.parametrize(("tables", "rows", "code"), FAILING)
def test_nor_is_one_with_rows_in_the_query(
    client: Any, tables: list[str], rows: list[tuple[int]], code: int
) -> None:
    for table in tables:
        client.execute(table)
    listed = ", ".join(f"({value})" for (value,) in rows)
    with pytest.raises(ServerException) as caught:
        client.execute(f"INSERT INTO t (a) VALUES {listed}")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ("", ["a", "b", "c"]),
        ("c, a", ["c", "a"]),
        ("`c`, a", ["c", "a"]),
        ("* EXCEPT (b)", ["a", "c"]),
    ],
)
def test_the_columns_that_a_client_is_to_send_are_told_in_its_order_with_their_types(
    client: Any, engine: Engine, columns: str, told: list[str]
) -> None:
    client.execute(
        "CREATE TABLE t (a UInt64, b LowCardinality(Nullable(String)), "
        "c DateTime64(0, 'Asia/Shanghai'), twice UInt64 MATERIALIZED 2 * a) "
        f"{PLAIN}"
    )
    ((database,),) = client.execute("SELECT currentDatabase()")
    types = {"a": "UInt64", "b": "LowCardinality(Nullable(String))"}
    types["c"] = "DateTime64(0, 'Asia/Shanghai')"
    with closing(Session(engine, SessionProfile("header", database=database))) as session:
        found = session.insert_header(Insert("t", columns, "", "", None))
    assert found == [(name, types[name]) for name in told]
