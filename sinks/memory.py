"""The store's contract on dictionaries: for tests, `--dry-run` and `portclock` without a store.

Keeps ClickHouse's meaning: of equal keys the greatest version stands (of equal versions the last),
a withdrawn row is not shown, an insert with a known token does nothing. Memory grows with the
number of keys, not with the number of inserts.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence

from sinks.store import Parameters, Question, StoreRefused
from sinks.tables import TABLES, Row, Table

TOKENS_MAX = 10_000
"""How many tokens a table remembers, as the tables' deduplication window has it."""


class MemoryStore:
    """A store that is gone when its process is."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[Row, Row]] = {table.name: {} for table in TABLES}
        self._tokens: dict[str, OrderedDict[str, None]] = {
            table.name: OrderedDict() for table in TABLES
        }
        self.inserted_rows = 0

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        """See Store.insert."""
        if table.name not in self._rows:
            raise StoreRefused(f"there is no table {table.name}")
        for row in rows:
            if len(row) != len(table.columns):
                raise StoreRefused(f"{table.name} has {len(table.columns)} columns, not {len(row)}")
        if token in self._tokens[table.name]:
            return
        for row in rows:
            self._replace(table, row)
        self._remember(table, token)
        self.inserted_rows += len(rows)

    def ask(self, question: Question, parameters: Parameters) -> Iterator[Row]:
        """See Store.ask."""
        yield from map(tuple, question.plainly(self._latest(question.table), parameters))

    def close(self) -> None:
        """Nothing is held."""

    def _replace(self, table: Table, row: Row) -> None:
        key = tuple(row[table.place(column)] for column in table.key)
        version = table.place("version")
        standing = self._rows[table.name].get(key)
        if standing is None or row[version] >= standing[version]:
            self._rows[table.name][key] = row

    def _remember(self, table: Table, token: str) -> None:
        tokens = self._tokens[table.name]
        tokens[token] = None
        if len(tokens) > TOKENS_MAX:
            tokens.popitem(last=False)

    def _latest(self, table: Table) -> Iterator[Row]:
        rows = self._rows[table.name]
        withdrawn = table.place(table.withdrawn) if table.withdrawn else None
        for key in sorted(rows):
            if withdrawn is None or not rows[key][withdrawn]:
                yield table.shape(rows[key])
