"""Blocks of FORMAT Native: where they end, what their columns are, and other types for them.

Knows no socket and no engine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portclock.standalone.clickhouse.column_types import Column, skip_column
from portclock.standalone.clickhouse.wire import Reader, text, varint

BLOCK_INFO = b"\x01\x00\x02\xff\xff\xff\xff\x00"
"""No overflow row, no bucket: stands in front of a block on the wire."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block as it came."""

    rows: int
    columns: list[Column]
    data: bytes
    """FORMAT Native."""


def read_block(reader: Reader, name_bytes_max: int) -> Block:
    """The next block, without a block info. Raises UnknownType where it cannot be followed."""
    start = reader.position
    width, rows = reader.varint(), reader.varint()
    columns: list[Column] = []
    for _ in range(width):
        name, type_name = reader.text(name_bytes_max), reader.text(name_bytes_max)
        skip_column(reader, type_name, rows)
        columns.append((name, type_name))
    return Block(rows, columns, reader.since(start))


def skip_block_info(reader: Reader) -> None:
    """Pass over a block info: numbered fields, ended by a zero."""
    while field := reader.varint():
        reader.skip(1 if field == 1 else 4)


def split_blocks(data: bytes) -> Iterator[Block]:
    """All blocks of a small result."""
    reader = Reader.over(data)
    while reader.unread:
        yield read_block(reader, len(data))


def columns_of(data: bytes) -> list[Column]:
    """The columns of one block; raises UnknownType. The last one is not walked."""
    reader = Reader.over(data)
    width, rows = reader.varint(), reader.varint()
    columns: list[Column] = []
    for number in range(width):
        name, type_name = reader.text(len(data)), reader.text(len(data))
        if number < width - 1:
            skip_column(reader, type_name, rows)
        columns.append((name, type_name))
    return columns


def rows_of(data: bytes) -> int:
    """How many rows one block has."""
    reader = Reader.over(data[:32])
    reader.varint()
    return reader.varint()


def header_block(columns: Sequence[Column]) -> bytes:
    """A block without rows, which tells names and types."""
    named = (text(name) + text(type_name) for name, type_name in columns)
    return varint(len(columns)) + varint(0) + b"".join(named)


def retyped(data: bytes, columns: Sequence[Column]) -> bytes:
    """The same block with other type names; the layout stays."""
    reader = Reader.over(data)
    width, rows = reader.varint(), reader.varint()
    assert width == len(columns), "a block is retyped column by column"
    parts = [reader.since(0)]
    for _, type_name in columns:
        name, old = reader.text_bytes(len(data)), reader.text(len(data))
        start = reader.position
        skip_column(reader, old, rows)
        parts += [text(name), text(type_name), reader.since(start)]
    return b"".join(parts)
