"""Receipts that were given, kept so that the same input under the same key is taken once.

A table of SQLite in one file, bounded by age and by number. A key is what the sender calls the
input; without one, its receipt's id is. Knows nothing of what a receipt says.
"""

import sqlite3
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

KEPT: Final = timedelta(days=30)
KEPT_MAX: Final = 200_000
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS receipts (
    feed TEXT NOT NULL, key TEXT NOT NULL, input TEXT NOT NULL, given_s INTEGER NOT NULL,
    document BLOB NOT NULL, answer BLOB, PRIMARY KEY (feed, key)
) WITHOUT ROWID, STRICT;
CREATE INDEX IF NOT EXISTS receipts_by_age ON receipts (given_s);
"""
_KEEP: Final = """
INSERT OR REPLACE INTO receipts (feed, key, input, given_s, document, answer)
VALUES (?, ?, ?, ?, ?, ?)
"""
_FORGET: Final = """
DELETE FROM receipts WHERE given_s < :oldest OR given_s <= (
    SELECT given_s FROM receipts ORDER BY given_s DESC LIMIT 1 OFFSET :most
)
"""


_COLUMNS: Final = "SELECT 1 FROM pragma_table_info('receipts') WHERE name = 'answer'"


class Kept(NamedTuple):
    """One receipt: which input it is of (a receipt's id), what it says, and what its partner's own
    standard wants to hear of that input."""

    input: str
    document: Mapping[str, Any]
    answer: bytes | None = None


class Receipts:
    """One file of receipts; safe between threads."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._store = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._store.execute("PRAGMA journal_mode = WAL")
        self._store.executescript(_TABLE)
        if self._store.execute(_COLUMNS).fetchone() is None:  # a file from before there was one
            self._store.execute("ALTER TABLE receipts ADD COLUMN answer BLOB")

    def find(self, feed: str, key: str) -> Kept | None:
        """The receipt under a key."""
        asked = "SELECT input, document, answer FROM receipts WHERE feed = ? AND key = ?"
        with self._lock:
            row = self._store.execute(asked, (feed, key)).fetchone()
        return Kept(row[0], orjson.loads(row[1]), row[2]) if row else None

    def keep(self, feed: str, key: str, kept: Kept, given_at: datetime) -> None:
        """Keep one, and forget those that are too old or too many."""
        given_s = int(given_at.timestamp())
        document = orjson.dumps(dict(kept.document))
        row = (feed, key, kept.input, given_s, document, kept.answer)
        oldest = given_s - int(KEPT.total_seconds())
        with self._lock, self._store:
            self._store.execute(_KEEP, row)
            self._store.execute(_FORGET, {"oldest": oldest, "most": KEPT_MAX})

    def close(self) -> None:
        """Close the file."""
        self._store.close()
