"""Results come as a server sends them: types, empty ones, long ones, stopped ones."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from clickhouse_driver.errors import ServerException

Connect = Callable[..., Any]
Eventually = Callable[[Callable[[], bool]], bool]

SHANGHAI = "toDateTime('2026-03-02 08:25:00', 'Asia/Shanghai')"
ENDLESS = "SELECT number FROM system.numbers"
SILENT = "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3"


def columns(client: Any, sql: str, **options: Any) -> list[tuple[str, str]]:
    """The names and types of a result."""
    _, told = client.execute(sql, with_column_types=True, **options)
    return list(told)


@pytest.mark.parametrize(
    ("value", "type_name"),
    [
        (SHANGHAI, "DateTime('Asia/Shanghai')"),
        (f"toNullable({SHANGHAI})", "Nullable(DateTime('Asia/Shanghai'))"),
        (f"[{SHANGHAI}]", "Array(DateTime('Asia/Shanghai'))"),
        (f"map('a', {SHANGHAI})", "Map(String, DateTime('Asia/Shanghai'))"),
        (f"toDateTime64({SHANGHAI}, 3)", "DateTime64(3, 'Asia/Shanghai')"),
        ("toDateTime('2026-03-02 08:25:00')", "DateTime"),
    ],
)
def test_time_zones_are_told(client: Any, value: str, type_name: str) -> None:
    assert columns(client, f"SELECT 'a' AS name, {value} AS at") == [
        ("name", "String"),
        ("at", type_name),
    ]


def test_a_time_in_a_zone_is_the_instant_it_was(client: Any) -> None:
    ((at,),) = client.execute(f"SELECT {SHANGHAI} FROM numbers(1)")
    assert at == datetime(2026, 3, 2, 8, 25, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_time_zones_are_told_in_temporary_tables_too(client: Any) -> None:
    client.execute("CREATE TEMPORARY TABLE t (at DateTime('Asia/Shanghai'))")
    client.execute(f"INSERT INTO t SELECT {SHANGHAI}")
    rows, told = client.execute("SELECT at FROM t", with_column_types=True)
    assert told == [("at", "DateTime('Asia/Shanghai')")]
    assert rows[0][0] == datetime(2026, 3, 2, 8, 25, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_all_blocks_of_a_long_result_have_their_zone(client: Any) -> None:
    rows = client.execute(f"SELECT {SHANGHAI} + number FROM numbers(150000)")
    assert len(rows) == 150_000
    assert {at.tzinfo.zone for (at,) in rows} == {"Asia/Shanghai"}


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT 1 AS a, 'x' AS b WHERE 0", [("a", "UInt8"), ("b", "String")]),
        (f"SELECT {SHANGHAI} AS at LIMIT 0", [("at", "DateTime('Asia/Shanghai')")]),
        ("SHOW TABLES", [("name", "String")]),
        ("SELECT 1 AS a WHERE 0 FORMAT Null", [("a", "UInt8")]),
    ],
)
def test_an_empty_result_tells_its_columns(
    client: Any, sql: str, told: list[tuple[str, str]]
) -> None:
    rows, types = client.execute(sql, with_column_types=True)
    assert (rows, types) == ([], told)


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SHOW DATABASES LIKE 'system'", [("system",)]),
        ("EXISTS TABLE system.one", [(1,)]),
        ("DESCRIBE TABLE system.one", [("dummy", "UInt8", "", "", "", "", "")]),
        ("FROM system.one SELECT dummy", [(0,)]),
        ("(SELECT 1) UNION ALL (SELECT 1);", [(1,), (1,)]),
        ("SELECT 1 FORMAT JSON", [(1,)]),
        ("SELECT number FROM numbers(2) FORMAT TSV SETTINGS max_threads = 1;", [(0,), (1,)]),
        ("EXPLAIN SYNTAX SELECT 1", [("SELECT 1\nFROM system.one",)]),
    ],
)
def test_every_kind_of_question_is_answered(client: Any, sql: str, rows: list[Any]) -> None:
    assert client.execute(sql) == rows


def test_commands_answer_nothing(client: Any) -> None:
    assert client.execute("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a") == []
    assert client.execute("OPTIMIZE TABLE t FINAL") == []


def test_aggregate_states_pass_through(client: Any) -> None:
    told = columns(client, "SELECT finalizeAggregation(sumState(number)) AS s FROM numbers(4)")
    assert told == [("s", "UInt64")]
    client.execute("CREATE TABLE t (s AggregateFunction(sum, UInt64)) ENGINE = Memory")
    client.execute("INSERT INTO t SELECT sumState(number) FROM numbers(4)")
    assert client.execute("SELECT sumMerge(s) FROM t") == [(6,)]


def test_a_long_result_comes_block_by_block(client: Any) -> None:
    blocks = list(client.execute_iter("SELECT number FROM numbers(200000)", chunk_size=50_000))
    assert [len(block) for block in blocks] == [50_000] * 4
    assert blocks[3][-1] == (199_999,)


def test_progress_and_profile_are_told(client: Any) -> None:
    client.execute("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a")
    client.execute("INSERT INTO t VALUES", [(n,) for n in range(3000)])
    assert client.last_query.progress.written_rows == 3000
    client.execute("SELECT a FROM t")
    assert client.last_query.progress.rows == 3000
    assert client.last_query.profile_info.rows == 3000


def test_use_changes_the_database_of_the_connection(client: Any, database: str) -> None:
    client.execute("USE system")
    assert client.execute(f"SELECT dummy, {SHANGHAI} AS at FROM one")[0][0] == 0
    client.execute(f"USE {database}")
    assert client.execute("SELECT currentDatabase()") == [(database,)]


def test_an_endless_result_can_be_cancelled(client: Any) -> None:
    rows = client.execute_iter(ENDLESS)
    assert next(rows) == (0,)
    client.cancel()
    assert client.execute("SELECT 5") == [(5,)]


def test_a_silent_query_can_be_cancelled(
    client: Any, connect: Connect, eventually: Eventually
) -> None:
    answers: list[Any] = []
    worker = threading.Thread(target=lambda: answers.append(client.execute(SILENT)))
    worker.start()
    other = connect()
    assert eventually(lambda: running(other, "1000000000000") == 1)
    client.connection.send_cancel()
    worker.join(30)
    assert answers == [[]]
    assert client.execute("SELECT 5") == [(5,)]


@pytest.mark.parametrize(("sql", "mark"), [(SILENT, "1000000000000"), (ENDLESS, "system.numbers")])
def test_the_query_of_a_client_that_hung_up_ends(
    client: Any, connect: Connect, eventually: Eventually, sql: str, mark: str
) -> None:
    client.connection.force_connect()
    client.connection.send_query(sql)
    client.connection.send_external_tables(None)
    other = connect()
    assert eventually(lambda: running(other, mark) == 1)
    client.disconnect()
    assert eventually(lambda: running(other, mark) == 0)


def running(client: Any, mark: str) -> int:
    """How many queries with a mark in their text run, besides this one."""
    sql = (
        "SELECT count() FROM system.processes WHERE query LIKE %(mark)s AND query NOT LIKE '%%~~%%'"
    )
    ((count,),) = client.execute(sql, {"mark": f"%{mark}%"})
    return int(count)


def test_settings_hold_for_their_query_only(client: Any) -> None:
    ask = "SELECT getSetting('max_threads'), getSetting('max_block_size')"
    ((usual, size),) = client.execute(ask)
    changed = {"max_threads": 3, "max_block_size": 77}
    assert client.execute(ask, settings=changed) == [(3, 77)]
    assert client.execute(ask) == [(usual, size)]
    assert usual != 3


def test_what_was_set_in_the_session_comes_back_after_a_query_of_its_own(client: Any) -> None:
    ask = "SELECT getSetting('max_threads')"
    client.execute("SET max_threads = 4")
    assert client.execute(ask, settings={"max_threads": 3}) == [(3,)]
    assert client.execute(ask) == [(4,)]


def test_settings_are_taken_back_after_an_error_too(client: Any) -> None:
    ((usual,),) = client.execute("SELECT getSetting('max_threads')")
    with pytest.raises(ServerException):
        client.execute("SELECT throwIf(1)", settings={"max_threads": 3})
    assert client.execute("SELECT getSetting('max_threads')") == [(usual,)]


def test_a_setting_that_cannot_be_taken_back_is_gone_all_the_same(client: Any) -> None:
    assert client.execute("SELECT getSetting('readonly')", settings={"readonly": 1}) == [(1,)]
    client.execute("CREATE TABLE t (a UInt8) ENGINE = Memory")
    assert client.execute("SELECT currentDatabase() = 'default'") == [(0,)]


def test_unknown_settings_are_refused_only_when_they_matter(connect: Connect) -> None:
    unknown = {"no_such_setting": 1}
    assert connect().execute("SELECT 1", settings=unknown) == [(1,)]
    with pytest.raises(ServerException) as caught:
        connect(settings_is_important=True).execute("SELECT 1", settings=unknown)
    assert caught.value.code == 115


def test_a_value_out_of_range_is_refused_and_leaves_nothing(client: Any) -> None:
    with pytest.raises(ServerException):
        client.execute("SELECT 1", settings={"max_threads": 2, "max_block_size": "many"})
    assert client.execute("SELECT getSetting('max_block_size') > 1000") == [(1,)]


def test_external_tables_are_there_for_one_query(client: Any) -> None:
    table = {
        "name": "ports",
        "structure": [("port", "String"), ("boxes", "Nullable(Int32)")],
        "data": [{"port": "Tianjin", "boxes": 3}, {"port": "Dalian", "boxes": None}],
    }
    rows = client.execute("SELECT * FROM ports ORDER BY port", external_tables=[table])
    assert rows == [("Dalian", None), ("Tianjin", 3)]
    with pytest.raises(ServerException) as caught:
        client.execute("SELECT * FROM ports")
    assert caught.value.code == 60


def test_a_broken_external_table_is_an_error_and_the_connection_goes_on(client: Any) -> None:
    table = {"name": "a", "structure": [("x", "UInt8")], "data": [{"x": 1}]}
    again = {**table, "structure": [("y", "String")], "data": [{"y": "b"}]}
    with pytest.raises(ServerException):
        client.execute("SELECT * FROM a", external_tables=[table, again])
    assert client.execute("SELECT 5") == [(5,)]
