"""What the writer and the reader want of a store, and the ways it can fail them.

Two implementations keep this contract: `sinks.clickhouse` and `sinks.memory`; one suite of tests
runs on both. Must never know either of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sinks.tables import Row, Table

Parameters = Mapping[str, Any]


class StoreUnavailable(Exception):
    """The store cannot answer now; the same call may succeed later."""


class StoreRefused(Exception):
    """The store understood and said no; the same call will be refused again."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question to one table, said twice: in SQL, and plainly over its latest rows.

    `sql` names its parameters `%(name)s`; they are bound by the client, never formatted in.
    `plainly` gets the latest rows, as the table's shape and in key order, and the parameters.
    """

    table: Table
    sql: str
    plainly: Callable[[Iterable[Any], Parameters], Iterable[Row]]


class Store(Protocol):
    """Where rows land. Each call may raise StoreUnavailable or StoreRefused."""

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        """Return once the rows are stored. The same token again stores nothing more.

        When it raises StoreUnavailable the rows may or may not be stored: call again, same token.
        """
        ...

    def ask(self, question: Question, parameters: Parameters) -> Iterator[Row]:
        """Answer a question from the rows that stand."""
        ...

    def close(self) -> None:
        """Let go of connections; calling twice is harmless."""
        ...
