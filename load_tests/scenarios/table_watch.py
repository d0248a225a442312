"""Asks the tables again and again whether outcomes that were published can be seen there.

A question names the keys that are waited for, so it reads few granules however large the table is.
Knows ClickHouse through `sinks`; must never know how rows come there.
"""

import asyncio
from collections.abc import Iterator
from time import monotonic
from typing import Final, Protocol

from load_tests.scenarios.latencies import Latency
from load_tests.scenarios.sightings import Published
from sinks.rows import version_of
from sinks.store import Parameters
from sinks.tables import Row

EVERY_S: Final = 0.05
WAITING_MAX: Final = 150
"""So many rows are waited for at once; of others it is not asked."""
_SEEN: Final = (
    "SELECT port, stage, visit_id, occurrence, limit_id, max(version) FROM stage_dwells "
    "WHERE (port, stage, visit_id) IN %(keys)s GROUP BY port, stage, visit_id, occurrence, limit_id"
)
Key = tuple[str, str, str, int, str]
"""Port, stage, visit, occurrence and limit of an outcome."""


class Asked(Protocol):
    """The tables, as far as they are asked."""

    def fetch(self, sql: str, parameters: Parameters | None = None) -> Iterator[Row]: ...

    def close(self) -> None: ...


class TableWatch:
    """`row`: from an event to the row of its outcome, as a question finds it."""

    def __init__(self, store: Asked, era: int) -> None:
        self._store, self._era = store, era
        self._waiting: dict[Key, tuple[int, float]] = {}
        self.row = Latency()

    def wait_for(self, outcome: Published) -> None:
        """An outcome was published; unless too many are waited for, or an earlier one of it is."""
        said = outcome.said
        limit_id = said["limit"]["id"] if said["limit"] else ""
        key = said["port"], said["stage"], said["visit_id"], said["occurrence"], limit_id
        if len(self._waiting) < WAITING_MAX and key not in self._waiting:
            self._waiting[key] = version_of(outcome.offset, self._era), outcome.cause_at

    @property
    def waiting(self) -> int:
        """How many rows are waited for."""
        return len(self._waiting)

    async def run(self, stop: asyncio.Event) -> None:
        """Ask until told to stop; then let go of the tables."""
        while not stop.is_set():
            await asyncio.sleep(EVERY_S)
            if self._waiting:
                versions = await asyncio.to_thread(self._ask, {key[:3] for key in self._waiting})
                self._note(versions, monotonic())
        self._store.close()

    def give_up(self) -> None:
        """What is still waited for was not seen."""
        self.row.unseen += len(self._waiting)
        self._waiting.clear()

    def _ask(self, keys: set[tuple[str, str, str]]) -> dict[Key, int]:
        rows = self._store.fetch(_SEEN, {"keys": tuple(keys)})
        return {(port, stage, visit, time, limit): int(version)
                for port, stage, visit, time, limit, version in rows}  # fmt: skip

    def _note(self, versions: dict[Key, int], now: float) -> None:
        for key in versions.keys() & self._waiting.keys():
            wanted, cause_at = self._waiting[key]
            if versions[key] >= wanted:
                del self._waiting[key]
                self.row.note(now - cause_at)
