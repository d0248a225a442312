"""The books of the outbox: accounts, what is still to be written into the log, and upkeep."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from pydantic import BaseModel

from events.codec import encode
from serving.notify.ledger import Ledger

DAY_MS: Final = 24 * 3600 * 1000
OPEN_DAYS: Final = 365
"""After so many days more an incident is forgotten that nobody ever heard the end of."""


class Publication(NamedTuple):
    """A record that is to go to the log."""

    id: int
    topic: str
    key: str
    value: bytes


class Books:
    """What is written within the transactions of others, and asked by anybody."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def count(self, name: str, n: int) -> None:
        """So many more to an account."""
        if n:
            self._ledger.tell(
                "INSERT INTO accounts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + ?",
                *(name, n, n),
            )

    def accounts(self) -> Counter[str]:
        """What was ever taken in, and what became of it. `alerts` are `repeats`, `no-route` and
        `routed`; `errands` are `delivered`, `failed`, `held-back` and those still open."""
        return Counter(dict(self._ledger.ask("SELECT name, n FROM accounts")))

    def open_errands(self) -> int:
        """How many errands wait or are under way."""
        ((n,),) = self._ledger.ask("SELECT count(*) FROM errands")
        return int(n)

    def oldest_ms(self) -> int | None:
        """When the errand was due that has waited longest; None when there is none."""
        ((oldest,),) = self._ledger.ask("SELECT min(due_ms) FROM errands")
        return None if oldest is None else int(oldest)

    def publish(self, topic: str, key: str, fact: BaseModel) -> None:
        """Have a fact written into the log, after this transaction."""
        self._ledger.tell(
            "INSERT INTO publications (topic, key, value) VALUES (?, ?, ?)",
            *(topic, key, encode(fact)),
        )

    def publications(self, most: int) -> list[Publication]:
        """What is still to be written into the log, in order."""
        rows = self._ledger.ask(
            "SELECT id, topic, key, value FROM publications ORDER BY id LIMIT ?", most
        )
        return [Publication(*row) for row in rows]

    def unpublished(self) -> int:
        """How many records the log does not have yet."""
        ((n,),) = self._ledger.ask("SELECT count(*) FROM publications")
        return int(n)

    def published(self, publications: Sequence[Publication]) -> None:
        """The log has these."""
        with self._ledger.transaction():
            for one in publications:
                self._ledger.tell("DELETE FROM publications WHERE id = ?", one.id)

    def prune(self, now_ms: int, keep_days: int) -> None:
        """Forget what was settled long ago; open incidents and open errands are kept."""
        before_ms = now_ms - keep_days * DAY_MS
        settled = "DELETE FROM deliveries WHERE state != 'waiting' AND changed_ms < ?"
        over = "DELETE FROM incidents WHERE over = 1 AND changed_ms < ?"
        unended = "DELETE FROM incidents WHERE over = 0 AND changed_ms < ?"
        unknown = "incident NOT IN (SELECT incident FROM incidents)"
        with self._ledger.transaction():
            self._ledger.tell(settled, before_ms)
            self._ledger.tell(over, before_ms)
            self._ledger.tell(unended, before_ms - OPEN_DAYS * DAY_MS)
            for table in ("told", "acknowledged"):
                sql = f"DELETE FROM {table} WHERE changed_ms < ? AND {unknown}"
                self._ledger.tell(sql, before_ms)
            self._ledger.tell(f"DELETE FROM watches WHERE {unknown}")
            for table in ("suspensions", "suspended"):
                self._ledger.tell(f"DELETE FROM {table} WHERE since_ms < ?", before_ms)
