"""Record batches out: many records, few requests, and a future for each batch.

Knows aiokafka's batch builder and nothing of what the bytes mean. Relied on: `create_batch`,
`append`, `send_batch` of aiokafka 0.14, and that batches of one partition keep their order.
"""

from asyncio import Future
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from aiokafka.partitioner import murmur2

Headers = Sequence[tuple[str, bytes]]


class WireRecord(NamedTuple):
    """One record on its way out."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Batching(Protocol):
    """The part of aiokafka's producer that is used."""

    def create_batch(self) -> Any: ...

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> "Future[Any]": ...


class Wire:
    """Puts records on the wire in batches; order within a partition is kept."""

    def __init__(self, producer: Callable[[], Batching]) -> None:
        self._producer = producer

    async def post(self, records: Iterable[WireRecord]) -> list["Future[Any]"]:
        """Send, and return one future per batch; it fails when the broker did not take it."""
        sent = []
        for (topic, partition), group in _by_partition(records).items():
            for batch in self._batches(group):
                sent.append(await self._producer().send_batch(batch, topic, partition=partition))
        return sent

    def _batches(self, records: list[WireRecord]) -> list[Any]:
        batches = [self._producer().create_batch()]
        for record in records:
            if not _append(batches[-1], record):
                batches[-1].close()
                batches.append(self._producer().create_batch())
                if not _append(batches[-1], record):
                    raise ValueError(f"a record for {record.topic} does not fit into a batch")
        batches[-1].close()
        return batches


def _append(batch: Any, record: WireRecord) -> bool:
    added = batch.append(
        timestamp=None, key=record.key, value=record.value, headers=list(record.headers)
    )
    return added is not None


def _by_partition(records: Iterable[WireRecord]) -> dict[tuple[str, int], list[WireRecord]]:
    groups: dict[tuple[str, int], list[WireRecord]] = {}
    for record in records:
        groups.setdefault((record.topic, record.partition), []).append(record)
    return groups


@lru_cache(maxsize=131_072)
def partition_of(key: bytes, partitions: int) -> int:
    """Where the default partitioners of Java, kafka-python and aiokafka put a key."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)
