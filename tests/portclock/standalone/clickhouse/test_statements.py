"""What is asked is told from tokens, and what is forbidden is refused in every disguise."""

import pytest

from portclock.standalone.clickhouse.errors import ServerError
from portclock.standalone.clickhouse.statements import parse_statement, refuse_forbidden


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT file('a')",
        "select FILE ('a')",
        "SELECT file/**/('a')",
        "SELECT file -- x\n('a')",
        "SELECT `file`('a')",
        "SELECT `fi\\x6ce`('a')",
        "SELECT \"\\x66ile\"('a')",
        "SELECT \u201cfile\u201d('a')",
        "SELECT * FROM Python(users)",
        "SELECT * FROM arrowstream(x)",
        "SELECT * FROM executable('id', 'TSV', 'a String')",
        "CREATE FUNCTION f AS x -> file(x)",
        "CREATE TABLE t (a UInt8) ENGINE = MergeTree SETTINGS disk = disk(type = web)",
        "SELECT * FROM eval('SELECT 1')",
        "SELECT 1 /* ' */ , file('a') -- '",
        "SELECT 1 /* /* */ ' */ , file('a') /* ' */",
        "SELECT 1 INTO OUTFILE 'a'",
        "SELECT 1 INTO/**/OUTFILE 'a'",
        "INSERT INTO t FROM INFILE 'a'",
        "SELECT 'it''s', file('a')",
    ],
)
def test_what_reaches_out_is_refused(sql: str) -> None:
    with pytest.raises(ServerError) as caught:
        refuse_forbidden(sql)
    assert caught.value.code in (497, 48)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'file(a)', \"file\" FROM t",
        "SELECT profile(1), file FROM t",
        "SELECT 1 -- file('a')",
        "SELECT /* file('a') */ 1",
        "SELECT 'INTO OUTFILE'",
    ],
)
def test_what_only_looks_like_it_is_not(sql: str) -> None:
    refuse_forbidden(sql)


@pytest.mark.parametrize(
    ("sql", "streamed", "tabular"),
    [
        ("SELECT 1", True, False),
        ("  -- a\n(SELECT 1)", True, False),
        ("with 1 AS a select a", True, False),
        ("FROM t SELECT 1", True, False),
        ("SHOW TABLES", False, True),
        ("DESC t", False, True),
        ("EXPLAIN SELECT 1", False, True),
        ("OPTIMIZE TABLE t", False, False),
        (";", False, False),
    ],
)
def test_the_first_word_tells_the_kind(sql: str, streamed: bool, tabular: bool) -> None:
    statement = parse_statement(sql)
    assert (statement.streamed, statement.tabular) == (streamed, tabular)


@pytest.mark.parametrize(
    ("sql", "body", "format_name"),
    [
        ("SELECT 1 FORMAT TSV", "SELECT 1 ", "TSV"),
        ("SELECT 1 FORMAT TSV;", "SELECT 1 ", "TSV"),
        ("SELECT 1 format JSON SETTINGS a = 1", "SELECT 1  SETTINGS a = 1", "JSON"),
        ("SELECT 'FORMAT TSV'", "SELECT 'FORMAT TSV'", ""),
        ("SELECT format FROM t", "SELECT format FROM t", ""),
        ("SELECT format('{}', 1)", "SELECT format('{}', 1)", ""),
        ("SELECT 1 ; ; -- end", "SELECT 1 ", ""),
        ("SELECT ';'", "SELECT ';'", ""),
        ("SELECT 1; SELECT 2", "SELECT 1; SELECT 2", ""),
    ],
)
def test_the_format_clause_and_the_end_are_taken_off(sql: str, body: str, format_name: str) -> None:
    statement = parse_statement(sql)
    assert (statement.sql, statement.format_name) == (body, format_name)


@pytest.mark.parametrize(
    ("sql", "database", "settles"),
    [
        ("USE `a b`", "a b", False),
        ("use x;", "x", False),
        ("SET a = 1", "", True),
        ("SELECT 1", "", False),
        ("USE", "", False),
    ],
)
def test_what_changes_the_session_is_told(sql: str, database: str, settles: bool) -> None:
    statement = parse_statement(sql)
    assert (statement.database, statement.settles) == (database, settles)


@pytest.mark.parametrize("sql", ["", " \n", "-- nothing", "/* nothing"])
def test_an_empty_query_is_an_error(sql: str) -> None:
    with pytest.raises(ServerError, match="Empty query"):
        parse_statement(sql)
