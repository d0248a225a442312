"""What this wing asks of a store, as a protocol: the door connects it to the tables (`sinks`).

Knows that answers are rows and that an insert has a token; must never know a driver, an address or
the name of a database.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

Row = tuple[Any, ...]
Parameters = Mapping[str, Any]


class TablesUnavailable(Exception):
    """The tables cannot answer now, or said no; one sentence says why."""


class Tables(Protocol):
    """Tables that hold facts and what was published of them. `%(name)s` in a text stands for a
    parameter, `%%` for a per cent sign. Each call may raise TablesUnavailable.
    """

    def rows(self, sql: str, parameters: Parameters | None = None) -> Iterator[Row]:
        """The rows of an answer, as a stream: memory does not grow with it. Read one answer to its
        end before asking the next."""
        ...

    def run(self, sql: str, parameters: Parameters | None = None) -> None:
        """A statement without an answer, such as INSERT ... SELECT; done when this returns."""
        ...

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row], token: str) -> None:
        """Return once the rows are stored. The same token again stores nothing more."""
        ...
