"""Inserts whose rows are not SQL: they follow in the text, or the client sends them.

Reads the statement up to its rows and no further: they may be binary, and long.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portclock.standalone.clickhouse.errors import ACCESS_DENIED, ServerError
from portclock.standalone.clickhouse.tokens import Token, TokenKind, quote_name, tokens

_NO_ROWS = re.compile(r"\s*;?\s*\Z")
_ROWS_START = re.compile(r"[ \t\r]*\n?")


@dataclass(frozen=True, slots=True)
class Insert:
    """`INSERT INTO target (columns) SETTINGS ... FORMAT name`, and where its rows start."""

    table: str
    """Quoted, with its database if one is named."""
    columns: str
    """As written inside the brackets; empty when there are none."""
    settings: str
    """`name = value, ...` as written, or empty."""
    format_name: str
    """Empty when the statement names none."""
    rows_at: int | None
    """Where in the text the rows start; None when the text has none."""

    def from_file(self, path: str, format_name: str, settings: str = "") -> str:
        """The same insert, its rows taken from a file of this process, with more settings."""
        columns = f" ({self.columns})" if self.columns else ""
        together = ", ".join(part for part in (self.settings, settings) if part)
        clause = f" SETTINGS {together}" if together else ""
        source = f" FROM INFILE '{path}'{clause} FORMAT {format_name}"
        return f"INSERT INTO {self.table}{columns}{source}"


class _OtherStatement(Exception):
    """The tokens went another way."""


class _Line:
    """Tokens one after the other; the next one is read only when it is asked for."""

    def __init__(self, sql: str) -> None:
        self._rest: Iterator[Token] = tokens(sql)
        self._end = Token(TokenKind.OTHER, "", len(sql), len(sql))
        self._next: Token | None = None

    @property
    def next(self) -> Token:
        if self._next is None:
            self._next = next(self._rest, self._end)
        return self._next

    @property
    def ended(self) -> bool:
        return self.next is self._end or self.next.sign(";")

    def take(self) -> Token:
        taken, self._next = self.next, None
        return taken

    def take_keyword(self, *words: str) -> Token | None:
        return self.take() if self.next.keyword(*words) else None

    def take_sign(self, sign: str) -> Token | None:
        return self.take() if self.next.sign(sign) else None

    def take_name(self) -> Token:
        return self.take_if(self.next.name)

    def take_if(self, expected: bool) -> Token:
        if not expected or self.next is self._end:
            raise _OtherStatement
        return self.take()


def parse_insert(sql: str) -> Insert | None:
    """An insert that takes rows; None for any other statement, `INSERT ... SELECT` included."""
    try:
        return _insert(sql, _Line(sql))
    except _OtherStatement:
        return None


def _insert(sql: str, line: _Line) -> Insert:
    line.take_if(line.next.keyword("INSERT"))
    line.take_keyword("INTO")
    line.take_keyword("TABLE")
    table = _table(line)
    columns = _columns(sql, line)
    settings = _settings(sql, line)
    if values := line.take_keyword("VALUES"):
        return Insert(table, columns, settings, "Values", _values_at(sql, values.end))
    if line.take_keyword("FORMAT"):
        name = line.take_name()
        return Insert(table, columns, settings, name.value, _rows_at(sql, name.end))
    if not line.ended:
        raise _OtherStatement
    return Insert(table, columns, settings, "", None)


def _table(line: _Line) -> str:
    if line.next.keyword("FUNCTION"):
        raise ServerError(ACCESS_DENIED, "INSERT INTO FUNCTION is refused: rows go into tables")
    parts = [line.take_name()]
    while line.take_sign("."):
        parts.append(line.take_name())
    return ".".join(quote_name(part.value) for part in parts)


def _columns(sql: str, line: _Line) -> str:
    opening = line.take_sign("(")
    if not opening:
        return ""
    if line.next.keyword("SELECT", "WITH"):
        raise _OtherStatement
    depth = 1
    while depth:
        token = line.take_if(True)
        depth += token.sign("(") - token.sign(")")
    return sql[opening.end : token.start]


def _settings(sql: str, line: _Line) -> str:
    """`SETTINGS name = value, ...`, up to the word that cannot be a part of it."""
    if not line.take_keyword("SETTINGS"):
        return ""
    start = end = line.next.start
    while not (line.ended or line.next.keyword("VALUES", "FORMAT", "SELECT", "WITH", "FROM")):
        end = line.take().end
    return sql[start:end]


def _values_at(sql: str, end: int) -> int | None:
    """Behind VALUES, comments are no rows."""
    first = next(tokens(sql, end), None)
    return None if first is None or first.sign(";") else first.start


def _rows_at(sql: str, end: int) -> int | None:
    """Behind FORMAT and the end of its line, every byte belongs to the rows."""
    if _NO_ROWS.match(sql, end):
        return None
    start = _ROWS_START.match(sql, end)
    return start.end() if start else end
