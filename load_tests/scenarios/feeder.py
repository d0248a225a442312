"""Messages into the topics at any rate: in batches, acknowledged, with the ticks between.

Knows aiokafka; must never know where a message comes from.
"""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2

from events.codec import encode
from events.topics import COPY_OF, EVENT_TOPICS, PARTITIONS, TICKS
from load_tests.scenarios.wheel import Told
from portclock.replay import tick_at

BATCH_BYTES: Final = 512 * 1024
REQUEST_BYTES: Final = 4 * 1024 * 1024
CHUNK: Final = 4_000
_ROUNDING: Final = 1e-6
"""What sums of fractions may lack of a whole message."""
_COPY: Final = [(COPY_OF, b"replay")]
Place = tuple[str, int]


class Feeder:
    """Use it with `async with`. `reached_s`: the time of the last message sent, epoch seconds of
    the traffic; `beats`: time of each tick with the clock's reading when it was sent."""

    def __init__(self, address: str) -> None:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=address,
            acks="all",
            max_batch_size=BATCH_BYTES,
            max_request_size=REQUEST_BYTES,
        )
        self._waiting: list[tuple[Place, int, Any]] = []
        self._reached: dict[str, dict[int, int]] = {topic.name: {} for topic in EVENT_TOPICS}
        self.sent = 0
        self.reached_s = 0
        self.beats: list[tuple[int, float]] = []

    async def __aenter__(self) -> Self:
        await self._producer.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._producer.stop()

    async def send(self, messages: Iterable[Told]) -> int:
        """Hand them to the producer, in order in each partition; how many there were."""
        groups: dict[Place, list[Told]] = {}
        count = 0
        for message in messages:
            at = message.partition if message.partition is not None else partition_of(message.key)
            groups.setdefault((message.topic, at), []).append(message)
            self.reached_s = max(self.reached_s, message.due_s)
            count += 1
        for place, group in groups.items():
            await self._post(place, group)
        self.sent += count
        return count

    async def settle(self) -> None:
        """Wait until all that was sent is acknowledged."""
        waiting, self._waiting = self._waiting, []
        for (topic, partition), count, future in waiting:
            record = await future
            if topic in self._reached:
                self._reached[topic][partition] = record.offset + count

    async def beat(self) -> None:
        """Tell every partition the time that the messages have reached."""
        await self.settle()
        moment = datetime.fromtimestamp(self.reached_s, UTC)
        self.beats.append((self.reached_s, monotonic()))
        for partition in range(PARTITIONS):
            value = encode(tick_at(moment, partition, self._reached))
            tick = Told(self.reached_s, TICKS.name, str(partition).encode(), value)
            await self._post((TICKS.name, partition), [tick])
        await self.settle()

    async def load(self, messages: Iterable[Told], tick_s: int) -> int:
        """Send all as fast as the broker takes them, with a tick for so many seconds of their own
        time; returns how many."""
        source, sent, beat_at = iter(messages), 0, 0
        while chunk := list(islice(source, CHUNK)):
            sent += await self.send(chunk)
            await self.settle()
            if self.reached_s >= beat_at + tick_s:
                await self.beat()
                beat_at = self.reached_s
        await self.beat()
        return sent

    async def _post(self, place: Place, group: list[Told]) -> None:
        for batch in self._batches(group):
            topic, partition = place
            future = await self._producer.send_batch(batch, topic, partition=partition)
            self._waiting.append((place, batch.record_count(), future))

    def _batches(self, group: list[Told]) -> Iterator[Any]:
        batch = self._producer.create_batch()
        for message in group:
            if not _added(batch, message):
                batch.close()
                yield batch
                batch = self._producer.create_batch()
                _added(batch, message)  # the first is taken whatever its size
        batch.close()
        yield batch


def _added(batch: Any, message: Told) -> bool:
    marks = _COPY if message.partition is not None else []
    taken = batch.append(timestamp=None, key=message.key, value=message.value, headers=marks)
    return taken is not None


@lru_cache(maxsize=2**18)
def partition_of(key: bytes) -> int:
    """Where every Kafka client puts a key."""
    return int((murmur2(key) & 0x7FFFFFFF) % PARTITIONS)


class Schedule:
    """Slots of `slot_s` at a rate that may change. Being late is kept up with, never forgiven: the
    time of a slot is the one that was planned, so a stall of the sender counts as waiting."""

    def __init__(self, rates: Iterable[tuple[float, float]], slot_s: float = 0.02) -> None:
        """`rates`: for how many seconds, and how many messages a second."""
        self._rates, self._slot_s = tuple(rates), slot_s

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return sum(seconds for seconds, _ in self._rates)

    def slots(self) -> Iterator[tuple[float, int]]:
        """When each slot is due, in seconds from the start, and how many messages are."""
        done, owed_before, begun_s = 0, 0.0, 0.0
        for seconds, rate in self._rates:
            slots = max(1, round(seconds / self._slot_s))
            for n in range(slots):
                owed = int(owed_before + rate * seconds * (n + 1) / slots + _ROUNDING)
                yield begun_s + n * seconds / slots, owed - done
                done = owed
            owed_before += rate * seconds
            begun_s += seconds


async def until_due(due: float) -> None:
    """Sleep until the clock shows `due`; not at all when that is past."""
    wait_s = due - monotonic()
    if wait_s > 0:
        await asyncio.sleep(wait_s)
