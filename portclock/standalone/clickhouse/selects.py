"""The blocks of a select's result, with the types a client of the protocols expects.

FORMAT Native says `DateTime` for `DateTime('Asia/Shanghai')` and says nothing at all for an
empty result; both are made good here. Knows no client.
"""

import re
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

from portclock.standalone.clickhouse.blocks import columns_of, header_block, retyped
from portclock.standalone.clickhouse.column_types import Column, UnknownType
from portclock.standalone.clickhouse.session import Chunk, Session

_BARE_DATETIME = re.compile(r"\bDateTime\b(?!\()")


class _NotDescribed(Exception):
    """The side session does not see what the query sees."""


@dataclass(frozen=True, slots=True)
class Select:
    """One query for a result in blocks."""

    session: Session
    sql: str
    params: Mapping[str, str] = field(default_factory=dict)

    def blocks(self) -> Generator[Chunk, None, None]:
        """A block without rows first, which tells the columns; then those with rows."""
        try:
            yield from self._blocks(None)
        except _NotDescribed:  # raised before the first block: so begin again
            yield from self._blocks(self.session.describe(self.sql, self.params))

    def _blocks(self, described: list[Column] | None) -> Generator[Chunk, None, None]:
        columns: list[Column] | None = None
        typed = False
        with closing(self.session.stream(self.sql, self.params)) as chunks:
            for chunk in chunks:
                if columns is None:
                    columns, typed = self._columns(chunk.data, described)
                    yield Chunk(header_block(columns), 0, 0)
                data = retyped(chunk.data, columns) if typed else chunk.data
                yield Chunk(data, chunk.rows_read, chunk.bytes_read)
        if columns is None:
            yield Chunk(header_block(self._columns_of_nothing()), 0, 0)

    def _columns(self, first: bytes, described: list[Column] | None) -> tuple[list[Column], bool]:
        """The columns, and whether the blocks have to be given their types."""
        try:
            columns = columns_of(first)
        except UnknownType:  # such as aggregate states: passed on, but not to be walked
            return described or self._described(), False
        if not any(_BARE_DATETIME.search(type_name) for _, type_name in columns):
            return columns, False
        described = described or self._described()
        typed = described != columns and len(described) == len(columns)
        return (described, True) if typed else (columns, False)

    def _described(self) -> list[Column]:
        """Asked in a side session, as this one is busy; it sees no temporary tables."""
        try:
            with closing(self.session.side()) as side:
                return side.describe(self.sql, self.params)
        except Exception as error:
            raise _NotDescribed from error

    def _columns_of_nothing(self) -> list[Column]:
        try:
            return self.session.describe(self.sql, self.params)
        except Exception:  # it has run without an error and without rows, so run it again
            return self.session.header(self.sql, self.params)
