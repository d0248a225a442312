"""Inserts that carry rows are told from all else, up to the first byte of their rows."""

import pytest

from portclock.standalone.clickhouse.errors import ServerError
from portclock.standalone.clickhouse.inserts import Insert, parse_insert


def parsed(sql: str) -> Insert:
    """The insert that a text is."""
    insert = parse_insert(sql)
    assert insert is not None
    return insert


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("INSERT INTO t", ("`t`", "", "", "")),
        ("insert into t values", ("`t`", "", "", "Values")),
        ("INSERT INTO TABLE a.b (x, y) VALUES", ("`a`.`b`", "x, y", "", "Values")),
        ("INSERT t FORMAT Native", ("`t`", "", "", "Native")),
        ('/* a */ INSERT INTO `a b`."c" (`x)`) VALUES ;', ("`a b`.`c`", "`x)`", "", "Values")),
        ("INSERT INTO t (* EXCEPT(a)) VALUES -- none", ("`t`", "* EXCEPT(a)", "", "Values")),
        ("INSERT INTO t SETTINGS a='x', b=-1", ("`t`", "", "a='x', b=-1", "")),
        ("INSERT INTO t (a) SETTINGS a=1 FORMAT TSV", ("`t`", "a", "a=1", "TSV")),
    ],
)
def test_the_parts_of_an_insert_from_the_client(
    sql: str, expected: tuple[str, str, str, str]
) -> None:
    """The table, the columns, the settings and the format."""
    assert parsed(sql) == Insert(*expected, rows_at=None)


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("INSERT INTO t VALUES (1)", "(1)"),
        ("INSERT INTO t (a) VALUES /* rows: */ (1), (2);", "(1), (2);"),
        ("INSERT INTO t FORMAT TSV\n1\n\n2\n", "1\n\n2\n"),
        ("INSERT INTO t FORMAT JSONEachRow {}", "{}"),
        ("INSERT INTO t FORMAT Native\n;\x01a", ";\x01a"),
        ("INSERT INTO t FORMAT Native\r\n\n\n", None),
        ("INSERT INTO t FORMAT TSV -- 1", "-- 1"),
    ],
)
def test_rows_in_the_text_begin_where_they_begin(sql: str, rows: str | None) -> None:
    at = parsed(sql).rows_at
    assert (None if at is None else sql[at:]) == rows


@pytest.mark.parametrize(
    "sql",
    [
        *("SELECT 1", "INSERT INTO t SELECT 1", "INSERT INTO t (a) SELECT 1", ""),
        *("INSERT INTO t (SELECT 1)", "INSERT INTO t WITH 1 AS a SELECT a", "INSERT INTO"),
        *("INSERT INTO t (a", "INSERT 5", "INSERT INTO t FORMAT", "INSERT INTO t.'a' VALUES"),
        "INSERT INTO t FROM INFILE 'a' FORMAT TSV",
    ],
)
def test_anything_else_is_the_engines_to_read(sql: str) -> None:
    assert parse_insert(sql) is None


def test_rows_go_into_tables_only() -> None:
    with pytest.raises(ServerError) as caught:
        parse_insert("INSERT INTO FUNCTION file('a') VALUES (1)")
    assert caught.value.code == 497


def test_the_insert_from_a_file_keeps_all_its_parts() -> None:
    insert = parsed("INSERT INTO a.b (x) SETTINGS s = 1 VALUES")
    assert insert.from_file("f", "Native", "b = 2") == (
        "INSERT INTO `a`.`b` (x) FROM INFILE 'f' SETTINGS s = 1, b = 2 FORMAT Native"
    )
