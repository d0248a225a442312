"""What HTTP requests ask for: rows in every format, sessions, packed bodies."""

import gzip
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from portclock.standalone.clickhouse.blocks import header_block
from portclock.standalone.clickhouse.compression import LZ4, write_frames
from portclock.standalone.clickhouse.http_body import unframed
from portclock.standalone.clickhouse.wire import text, varint

TABLE = "CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a"


@pytest.mark.parametrize(
    "sql", ["CREATE DATABASE x", "INSERT INTO t VALUES (1, 'a')", "DROP TABLE t"]
)
def test_what_is_fetched_changes_nothing(web: Any, sql: str) -> None:
    web.ask(TABLE)
    assert web.fetch(sql).code == "164"
    assert web.ask(sql, user="reader", password="to read").code == "164"
    assert web.ask("SELECT count() FROM t").body == b"0\n"


def native_rows() -> bytes:
    """Two rows in FORMAT Native, with bytes that are no UTF-8."""
    numbers = (1).to_bytes(8, "little") + (2).to_bytes(8, "little")
    columns = text("a") + text("UInt64") + numbers + text("b") + text("String")
    return varint(2) + varint(2) + columns + text(b"\xff\n\n;") + text(b"\xfe'")


@pytest.mark.parametrize(
    ("sql", "body"),
    [
        ("INSERT INTO t FORMAT Native", native_rows()),
        (None, b"INSERT INTO t FORMAT Native\n" + native_rows()),
        ("INSERT INTO t (a, b) FORMAT TSV", b"1\t\xff\\n\\n;\n2\t\xfe'\n"),
        (None, b"INSERT INTO t FORMAT TSV\n1\t\xff\\n\\n;\n2\t\xfe'\n"),
        ("INSERT INTO t VALUES", b"(1, '\xff\n\n;'), (1 + 1, '\xfe\\'')"),
        ("INSERT INTO t VALUES (1, '\\xFF\\n\\n;'),", b"(2, '\xfe\\'')"),
        ("INSERT INTO t SELECT 1, unhex('FF0A0A3B') UNION ALL SELECT 2, unhex('FE27')", b""),
    ],
)
def test_rows_come_in_whatever_their_bytes(web: Any, sql: str | None, body: bytes) -> None:
    web.ask(TABLE)
    reply = web.ask(sql, body)
    assert (reply.status, reply.body) == (200, b"")
    assert web.ask("SELECT a, hex(b) FROM t ORDER BY a").body == b"1\tFF0A0A3B\n2\tFE27\n"


def test_a_native_block_of_59_columns_is_no_empty_insert(web: Any) -> None:
    """Its first byte is a semicolon."""
    columns = [(f"c{number}", "UInt8") for number in range(59)]
    web.ask(f"CREATE TABLE w ({', '.join(f'{n} {t}' for n, t in columns)}) ENGINE = Memory")
    one = b"".join(text(name) + text(kind) + b"\x07" for name, kind in columns)
    block = header_block(columns)[:1] + varint(1) + one
    assert block.startswith(b";")
    web.ask(None, b"INSERT INTO w FORMAT Native\n" + block)
    assert web.ask("SELECT c0, c58 FROM w").body == b"7\t7\n"


@pytest.mark.parametrize(
    ("table", "rows", "code"),
    [
        ("(a UInt64, CONSTRAINT c CHECK a < 10) ENGINE = MergeTree ORDER BY a", "(50)", "469"),
        (
            "(a UInt64) ENGINE = MergeTree PARTITION BY a ORDER BY a",
            ",".join(f"({number})" for number in range(120)),
            "252",
        ),
        (
            "(a UInt64, b UInt64 MATERIALIZED throwIf(a = 5)) ENGINE = MergeTree ORDER BY a",
            "(5)",
            "395",
        ),
    ],
)
def test_a_failing_insert_is_never_reported_as_done(
    web: Any, table: str, rows: str, code: str
) -> None:
    web.ask(f"CREATE TABLE t {table}")
    assert web.ask("INSERT INTO t (a) VALUES", rows.encode()).code == code
    assert web.ask("SELECT count() FROM t").body == b"0\n"


def test_an_insert_tells_how_many_rows_it_wrote(web: Any) -> None:
    web.ask(TABLE)
    reply = web.ask("INSERT INTO t VALUES", b"(1, 'a'), (2, 'b')")
    assert json.loads(reply.headers["X-ClickHouse-Summary"])["written_rows"] == "2"


def test_rows_cannot_read_files(web: Any) -> None:
    web.ask(TABLE)
    assert web.ask("INSERT INTO t VALUES", b"(1, file('/etc/hostname'))").code == "497"
    assert web.ask("INSERT INTO t FORMAT TSV", b"1\tfile('a')\n").status == 200


def test_packed_both_ways(web: Any) -> None:
    web.ask(TABLE)
    web.ask("INSERT INTO t FORMAT TSV", write_frames(b"3\tc\n", LZ4), decompress="1")
    web.headers = {"Content-Encoding": "gzip", "Accept-Encoding": "gzip"}
    web.ask("INSERT INTO t FORMAT TSV", gzip.compress(b"1\ta\n2\tb\n"))
    assert web.ask("SELECT arraySort(groupArray(b)) FROM t").body == b"['a','b','c']\n"
    assert unframed(web.ask("SELECT sum(a) FROM t", compress="1").body, 100) == b"6\n"
    long = web.ask("SELECT repeat('x', 5000)", enable_http_compression="1")
    assert long.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(long.body) == b"x" * 5000 + b"\n"


def test_a_session_keeps_its_tables_and_its_settings(web: Any) -> None:
    name = {"session_id": "one"}
    web.ask("CREATE TEMPORARY TABLE kept (a UInt8)", **name)
    web.ask("SET max_threads = 3", **name)
    assert web.ask(
        "SELECT getSetting('max_threads') FROM (SELECT count() FROM kept)", **name
    ).body == (b"3\n")
    assert web.ask("SELECT count() FROM kept").code == "60"
    assert web.ask("SELECT count() FROM kept", session_id="two").code == "60"
    assert web.ask("SELECT currentDatabase()", **{**name, "database": "system"}).body == b"system\n"


def test_a_session_is_one_users_own(web: Any) -> None:
    web.ask("CREATE TEMPORARY TABLE kept (a UInt8)", session_id="mine")
    reader = {"user": "reader", "password": "to read", "session_id": "mine"}
    assert web.ask("SELECT count() FROM kept", **reader).code == "60"


def test_a_fetch_in_a_session_leaves_it_able_to_write(web: Any) -> None:
    assert web.fetch("SELECT 1", session_id="w").status == 200
    assert web.ask(TABLE, session_id="w").status == 200


def test_many_clients_at_once(web_of: Callable[[], Any], web: Any) -> None:
    web.ask(TABLE)
    statuses: list[int] = []

    def write(number: int, client: Any) -> None:
        for batch in range(10):
            rows = f"({number * 10 + batch}, 'x')".encode()
            statuses.append(client.ask("INSERT INTO t VALUES", rows).status)

    threads = [threading.Thread(target=write, args=(number, web_of())) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert statuses == [200] * 80
    assert web.ask("SELECT count(), uniqExact(a) FROM t").body == b"80\t80\n"
