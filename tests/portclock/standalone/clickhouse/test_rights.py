"""Nobody reaches files, programs or the network; the reader changes nothing at all."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clickhouse_driver.errors import ServerException

Connect = Callable[..., Any]
DENIED = (497, 48, 452, 164)


def refusal(client: Any, sql: str, **options: Any) -> int:
    """The code with which a query is refused."""
    with pytest.raises(ServerException) as caught:
        client.execute(sql, **options)
    return int(caught.value.code)


REACHING_OUT = [
    "SELECT * FROM file('{secret}', 'LineAsString')",
    "SELECT file('{secret}')",
    "SELECT `fi\\x6ce`('{secret}')",
    "SELECT * FROM default.`{secret}`",
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "SELECT * FROM s3('http://127.0.0.1:1/bucket/x', 'CSV', 'a String')",
    "SELECT * FROM remote('127.0.0.1:1', 'system', 'one')",
    "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "SELECT * FROM postgresql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "SELECT * FROM sqlite('{secret}', 't')",
    "SELECT * FROM executable('id', 'LineAsString', 'a String')",
    "SELECT * FROM Python(users)",
    "SELECT * FROM eval('SELECT 1')",
    "SELECT * FROM filesystem('/')",
    "SELECT 1 INTO OUTFILE '{out}'",
    "INSERT INTO FUNCTION file('{out}', 'TSV', 'a UInt8') VALUES (1)",
    "INSERT INTO FUNCTION file('{out}', 'TSV', 'a UInt8') SELECT 1",
    "CREATE TABLE x (a String) ENGINE = File(TSV, '{secret}')",
    "CREATE TEMPORARY TABLE x (a String) ENGINE = File(TSV, '{secret}')",
    "CREATE TABLE x (a String) ENGINE = URL('http://127.0.0.1:1', 'TSV')",
    "CREATE TABLE x ENGINE = Python(users)",
    "CREATE DATABASE x ENGINE = Filesystem('/')",
    "CREATE DICTIONARY x (a UInt64) PRIMARY KEY a SOURCE(HTTP(url 'http://127.0.0.1:1'"
    " format 'TSV')) LAYOUT(FLAT()) LIFETIME(0)",
    "CREATE FUNCTION x AS path -> file(path)",
    "CREATE NAMED COLLECTION x AS a = 1",
    "CREATE USER x",
    "GRANT ALL ON *.* TO default",
    "BACKUP TABLE t TO File('{out}')",
    "SYSTEM SHUTDOWN",
    "SYSTEM KILL",
    "SYSTEM START LISTEN TCP",
    "SET dialect = 'prql'",
    "SELECT 1 SETTINGS dialect = 'prql'",
    "SET allow_experimental_eval_table_function = 1",
    "SELECT 1 FORMAT Template SETTINGS format_template_resultset = '{secret}'",
]


@pytest.mark.parametrize("who", [{}, {"user": "reader", "password": "to read"}])
@pytest.mark.parametrize("sql", REACHING_OUT)
def test_nobody_reaches_out(
    connect: Connect, client: Any, tmp_path: Path, who: dict[str, str], sql: str
) -> None:
    """SYSTEM SHUTDOWN, if it got through, would end the tests: the engine signals its group."""
    client.execute("CREATE TABLE t (a String) ENGINE = MergeTree ORDER BY a")
    secret, out = tmp_path / "secret", tmp_path / "out"
    secret.write_text("a secret", encoding="utf-8")
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        asked = sql.replace("{secret}", str(secret)).replace("{out}", str(out))
        assert refusal(connect(**who), asked) in DENIED
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not out.exists()


def test_rows_in_the_query_cannot_read_files(client: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret", encoding="utf-8")
    client.execute("CREATE TABLE t (a String) ENGINE = MergeTree ORDER BY a")
    assert refusal(client, f"INSERT INTO t VALUES (file('{secret}'))") == 497
    assert refusal(client, f"INSERT INTO t (a) VALUES ('x'), (`fil\\x65`('{secret}'))") == 497
    assert client.execute("SELECT count() FROM t") == [(0,)]


def test_no_right_is_granted_beyond_the_tables(client: Any) -> None:
    """So that what a new version of the engine adds is refused until it is named here."""
    granted = " ".join(text for (text,) in client.execute("SHOW GRANTS"))
    assert "SELECT" in granted
    for right in ("READ", "SOURCES", "FILE", "SHUTDOWN", "DICTIONARY", "ALL"):
        assert right not in granted.replace("dictGet", "").replace(",", " ").split()


WRITING = [
    "INSERT INTO t VALUES (1)",
    "INSERT INTO t SELECT 1",
    "WITH 1 AS a INSERT INTO t SELECT a",
    "CREATE TABLE x (a UInt8) ENGINE = Memory",
    "CREATE TEMPORARY TABLE x (a UInt8)",
    "CREATE VIEW x AS SELECT 1",
    "CREATE DATABASE x",
    "CREATE FUNCTION x AS a -> a",
    "DROP TABLE t",
    "TRUNCATE TABLE t",
    "ALTER TABLE t DELETE WHERE 1",
    "DELETE FROM t WHERE 1",
    "OPTIMIZE TABLE t FINAL",
    "RENAME TABLE t TO x",
    "KILL QUERY WHERE 1",
    "SYSTEM STOP MERGES",
    "SET readonly = 0",
    "SET readonly = 1",
    "SET allow_ddl = 1, readonly = 0",
    "SELECT 1 SETTINGS readonly = 0",
]


@pytest.mark.parametrize("sql", WRITING)
def test_the_reader_changes_nothing(client: Any, reader: Any, sql: str) -> None:
    client.execute("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")
    client.execute("INSERT INTO t VALUES", [(7,)])
    assert refusal(reader, sql) == 164
    assert reader.execute("SELECT a FROM t") == [(7,)]
    assert refusal(reader, "DROP TABLE t") == 164


def test_the_reader_cannot_send_rows(client: Any, reader: Any) -> None:
    client.execute("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")
    with pytest.raises(ServerException) as caught:
        reader.execute("INSERT INTO t VALUES", [(1,)])
    assert caught.value.code == 164
    assert reader.execute("SELECT count() FROM t") == [(0,)]


def test_the_reader_cannot_write_by_settings_of_a_query(reader: Any) -> None:
    assert refusal(reader, "SELECT 1", settings={"readonly": 0}) == 164
    assert refusal(reader, "CREATE DATABASE x", settings={"max_threads": 1}) == 164


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "SHOW TABLES",
        "DESCRIBE t",
        "EXPLAIN SELECT 1",
        "USE system",
        "SET max_threads = 1",
    ],
)
def test_the_reader_reads(client: Any, reader: Any, sql: str) -> None:
    client.execute("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")
    reader.execute(sql)


def test_the_reader_may_set_what_changes_nothing(reader: Any) -> None:
    ask = "SELECT getSetting('max_threads'), getSetting('max_execution_time')"
    limits = {"max_threads": 1, "max_execution_time": 20}
    assert reader.execute(ask, settings=limits) == [(1, 20)]


def test_the_reader_may_send_tables_along(reader: Any) -> None:
    table = {"name": "sent", "structure": [("a", "UInt8")], "data": [{"a": 1}, {"a": 2}]}
    assert reader.execute("SELECT sum(a) FROM sent", external_tables=[table]) == [(3,)]


def test_the_rights_are_enough_for_a_schema(client: Any) -> None:
    """Tables, views, merges, and their clean-up."""
    for sql in (
        "CREATE TABLE t (a UInt64, v UInt64, d UInt8, at DateTime DEFAULT now())"
        " ENGINE = ReplacingMergeTree(v, d) ORDER BY a TTL at + toIntervalYear(1)",
        "CREATE TABLE s (a UInt64, q AggregateFunction(quantilesTDigest(0.5, 0.95), UInt64))"
        " ENGINE = AggregatingMergeTree ORDER BY a",
        "CREATE MATERIALIZED VIEW m TO s AS SELECT a, quantilesTDigestState(0.5, 0.95)(v) AS q"
        " FROM t GROUP BY a",
        "CREATE VIEW p AS SELECT * FROM t FINAL WHERE a = {a:UInt64}",
        "INSERT INTO t (a, v, d) VALUES (1, 1, 0), (1, 2, 0), (2, 1, 0), (2, 2, 1)",
        "ALTER TABLE t ADD COLUMN extra String DEFAULT 'x'",
        "OPTIMIZE TABLE t FINAL",
        "EXCHANGE TABLES s AND t",
        "EXCHANGE TABLES s AND t",
        "SYSTEM STOP MERGES t",
        "SYSTEM START MERGES t",
        "DROP VIEW m",
    ):
        client.execute(sql)
    assert client.execute("SELECT a, v, extra FROM p(a = 1)") == [(1, 2, "x")]
    assert client.execute("SELECT count() FROM t FINAL") == [(1,)]
