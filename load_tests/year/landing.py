"""A chunk told, judged and stored: as the worker judges and as the writer stores, without Kafka.

Each process has a connection of its own. The same chunk stores the same rows under the same token,
so a run that was cut off goes on where it was.
"""

import multiprocessing
from collections.abc import Iterable, Iterator
from datetime import datetime
from time import perf_counter
from typing import Final, NamedTuple

from load_tests.year.ports import Chunk
from load_tests.year.visits import messages
from sinks.accepted import plain_record
from sinks.clickhouse import ClickHouseStore
from sinks.compiled import outcome_row
from sinks.settings import ClickHouseAddress
from sinks.tables import DWELLS, EVENTS, Row
from timing.judge import judge
from timing.limits import PUBLISHED, load_register
from timing.patience import Patience
from timing.rules import Rules

VERSION: Final = 1
"""Of every row: nothing is told twice here."""


class Landed(NamedTuple):
    """What a chunk came to, and what each part of it took in seconds."""

    visits: int = 0
    events: int = 0
    outcomes: int = 0
    told_s: float = 0.0
    judged_s: float = 0.0
    stored_s: float = 0.0

    def plus(self, other: "Landed") -> "Landed":
        """Both together."""
        return Landed(*(one + two for one, two in zip(self, other, strict=True)))  # type: ignore[arg-type]


class Lander:
    """What one process needs for all its chunks."""

    def __init__(self, address: ClickHouseAddress, seed: int, now: datetime) -> None:
        self._store, self._seed, self._now = ClickHouseStore(address), seed, now
        self._rules = Rules(load_register(PUBLISHED), Patience())

    def land(self, chunk: Chunk) -> Landed:
        """Tell, judge, store."""
        began = perf_counter()
        visits = list(messages(chunk, self._seed))
        told = perf_counter()
        lines = [line for visit in visits for line in visit]
        written = judge(lines, self._rules, self._now).written
        judged = perf_counter()
        self._insert(chunk, lines, written)
        stored = perf_counter()
        took = told - began, judged - told, stored - judged
        return Landed(len(visits), len(lines), len(written), *took)

    def close(self) -> None:
        """Let go of the connection."""
        self._store.close()

    def _insert(self, chunk: Chunk, lines: list[bytes], written: list[bytes]) -> None:
        token = f"year:{self._seed}:{chunk.port.code}:{chunk.period.name}:{chunk.first}"
        events = [_present(plain_record(line, None, VERSION)) for line in lines]
        outcomes = [_present(outcome_row(value, VERSION)) for value in written]
        self._store.insert(EVENTS, events, f"{token}:events")
        self._store.insert(DWELLS, outcomes, f"{token}:dwells")


_lander: Lander | None = None
"""Of this process, once it has begun."""


def landed(
    chunks: Iterable[Chunk],
    address: ClickHouseAddress,
    told: tuple[int, datetime],
    processes: int,
) -> Iterator[Landed]:
    """Land all chunks in so many processes. `told` is the seed, and as of when all is judged."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, _begin, (address, *told)) as pool:
        yield from pool.imap_unordered(_one, chunks)


def _begin(address: ClickHouseAddress, seed: int, now: datetime) -> None:
    global _lander
    _lander = Lander(address, seed, now)


def _one(chunk: Chunk) -> Landed:
    assert _lander is not None, "the process has begun"
    return _lander.land(chunk)


def _present(row: Row | None) -> Row:
    assert row is not None, "everything here is plain"
    return row
