"""The embedded engine of one data directory; the only importer of chdb.

One process can open one directory, and a directory can be opened by one process. Knows no client
and no protocol.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from portclock.standalone.clickhouse.rights import write_configuration

_MISSING = (
    "the embedded ClickHouse engine is not installed; run: pip install 'portclock[standalone]'"
)


class EngineUnavailable(Exception):
    """The engine cannot be had here; the message says what to do."""


class Connection(Protocol):
    """What we use of chdb's connection. Never `send_insert`: in chdb-core 26.9 it reports
    success and loses the rows when the insert fails after its data were parsed."""

    def query(self, sql: str, format: str, params: Mapping[str, str] | None = None) -> Any:
        """Run to the end and hold the result."""

    def send_query(self, sql: str, format: str, params: Mapping[str, str] | None = None) -> Any:
        """Run and hand out the result in parts."""

    def close(self) -> None:
        """Give it back."""


class Engine:
    """Opens the directory and hands out connections to it; keeps it open until `close`."""

    def __init__(self, path: Path) -> None:
        """Raises EngineUnavailable: not installed, or open in another process."""
        self.path = path.absolute()
        self._data = self.path / "data"
        self.inserts = self.path / "inserts"
        for folder in (self._data, self.inserts):
            folder.mkdir(parents=True, exist_ok=True)
        # A client takes what has no time zone for the server's; sessions are set to this one.
        self.timezone = "UTC"
        self._configuration = write_configuration(self.path)
        self._kept = self._opened()
        for left_over in self.inserts.iterdir():
            left_over.unlink()
        self.version = tuple(int(part) for part in self._cell("SELECT version()").split(".")[:3])
        self.settings = frozenset(self._cell("SELECT groupArray(name) FROM system.settings"))

    def connect(self) -> Connection:
        """A connection of its own: settings, database and temporary tables are not shared."""
        from chdb.state.sqlitelike import Connection as ChdbConnection

        connection: Connection = ChdbConnection(f"{self._data}?config-file={self._configuration}")
        return connection

    def close(self) -> None:
        """Let another process have the directory."""
        self._kept.close()

    def _opened(self) -> Connection:
        try:
            return self.connect()
        except ImportError as error:
            raise EngineUnavailable(_MISSING) from error
        except RuntimeError as error:
            raise EngineUnavailable(
                f"{self.path} cannot be opened ({error}); if another portclock uses it, stop that"
                " one or choose another directory with --path"
            ) from error

    def _cell(self, sql: str) -> Any:
        return json.loads(self._kept.query(sql, "JSONCompact").bytes())["data"][0][0]


def statement_class(connection: Connection, sql: str) -> tuple[str, int]:
    """What the engine's parser makes of a text: its class, and how many statements it holds.

    The class is READ_ONLY, MUTATING, MUTATING_GLOBAL, CONTROL or UNKNOWN (not parsed).
    """
    raw: Any = connection
    told = raw._conn.classify_query(sql)
    return str(told["query_class"].name), int(told["statement_count"])
