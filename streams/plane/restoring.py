"""Partitions are restored one by one, beside those that flow: each begins as soon as it is whole.

In the place of Faust's recovery, in which nothing flows in a worker before all of its partitions
are read back, record by record, and which reads what the worker itself has written as well. Here a
thread reads the changelog, from where the state of a partition ends: nothing at all for what stayed
with this worker through a rebalance. A partition that is not restored is not fetched from (`Gate`).

Knows parts, offsets and threads; neither Kafka nor Faust. What fails ends the process.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple, Protocol

from streams.plane.run import Record, TopicPartition
from streams.plane.store import Part, UnreadableChangelog, Verify
from streams.plane.table import RunTable


class Log(Protocol):
    """The changelog, to be read. Offsets are exclusive ends, and where to go on. `tail` hands over
    what lies in other topics behind an offset, where one is given, and returns all of their ends.
    """

    async def ends(self, partitions: Iterable[int]) -> Mapping[int, int]: ...

    async def seek(self, offsets: Mapping[int, int]) -> None: ...

    async def read(self, partition: int) -> tuple[Sequence[Record], int]: ...

    async def tail(
        self,
        places: Sequence[TopicPartition],
        since: Mapping[TopicPartition, int],
        take: Callable[[TopicPartition, Record], None],
    ) -> Mapping[TopicPartition, int]: ...

    async def close(self) -> None: ...


OpenLog = Callable[[], Awaitable[Log]]
Parts = Mapping[int, Part]


class Reading(NamedTuple):
    """How records are taken in: `verify` raises ValueError for one that this version cannot read;
    `prepare` makes of a part that is whole what its owner needs before it flows, aside from what
    flows. `listen` finds out what there is to know of one that was not this worker's until now, and
    leaves it with the part (`taken_over`)."""

    verify: Verify
    prepare: Callable[[Part], None]
    listen: Callable[[int, Part, Log], Awaitable[None]]


class Gate:
    """Which partitions are restored: only these are fetched from."""

    def __init__(self) -> None:
        self._open: set[int] = set()

    def open(self, partition: int) -> None:
        """The partition is whole."""
        self._open.add(partition)

    def shut(self) -> None:
        """Nothing is known to be whole any more: partitions move."""
        self._open.clear()

    def is_open(self, partition: int) -> bool:
        """Whether records of the partition may flow."""
        return partition in self._open


@dataclass(slots=True)
class Errand:
    """What one assignment asks for. `whole` is told of each partition once it is restored.

    `over`: the next rebalance has come, and nobody is told any more. `waiting` are the partitions
    not yet whole, `records` counts what was read.
    """

    whole: Callable[[int], None]
    waiting: set[int] = field(default_factory=set)
    records: int = 0
    over: bool = False


async def restore(errand: Errand, parts: Parts, log: Log, reading: Reading) -> None:
    """Bring every part up to the end that the changelog has now; those with the least to read
    first, since they flow while the others are read. Raises UnreadableChangelog, and what
    `prepare` and `listen` raise.
    """
    ends = await log.ends(parts)
    for partition, part in parts.items():
        if part.upto > ends[partition]:
            part.clear()
    behind = {n: ends[n] - part.upto for n, part in parts.items() if part.upto < ends[n]}
    for partition in parts.keys() - behind:
        reading.prepare(parts[partition])
        if parts[partition].taken_over is None:
            await reading.listen(partition, parts[partition], log)
        errand.whole(partition)
    if behind:
        await log.seek({partition: parts[partition].upto for partition in behind})
    for partition in sorted(behind, key=behind.__getitem__):
        part = parts[partition]
        while part.upto < ends[partition]:
            if errand.over:
                return
            errand.records += await _read_on(part, partition, log, reading.verify)
        reading.prepare(part)
        await reading.listen(partition, part, log)
        errand.whole(partition)


async def _read_on(part: Part, partition: int, log: Log, verify: Verify) -> int:
    records, upto = await log.read(partition)
    try:
        part.restore(records, upto, verify)
    except UnreadableChangelog as error:
        raise UnreadableChangelog(f"changelog, partition {partition}, {error}") from error
    return len(records)


@dataclass(slots=True)
class Door:
    """What the restorer is given: whom to tell that a partition is whole, and whom that it failed.
    Both are called in the loop of whoever began.
    """

    whole: Callable[[int], None]
    failed: Callable[[BaseException], None]


_THREAD: Final = "restorer"


class Restorer:
    """One errand at a time, each in a thread of its own: reading waits for no run, and no run for
    the broker's answer. All methods are called in the loop of the app.
    """

    def __init__(self, table: RunTable, open_log: OpenLog, reading: Reading, door: Door) -> None:
        self._table, self._open_log, self._reading = table, open_log, reading
        self._door = door
        self._errand: Errand | None = None
        self._thread: threading.Thread | None = None
        self._records = 0

    @property
    def waiting(self) -> int:
        """How many partitions are not whole yet."""
        return 0 if self._errand is None else len(self._errand.waiting)

    @property
    def records(self) -> int:
        """Records read back so far; only grows."""
        return self._records + (0 if self._errand is None else self._errand.records)

    def begin(self, partitions: Iterable[int]) -> None:
        """Restore these, and let go of all others once nothing is read into them any more."""
        self.leave()
        loop, wanted = asyncio.get_running_loop(), set(partitions)

        def whole(partition: int) -> None:
            loop.call_soon_threadsafe(self._whole, errand, partition)

        def failed(error: BaseException) -> None:
            loop.call_soon_threadsafe(self._failed, errand, error)

        errand = self._errand = Errand(whole, set(wanted))
        work = partial(self._work, errand, wanted, self._thread, failed)
        self._thread = threading.Thread(target=work, name=_THREAD, daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Partitions move, or the app ends: nobody is told of any partition any more."""
        if self._errand is not None:
            self._records += self._errand.records
            self._errand.over = True
            self._errand = None

    def _work(
        self,
        errand: Errand,
        wanted: set[int],
        before: threading.Thread | None,
        failed: Callable[[BaseException], None],
    ) -> None:
        """One errand after the other: two must not write into one part, nor close it."""
        if before is not None:
            before.join()
        try:
            asyncio.run(self._restore(errand, wanted))
        except Exception as error:
            failed(error)

    async def _restore(self, errand: Errand, wanted: set[int]) -> None:
        if errand.over:
            return
        parts = self._table.keep(wanted)
        log = await self._open_log()
        try:
            await restore(errand, parts, log, self._reading)
        finally:
            await log.close()

    def _failed(self, errand: Errand, error: BaseException) -> None:
        if not errand.over:
            self._door.failed(error)

    def _whole(self, errand: Errand, partition: int) -> None:
        if not errand.over:
            errand.waiting.discard(partition)
            self._door.whole(partition)
