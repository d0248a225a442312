"""The changelog, read with a consumer of its own that belongs to no group.

Its own, since Faust's is shared with what flows: a broker's answer of megabytes would wait for the
runs, and the runs for it. Relied on, of aiokafka 0.14: that `assign` and `seek` need no group, what
`fetching.spare` needs, and that the position passes what compaction has left out. Knows no row.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from streams.plane.fetching import spare
from streams.plane.run import Record

RECORDS_MAX: Final = 5_000
"""Records that are taken in at once: some 10 ms of work, after which others have their turn."""
FETCH_BYTES: Final = 4 * 1024 * 1024
"""What one fetch has of a partition at most; as much is kept ready of each that is being read."""
_PATIENCE_MS: Final = 1_000


class KafkaLog:
    """One changelog topic. Make it with `opened`."""

    def __init__(self, topic: str, consumer: Any) -> None:
        self._topic, self._consumer = topic, consumer

    @classmethod
    async def opened(cls, topic: str, **connection: Any) -> "KafkaLog":
        """A reader of this topic. `connection`: addresses and credentials, as aiokafka names them.
        Raises aiokafka's KafkaError when no broker answers."""
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
        return cls(topic, consumer)

    async def ends(self, partitions: Iterable[int]) -> Mapping[int, int]:
        """The offset after the last record of each."""
        places = [TopicPartition(self._topic, partition) for partition in partitions]
        found = await self._consumer.end_offsets(places) if places else {}
        return {place.partition: offset for place, offset in found.items()}

    async def seek(self, offsets: Mapping[int, int]) -> None:
        """Read these partitions from now on, each from its offset."""
        places = {TopicPartition(self._topic, n): offset for n, offset in offsets.items()}
        self._consumer.assign(list(places))
        for place, offset in places.items():
            self._consumer.seek(place, offset)

    async def read(self, partition: int) -> tuple[Sequence[Record], int]:
        """What comes next, and where it goes on after that; nothing when it takes long."""
        place = TopicPartition(self._topic, partition)
        spare(self._consumer._fetcher)
        found = await self._consumer.getmany(
            place, timeout_ms=_PATIENCE_MS, max_records=RECORDS_MAX
        )
        return found.get(place, ()), await self._consumer.position(place)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._consumer.stop()
