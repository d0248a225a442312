"""What one query of the native protocol asks for: rows in, rows out, or neither.

Leaves the end of the stream, and errors, to the connection.
"""

import socket
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from portclock.standalone.clickhouse.blocks import header_block, rows_of, split_blocks
from portclock.standalone.clickhouse.channel import Channel
from portclock.standalone.clickhouse.column_types import Column, UnknownType, layout_of
from portclock.standalone.clickhouse.errors import (
    NOT_FOUND_COLUMN_IN_BLOCK,
    QUERY_WAS_CANCELLED,
    ServerError,
    server_error,
)
from portclock.standalone.clickhouse.inserts import Insert, parse_insert
from portclock.standalone.clickhouse.packets import (
    WRITTEN_ROWS_SINCE,
    Progress,
    profile,
    progress,
)
from portclock.standalone.clickhouse.selects import Select
from portclock.standalone.clickhouse.session import Chunk, Session
from portclock.standalone.clickhouse.spool import Spool
from portclock.standalone.clickhouse.statements import (
    Statement,
    parse_statement,
    refuse_forbidden,
)
from portclock.standalone.clickhouse.watch import Watch


@dataclass(frozen=True, slots=True)
class NativeQuery:
    """One query of one client."""

    channel: Channel
    session: Session
    watch: Watch
    client: socket.socket

    def execute(self, sql: str) -> None:
        """Do it and send the answer. Raises what is to be told to the client instead."""
        insert = parse_insert(sql)
        if insert is None:
            self._statement(parse_statement(sql))
            return
        self.session.allow_insert()
        refuse_forbidden(sql[: insert.rows_at])
        with self.session.spool() as spool:
            written = self._insert(insert, sql, spool)
        if self.channel.revision >= WRITTEN_ROWS_SINCE:  # an older client takes it for an error
            self.channel.send(progress(Progress(written_rows=written), self.channel.revision))

    def _insert(self, insert: Insert, sql: str, spool: Spool) -> int:
        if insert.rows_at is None:
            return self._insert_from_client(insert, spool)
        if insert.format_name.lower() == "values":  # which may hold expressions
            refuse_forbidden(sql)
        spool.write(sql[insert.rows_at :].encode())
        return self.session.insert(insert, insert.format_name, spool)

    def _insert_from_client(self, insert: Insert, spool: Spool) -> int:
        """Tell the columns, take blocks up to an empty one, then insert all of them at once."""
        columns = self.session.insert_header(insert)
        for _, type_name in columns:
            _refuse_unknown(type_name)
        self.channel.send_block(header_block(columns))
        self.channel.flush()
        rows = 0
        complete = True
        while received := self.channel.read_block():
            if not received.block.rows:
                _check_complete(complete, columns)
                return self.session.insert_blocks(insert, spool) if rows else 0
            complete &= sorted(_names(received.block.columns)) == sorted(_names(columns))
            spool.write(received.block.data)
            rows += received.block.rows
        return 0  # cancelled

    def _statement(self, statement: Statement) -> None:
        self.session.allow(statement)
        with self.watch.over(self.client, self.session):
            try:
                self._run(statement)
            except Exception as error:
                cancelled = server_error(error).code == QUERY_WAS_CANCELLED
                if not (cancelled and self.channel.client_speaks):
                    raise
        self.session.note(statement)

    def _run(self, statement: Statement) -> None:
        if statement.streamed:
            self._send(Select(self.session, statement.sql).blocks())
            return
        result = self.session.output(statement.sql, "Native")
        if result:
            self._send(_small(result))
        elif statement.tabular:
            self.channel.send_block(header_block(self.session.header(statement.sql)))

    def _send(self, blocks: Generator[Chunk, None, None]) -> None:
        """Blocks, with progress between them; no further when the client cancels."""
        rows = count = size = 0
        told = Progress()
        with closing(blocks):
            for block in blocks:
                told = self._tell_progress(block, told)
                self.channel.send_block(block.data)
                self.channel.flush()
                if self.channel.client_speaks:
                    break
                rows, count, size = rows + rows_of(block.data), count + 1, size + len(block.data)
        self.channel.send(profile(rows, count, size))

    def _tell_progress(self, block: Chunk, told: Progress) -> Progress:
        now = Progress(block.rows_read, block.bytes_read)
        done = now.since(told)
        if done.rows <= 0:
            return told
        self.channel.send(progress(done, self.channel.revision))
        return now


def _small(result: bytes) -> Generator[Chunk, None, None]:
    for number, block in enumerate(split_blocks(result)):
        if number == 0:
            yield Chunk(header_block(block.columns), 0, 0)
        yield Chunk(block.data, 0, 0)


def _refuse_unknown(type_name: str) -> None:
    try:
        layout_of(type_name)
    except UnknownType as error:  # before any block was sent, so the connection can go on
        raise ServerError(error.code, error.message) from error


def _names(columns: Sequence[Column]) -> list[str]:
    return [name for name, _ in columns]


def _check_complete(complete: bool, columns: Sequence[Column]) -> None:
    """Told only after the last block, so that the connection can go on."""
    if not complete:
        due = ", ".join(_names(columns))
        raise ServerError(NOT_FOUND_COLUMN_IN_BLOCK, f"The blocks sent have not the columns {due}")
