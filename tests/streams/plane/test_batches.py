"""Records go out in batches, in order, to the partition where every default producer puts a key."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner import murmur2

from streams.plane.batches import Wire, WireRecord, partition_of


class Builder:
    """A batch that holds so many records."""

    def __init__(self, room: int) -> None:
        self.room, self.records, self.closed = room, list[Any](), False

    def append(self, **record: Any) -> object | None:
        if self.closed or len(self.records) == self.room:
            return None
        self.records.append(record)
        return object()

    def close(self) -> None:
        self.closed = True


class Producer:
    """Keeps the batches it is sent."""

    def __init__(self, room: int) -> None:
        self.room, self.sent = room, list[tuple[str, int, Builder]]()

    def create_batch(self) -> Builder:
        return Builder(self.room)

    async def send_batch(
        self, batch: Builder, topic: str, *, partition: int
    ) -> "asyncio.Future[None]":
        assert batch.closed
        self.sent.append((topic, partition, batch))
        return asyncio.get_running_loop().create_future()


def _post(room: int, records: Sequence[WireRecord]) -> list[tuple[str, int, list[Any]]]:
    producer = Producer(room)

    async def post() -> int:
        return len(await Wire(lambda: producer).post(records))

    assert asyncio.run(post()) == len(producer.sent)
    return [(topic, p, [r["value"] for r in b.records]) for topic, p, b in producer.sent]


def test_records_of_a_partition_share_batches_and_keep_their_order() -> None:
    records = [WireRecord("t", n % 2, b"k", b"%d" % n) for n in range(7)]

    assert _post(3, records) == [
        ("t", 0, [b"0", b"2", b"4"]),
        ("t", 0, [b"6"]),
        ("t", 1, [b"1", b"3", b"5"]),
    ]


def test_nothing_to_send_sends_nothing() -> None:
    assert _post(3, []) == []


def test_a_record_that_no_batch_takes_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        _post(0, [WireRecord("t", 0, b"k", b"v")])


@given(st.binary(max_size=80), st.integers(1, 64))
def test_keys_go_where_the_default_partitioners_put_them(key: bytes, partitions: int) -> None:
    everywhere = list(range(partitions))

    assert partition_of(key, partitions) == DefaultPartitioner()(key, everywhere, everywhere)
    assert partition_of(key, partitions) == (murmur2(key) & 0x7FFFFFFF) % partitions
