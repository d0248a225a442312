"""What was announced (planned, estimated, ordered), kept so that it can be looked at.

A table of SQLite beside that of the receipts, bounded by age and by number. An announcement is
known by feed, document and place in it: said anew it is replaced, withdrawn it is not shown, in
whatever order the two come. Must never know a format, nor what a kind means.
"""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from events.dialects.decoded import Announcement
from portclock.intake.taking import Taken

KEPT: Final = timedelta(days=90)
"""After it was told; what is expected later than that is told again before."""
KEPT_MAX: Final = 500_000
SHOWN_MAX: Final = 10_000
BUSY_S: Final = 30.0
"""So long one process waits for another that is writing."""
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS announcements (
    feed TEXT NOT NULL, document TEXT NOT NULL, item TEXT NOT NULL, unit TEXT NOT NULL,
    kind TEXT NOT NULL, expected_s INTEGER, recorded_s INTEGER NOT NULL, told_s INTEGER NOT NULL,
    said BLOB NOT NULL, PRIMARY KEY (feed, document, item)
) WITHOUT ROWID, STRICT;
CREATE INDEX IF NOT EXISTS announcements_by_age ON announcements (told_s);
CREATE TABLE IF NOT EXISTS withdrawals (
    feed TEXT NOT NULL, document TEXT NOT NULL, unit TEXT NOT NULL, recorded_s INTEGER NOT NULL,
    told_s INTEGER NOT NULL, PRIMARY KEY (feed, document, unit)
) WITHOUT ROWID, STRICT;
CREATE INDEX IF NOT EXISTS withdrawals_by_age ON withdrawals (told_s);
"""
_TELL: Final = """
INSERT INTO announcements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (feed, document, item) DO UPDATE SET
    unit = excluded.unit, kind = excluded.kind, expected_s = excluded.expected_s,
    recorded_s = excluded.recorded_s, told_s = excluded.told_s, said = excluded.said
WHERE excluded.recorded_s >= announcements.recorded_s
"""
_WITHDRAW: Final = """
INSERT INTO withdrawals VALUES (?, ?, ?, ?, ?)
ON CONFLICT (feed, document, unit) DO UPDATE SET
    recorded_s = max(excluded.recorded_s, withdrawals.recorded_s), told_s = excluded.told_s
"""
_FORGET: Final = """
DELETE FROM {table} WHERE told_s < :oldest OR told_s <= (
    SELECT told_s FROM {table} ORDER BY told_s DESC LIMIT 1 OFFSET :most
)
"""
_FIND: Final = """
SELECT feed, told_s, said FROM announcements AS a
WHERE (:feed = '' OR feed = :feed) AND (:unit = '' OR unit = :unit)
    AND (:kind = '' OR kind = :kind)
    AND (:since_s IS NULL OR expected_s >= :since_s)
    AND (:until_s IS NULL OR expected_s < :until_s)
    AND NOT EXISTS (
        SELECT 1 FROM withdrawals AS w
        WHERE w.feed = a.feed AND w.document = a.document AND w.unit IN ('', a.unit)
            AND w.recorded_s >= a.recorded_s
    )
ORDER BY expected_s IS NULL, expected_s, feed, document, item LIMIT :shown
"""


class Wanted(NamedTuple):
    """Which announcements: of this feed, unit and kind, expected from `since` until before `until`.
    An empty text and None are all of them; what has no time is expected in no span."""

    feed: str = ""
    unit: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Announced:
    """One file of announcements; safe between threads and processes. Made when one is kept."""

    def __init__(self, file: Path) -> None:
        self._file, self._lock = file, threading.Lock()
        self._store: sqlite3.Connection | None = None

    def keep(self, taken: Taken) -> None:
        """Keep what an input announced, and forget what is too old or too much."""
        if not taken.announcements:
            return
        feed, told_s = taken.receipt.feed, int(taken.receipt.received_at.timestamp())
        oldest = told_s - int(KEPT.total_seconds())
        with self._lock, self._opened() as store:
            store.executemany(_WITHDRAW, _withdrawals(feed, taken.announcements, told_s))
            store.executemany(_TELL, _rows(feed, taken.announcements, told_s))
            for table in ("announcements", "withdrawals"):
                bounds = {"oldest": oldest, "most": KEPT_MAX}
                store.execute(_FORGET.format(table=table), bounds)

    def find(self, wanted: Wanted, shown: int = SHOWN_MAX) -> list[dict[str, Any]]:
        """What was announced and not withdrawn, by when it is expected, what has no time last; each
        as a JSON object with its feed. None where nothing was ever kept."""
        if self._store is None and not self._file.exists():
            return []
        spans = {"since_s": _second(wanted.since), "until_s": _second(wanted.until)}
        asked = {**wanted._asdict(), **spans, "shown": shown}
        asked.pop("since"), asked.pop("until")
        with self._lock:
            rows = self._opened().execute(_FIND, asked).fetchall()
        return [{"feed": feed, **orjson.loads(said)} for feed, _, said in rows]

    def close(self) -> None:
        """Close the file."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _opened(self) -> sqlite3.Connection:
        if self._store is None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._store = sqlite3.connect(self._file, BUSY_S, check_same_thread=False)
            self._store.execute("PRAGMA journal_mode = WAL")
            self._store.executescript(_TABLES)
        return self._store


def _withdrawals(feed: str, told: Iterable[Announcement], told_s: int) -> Iterator[tuple[Any, ...]]:
    """What is taken back, and what another document takes the place of."""
    for one in told:
        document = one.document if one.withdrawn else one.replaces
        if document:
            recorded_s = _second(one.recorded_at) or told_s
            yield feed, document, one.unit or "", recorded_s, told_s


def _rows(feed: str, told: Iterable[Announcement], told_s: int) -> Iterator[tuple[Any, ...]]:
    """The rest. Several of one document about the same, without a number, are counted apart."""
    before: Counter[tuple[str, str]] = Counter()
    for one in told:
        if one.withdrawn:
            continue
        same = f"{one.unit or ''}/{one.kind or one.announced}"
        before[one.document, same] += 1
        item = f"{same}/{before[one.document, same]}"
        recorded_s = _second(one.recorded_at) or told_s
        expected_s = _second(one.expected_at)
        row = (feed, one.document, item, one.unit or "", one.kind or "", expected_s)
        yield *row, recorded_s, told_s, one.data()


def _second(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())
