"""Tables that a client sends along with one query; gone when the query is over."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from portclock.standalone.clickhouse.blocks import Block
from portclock.standalone.clickhouse.bounds import Bounds
from portclock.standalone.clickhouse.channel import Channel, NamedBlock
from portclock.standalone.clickhouse.errors import TOO_LARGE_SIZE, BrokenStream
from portclock.standalone.clickhouse.inserts import Insert
from portclock.standalone.clickhouse.session import Session
from portclock.standalone.clickhouse.tokens import quote_name


def read_external_tables(channel: Channel, bounds: Bounds) -> list[NamedBlock]:
    """The blocks behind every query, up to the empty one; most clients send none."""
    tables: list[NamedBlock] = []
    size = 0
    while (received := channel.read_block()) and received.block.columns:
        size += len(received.block.data)
        if size > bounds.insert_bytes_max:
            raise BrokenStream(TOO_LARGE_SIZE, "the external tables of one query are too large")
        tables.append(received)
    return tables


@contextmanager
def external_tables(session: Session, tables: Sequence[NamedBlock]) -> Iterator[None]:
    """The tables are there as long as `with` lasts."""
    names = {table.table for table in tables}
    try:
        for table in tables:
            _create(session, table.table, table.block)
        yield
    finally:
        for name in names:
            session.run(f"DROP TEMPORARY TABLE IF EXISTS {quote_name(name)}")


def _create(session: Session, name: str, block: Block) -> None:
    columns = ", ".join(f"{quote_name(column)} {kind}" for column, kind in block.columns)
    session.run(f"CREATE TEMPORARY TABLE IF NOT EXISTS {quote_name(name)} ({columns})")
    if block.rows:
        with session.spool() as spool:
            spool.write(block.data)
            session.insert_blocks(Insert(quote_name(name), "", "", "", None), spool)
