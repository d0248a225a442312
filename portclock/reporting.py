"""What the reports ask of the tables, answered: the wiring of the two wings at the door."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from reports.tables import Parameters, Row, Tables, TablesUnavailable
from sinks.clickhouse import ClickHouseStore
from sinks.publishing import PublishingStore
from sinks.settings import ClickHouseAddress
from sinks.store import StoreRefused, StoreUnavailable


class ReportTables:
    """The tables of one ClickHouse, on one connection; what a store raises becomes one sentence."""

    def __init__(self, store: PublishingStore) -> None:
        self._store = store

    def rows(self, sql: str, parameters: Parameters | None = None) -> Iterator[Row]:
        """See Tables.rows."""
        with _said():
            yield from self._store.rows(sql, parameters)

    def run(self, sql: str, parameters: Parameters | None = None) -> None:
        """See Tables.run."""
        with _said():
            self._store.run(sql, parameters)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row], token: str) -> None:
        """See Tables.insert."""
        with _said():
            self._store.insert(table, columns, rows, token)


@contextmanager
def report_tables(address: ClickHouseAddress) -> Iterator[Tables]:
    """Tables to report from and to publish into, for as long as they are needed."""
    store = PublishingStore(ClickHouseStore(address))
    try:
        yield ReportTables(store)
    finally:
        store.close()


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except (StoreUnavailable, StoreRefused) as error:
        raise TablesUnavailable(str(error)) from error
