"""The outbox's file: one SQLite database, one connection, one writer at a time.

Knows tables and transactions; never what an errand means. A transaction that was committed is on
the disk (`synchronous=FULL`), so a process that is killed goes on from its last one.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from threading import RLock
from typing import Any, Final

VERSION: Final = 1
BUSY_S: Final = 10.0

_SCHEMA: Final = """
CREATE TABLE places (topic TEXT, partition INTEGER, era INTEGER NOT NULL, next INTEGER NOT NULL,
    PRIMARY KEY (topic, partition)) WITHOUT ROWID;
CREATE TABLE incidents (incident TEXT PRIMARY KEY, body BLOB NOT NULL, over INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE acknowledged (incident TEXT PRIMARY KEY, by TEXT NOT NULL,
    changed_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE watches (incident TEXT, route TEXT, port TEXT NOT NULL, stage TEXT NOT NULL,
    since_ms INTEGER NOT NULL, PRIMARY KEY (incident, route)) WITHOUT ROWID;
CREATE TABLE suspensions (port TEXT, cause_id TEXT, since_ms INTEGER NOT NULL,
    PRIMARY KEY (port, cause_id)) WITHOUT ROWID;
CREATE TABLE suspended (port TEXT, stage TEXT, cause_id TEXT NOT NULL, since_ms INTEGER NOT NULL,
    PRIMARY KEY (port, stage)) WITHOUT ROWID;
CREATE TABLE errands (id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL,
    incident TEXT NOT NULL, due_ms INTEGER NOT NULL, noticed_ms INTEGER NOT NULL,
    delivery TEXT, body BLOB NOT NULL);
CREATE INDEX errands_of_channel ON errands (channel, delivery, id);
CREATE INDEX errands_of_delivery ON errands (delivery);
CREATE INDEX errands_of_incident ON errands (incident);
CREATE TABLE told (channel TEXT, incident TEXT, state TEXT NOT NULL, changed_ms INTEGER NOT NULL,
    PRIMARY KEY (channel, incident)) WITHOUT ROWID;
CREATE TABLE deliveries (id TEXT PRIMARY KEY, channel TEXT NOT NULL, state TEXT NOT NULL,
    next_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX deliveries_of_channel ON deliveries (channel, state, next_ms);
CREATE TABLE publications (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL,
    key TEXT NOT NULL, value BLOB NOT NULL);
CREATE TABLE accounts (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
"""


class LedgerError(Exception):
    """The file cannot be used; one sentence says why and what to do."""


class Ledger:
    """A connection that any thread may use, one at a time."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. Raises LedgerError when another process has it, or it is newer."""
        self._lock = RLock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._held = path.with_name(path.name + ".lock").open("w")
        try:
            flock(self._held, LOCK_EX | LOCK_NB)
        except OSError:
            self._held.close()
            raise LedgerError(
                f"another notifier has {path}; run one for each outbox, "
                "or name another with PORTCLOCK_NOTIFY_OUTBOX"
            ) from None
        path.touch(mode=0o600)  # It tells what stands where; SQLite's own files follow it.
        self._connection = sqlite3.connect(
            path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(path)
        except BaseException:
            self.close()
            raise

    def _prepare(self, path: Path) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise LedgerError(f"{path} was made by a newer portclock; use that one")
        if version == 0:
            self._connection.executescript(
                f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;"
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside, or none of it."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of a question."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def tell(self, sql: str, *values: Any) -> int:
        """Run one statement; the number of rows that it changed."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._connection.close()
            self._held.close()
