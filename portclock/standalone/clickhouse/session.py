"""One client's connection to the engine, with what a server's session adds to it.

Settings that hold for one query, result headers, inserts from bytes. Knows no protocol.
"""

import json
import logging
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from portclock.standalone.clickhouse.bounds import Bounds
from portclock.standalone.clickhouse.column_types import Column
from portclock.standalone.clickhouse.engine import Connection, Engine, statement_class
from portclock.standalone.clickhouse.errors import (
    READONLY,
    SYNTAX_ERROR,
    ServerError,
)
from portclock.standalone.clickhouse.inserts import Insert
from portclock.standalone.clickhouse.settings import (
    Setting,
    known_settings,
    resetting,
    setting,
)
from portclock.standalone.clickhouse.spool import Spool
from portclock.standalone.clickhouse.statements import Statement
from portclock.standalone.clickhouse.tokens import quote_name, quote_text

_LOG = logging.getLogger(__name__)
_MARK = "log_comment"  # the one setting that every query of system.processes shows
_AS_BLOCKS = "input_format_skip_unknown_fields = 0, input_format_null_as_default = 0"
_BY_ONE_THREAD = "max_threads = 1, max_insert_threads = 1, max_parsing_threads = 1"
"""One block is one piece of work: to hand it round takes longer than to do it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a result in the format asked for, and what was read so far to make it."""

    data: bytes
    rows_read: int
    bytes_read: int


@dataclass(frozen=True, slots=True)
class SessionProfile:
    """What a session is opened with."""

    name: str
    """Marks its queries, so that `kill` finds them."""
    reader: bool = False
    """It can change nothing, and cannot change that."""
    database: str = ""
    insert_bytes_max: int = Bounds().insert_bytes_max


