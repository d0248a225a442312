"""Record batches out: many records, few requests, and a future for each batch.

Knows aiokafka's batch builder and nothing of what the bytes mean. Relied on, of aiokafka 0.14:
`create_batch`, `send_batch`; the builder inside a batch (`_builder.append`, `_relative_offset`),
asked directly because the layer around it costs as much again as the packing (0.3 us a record); and
that batches of one partition keep their order.
"""

import asyncio
from asyncio import Future
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from streams.plane.partitioner import partition_of
from streams.plane.run import TopicPartition

__all__ = ["Batching", "Headers", "Wire", "WireRecord", "partition_of"]

Headers = Sequence[tuple[str, bytes]]


class WireRecord(msgspec.Struct, frozen=True, gc=False):
    """One record on its way out. A struct, since three are made per event: a named tuple takes
    three times as long to make."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Batching(Protocol):
    """The part of aiokafka's producer that is used."""

    def create_batch(self) -> Any: ...

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> "Future[Any]": ...


class Sent(NamedTuple):
    """A batch on its way: how many records it has, and the future of the broker's answer, which has
    the `offset` of the first; it fails when the broker did not take it."""

    tp: TopicPartition
    records: int
    answer: "Future[Any]"


class Wire:
    """Puts records on the wire in batches; order within a partition is kept.

    Several may post at once. One is served after the other: aiokafka lets a batch wait while the
    one before it in its partition has not left, and whoever overtook there would be out of order.
    """

    def __init__(self, producer: Callable[[], Batching]) -> None:
        self._producer = producer
        self._turn = asyncio.Lock()

    async def post(self, records: Iterable[WireRecord]) -> list["Sent"]:
        """Send; of each batch what tells where it lies. Those of a partition are in order."""
        sent: list[Sent] = []
        async with self._turn:
            for (topic, partition), group in _by_partition(records).items():
                for batch in self._batches(group):
                    sending = self._producer().send_batch(batch, topic, partition=partition)
                    sent.append(
                        Sent(TopicPartition(topic, partition), batch.record_count(), await sending)
                    )
        return sent

    async def deliver(self, records: list[WireRecord]) -> list[tuple[int, int]]:
        """Send records of one partition and wait until the broker has them all.

        A batch leaves only when the broker has the one before it, so whatever comes last is never
        there without the rest. Returns where each batch lies: its first offset, and the one after
        its last.
        """
        spans = []
        for batch in self._batches(records):
            topic, partition = records[0].topic, records[0].partition
            sending = self._producer().send_batch(batch, topic, partition=partition)
            taken = await (await sending)
            spans.append((taken.offset, taken.offset + batch.record_count()))
        return spans

    def _batches(self, records: list[WireRecord]) -> list[Any]:
        """Closed batches, each as full as it may be. Raises ValueError for what no batch takes."""
        packed, first = [], 0
        while first < len(records):
            batch = self._producer().create_batch()
            taken = _fill(batch, records, first)
            if taken == 0:
                raise ValueError(f"a record for {records[first].topic} does not fit into a batch")
            packed.append(batch)
            first += taken
        return packed


_NO_HEADERS: Final[list[tuple[str, bytes]]] = []


def _fill(batch: Any, records: list[WireRecord], first: int) -> int:
    """Put records into an empty batch until it is full. Returns how many it took."""
    append, taken = batch._builder.append, 0
    for record in records[first:] if first else records:
        headers = record.headers
        told = list(headers) if headers else _NO_HEADERS
        if append(taken, None, record.key, record.value, told) is None:
            break
        taken += 1
    batch._relative_offset = taken
    batch.close()
    return taken


def _by_partition(records: Iterable[WireRecord]) -> dict[tuple[str, int], list[WireRecord]]:
    groups: dict[tuple[str, int], list[WireRecord]] = {}
    for record in records:
        place = record.topic, record.partition
        group = groups.get(place)
        if group is None:
            groups[place] = [record]
        else:
            group.append(record)
    return groups
