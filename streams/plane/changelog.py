"""The changelog, read with a consumer of its own that belongs to no group.

Its own, since Faust's is shared with what flows: a broker's answer of megabytes would wait for the
runs, and the runs for it. Relied on, of aiokafka 0.14: that `assign` and `seek` need no group, what
`fetching.spare` needs, and that the position passes what compaction has left out. Knows no row.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition as Place

from streams.plane.fetching import spare
from streams.plane.run import Record, TopicPartition

RECORDS_MAX: Final = 5_000
"""Records that are taken in at once: some 10 ms of work, after which others have their turn."""
FETCH_BYTES: Final = 4 * 1024 * 1024
"""What one fetch has of a partition at most; as much is kept ready of each that is being read."""
_PATIENCE_MS: Final = 1_000


class KafkaLog:
    """One changelog topic. Make it with `opened`."""

    def __init__(self, topic: str, consumer: Any, beside: Callable[[], Awaitable[Any]]) -> None:
        self._topic, self._consumer = topic, consumer
        self._beside, self._other = beside, None

    @classmethod
    async def opened(cls, topic: str, **connection: Any) -> "KafkaLog":
        """A reader of this topic. `connection`: addresses and credentials, as aiokafka names them.
        Raises aiokafka's KafkaError when no broker answers."""
        return cls(topic, await _started(connection), lambda: _started(connection))

    async def ends(self, partitions: Iterable[int]) -> Mapping[int, int]:
        """The offset after the last record of each."""
        places = [Place(self._topic, partition) for partition in partitions]
        found = await self._consumer.end_offsets(places) if places else {}
        return {place.partition: offset for place, offset in found.items()}

    async def seek(self, offsets: Mapping[int, int]) -> None:
        """Read these partitions from now on, each from its offset."""
        places = {Place(self._topic, n): offset for n, offset in offsets.items()}
        self._consumer.assign(list(places))
        for place, offset in places.items():
            self._consumer.seek(place, offset)

    async def read(self, partition: int) -> tuple[Sequence[Record], int]:
        """What comes next, and where it goes on after that; nothing when it takes long."""
        place = Place(self._topic, partition)
        spare(self._consumer._fetcher)
        found = await self._consumer.getmany(
            place, timeout_ms=_PATIENCE_MS, max_records=RECORDS_MAX
        )
        return found.get(place, ()), await self._consumer.position(place)

    async def tail(
        self,
        places: Sequence[TopicPartition],
        since: Mapping[TopicPartition, int],
        take: Callable[[TopicPartition, Record], None],
    ) -> Mapping[TopicPartition, int]:
        """Hand over every record of these partitions of other topics that lies behind the offset
        given, up to their ends of now. Nothing of one without an offset. Returns the ends."""
        if self._other is None:
            self._other = await self._beside()
        consumer: Any = self._other
        ends = await consumer.end_offsets([Place(*tp) for tp in places])
        left = {Place(*tp): since[tp] for tp in places if since.get(tp, ends[tp]) < ends[tp]}
        consumer.assign(list(left))
        for place, offset in left.items():
            consumer.seek(place, offset)
        while left:
            found = await consumer.getmany(*left, timeout_ms=_PATIENCE_MS, max_records=RECORDS_MAX)
            for place, records in found.items():
                for record in records:
                    if record.offset < ends[place]:
                        take(TopicPartition(*place), record)
            left = {one: at for one in left if (at := await consumer.position(one)) < ends[one]}
        return {TopicPartition(*place): end for place, end in ends.items()}

    async def close(self) -> None:
        """Let go of the connections."""
        await self._consumer.stop()
        if self._other is not None:
            await self._other.stop()


async def _started(connection: Mapping[str, Any]) -> Any:
    """A consumer of no group, with its connection."""
    consumer = AIOKafkaConsumer(
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=FETCH_BYTES,
        **connection,
    )
    try:
        await consumer.start()
    except BaseException:
        await consumer.stop()
        raise
    return consumer