class Session:
    """Not for two threads at once; `close` it."""

    def __init__(self, engine: Engine, profile: SessionProfile) -> None:
        """Raises ServerError 81 when there is no such database."""
        self._engine = engine
        self.profile = profile
        self.database = profile.database or "default"
        self._settled = False
        self._connection = self._opened()

    def close(self) -> None:
        """Give the connection back; temporary tables go with it."""
        self._connection.close()

    @property
    def timezone(self) -> str:
        """The engine's."""
        return self._engine.timezone

    def use(self, database: str) -> None:
        """Take another database for unqualified names."""
        self.run(f"USE {quote_name(database)}")
        self.database = database

    def run(self, sql: str) -> None:
        """Execute; the result, if any, is thrown away."""
        self._connection.query(sql, "Null")

    def output(self, sql: str, format_name: str, params: Mapping[str, str] | None = None) -> bytes:
        """The whole result in a format; a FORMAT clause in the text comes first."""
        return bytes(self._connection.query(sql, format_name, params=params).bytes())

    def stream(
        self, sql: str, params: Mapping[str, str] | None = None
    ) -> Generator[Chunk, None, None]:
        """The result of a select in FORMAT Native, one block for each chunk."""
        parts = self._connection.send_query(sql, "Native", params=params)
        try:
            for part in parts:
                yield Chunk(
                    bytes(part.bytes()), part.storage_rows_read(), part.storage_bytes_read()
                )
        finally:
            parts.close()

    def spool(self) -> Spool:
        """Where the bytes of an insert wait."""
        return Spool(self._engine.inserts, self.profile.insert_bytes_max)

    def insert(self, insert: Insert, format_name: str, spool: Spool) -> int:
        """Insert the spooled bytes; returns the rows written. Raises when one is not.

        The bytes go in as a file: not with chdb's send_insert, which in 26.9 reports success and
        loses the rows when a constraint, the partition limit or a materialized view fails; and
        not inline in the query text, which ends at the first empty line.
        """
        return self._insert(insert.from_file(spool.path, format_name), spool)

    def insert_blocks(self, insert: Insert, spool: Spool) -> int:
        """The same for blocks of the native protocol, where a column too many and a null where
        none may be are errors, as on a server; the file format would pass over both."""
        return self._insert(
            insert.from_file(spool.path, "Native", f"{_AS_BLOCKS}, {_BY_ONE_THREAD}"), spool
        )

    def _insert(self, sql: str, spool: Spool) -> int:
        spool.check()
        return int(self._connection.query(sql, "Null").rows_written())

    def allow(self, statement: Statement, *, reading: bool = False) -> None:
        """Raise ServerError for several statements at once, and for a reader that would write.

        `reading` says that this request may only read, whoever sends it.
        """
        kind, count = statement_class(self._connection, statement.sql)
        if count > 1:
            raise ServerError(SYNTAX_ERROR, "Syntax error: Multi-statements are not allowed")
        writes = kind != "READ_ONLY" and not (statement.settles or statement.database)
        if (self.profile.reader or reading) and writes:
            raise ServerError(READONLY, "Cannot execute query in readonly mode")

    def allow_insert(self, *, reading: bool = False) -> None:
        """Raise ServerError for a reader."""
        if self.profile.reader or reading:
            raise ServerError(READONLY, "Cannot execute query in readonly mode")

    def note(self, statement: Statement) -> None:
        """Remember what an executed statement changed in the session."""
        self.database = statement.database or self.database
        self._settled |= statement.settles

    def describe(self, sql: str, params: Mapping[str, str] | None = None) -> list[Column]:
        """Names and types of a select's result, with time zones, which FORMAT Native drops."""
        described = self._rows(f"DESCRIBE ({sql}\n)", params)
        return [(name, type_name) for name, type_name, *_ in described]

    def header(self, sql: str, params: Mapping[str, str] | None = None) -> list[Column]:
        """Names and types of a result without rows, whatever the statement: it is run again."""
        told = json.loads(self.output(sql, "JSONCompact", params) or b'{"meta":[]}')
        return [(column["name"], column["type"]) for column in told["meta"]]

    def insert_header(self, insert: Insert) -> list[Column]:
        """The columns that the client is to send.

        To describe a table and choose takes a fifth of what a select of forty columns takes, which
        is asked only for what is no list of plain names.
        """
        described = self._rows(f"DESCRIBE TABLE {insert.table}")
        if insert.columns.strip() in ("", "*"):
            return [
                (name, type_name)
                for name, type_name, default, *_ in described
                if default not in ("MATERIALIZED", "ALIAS")
            ]
        types: dict[str, str] = {name: type_name for name, type_name, *_ in described}
        wanted = [name.strip() for name in insert.columns.split(",")]
        if types.keys() >= set(wanted):
            return [(name, types[name]) for name in wanted]
        return self.describe(f"SELECT {insert.columns} FROM {insert.table}")

    @contextmanager
    def applying(self, settings: Mapping[str, Setting]) -> Iterator[None]:
        """Settings for the queries inside `with`; afterwards they are as before.

        What cannot be taken back (`readonly`) costs the session its temporary tables and what
        was SET in it: it starts anew.
        """
        known = known_settings(settings, self._engine.settings - {_MARK})
        before = self._values(known) if known and self._settled else {}
        try:
            if known:
                self.run(setting(known))
            yield
        finally:
            if known and not self._undone(known, before):
                self._connection.close()
                self._connection = self._opened()

    def side(self) -> "Session":
        """Another session in the same database, for a question while this one is busy."""
        return Session(self._engine, replace(self.profile, database=self.database))

    def kill(self) -> None:
        """Stop what this session runs; to be called from another thread."""
        side = Session(self._engine, SessionProfile("kill"))
        try:
            side.run(
                f"KILL QUERY WHERE Settings['{_MARK}'] = {quote_text(self.profile.name)} ASYNC"
            )
        finally:
            side.close()

    def _opened(self) -> Connection:
        connection = self._engine.connect()
        try:
            connection.query(f"SET {_MARK} = {quote_text(self.profile.name)}", "Null")
            if self.profile.reader:
                connection.query("SET readonly = 2", "Null")
            if self.database != "default":
                connection.query(f"USE {quote_name(self.database)}", "Null")
        except BaseException:
            connection.close()
            raise
        return connection

    def _rows(self, sql: str, params: Mapping[str, str] | None = None) -> list[list[Any]]:
        rows: list[list[Any]] = json.loads(self.output(sql, "JSONCompact", params))["data"]
        return rows

    def _values(self, names: Iterable[str]) -> dict[str, str]:
        listed = ", ".join(map(quote_text, names))
        changed = f"SELECT name, value FROM system.settings WHERE changed AND name IN ({listed})"
        return {name: value for name, value in self._rows(changed)}

    def _undone(self, names: Iterable[str], before: Mapping[str, str]) -> bool:
        try:
            self.run(resetting(names, before))
        except Exception as error:
            _LOG.info(
                "session %s starts anew: its settings stay changed: %s", self.profile.name, error
            )
            return False
        return True
