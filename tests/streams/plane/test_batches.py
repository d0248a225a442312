"""Records go out in batches, as aiokafka packs them, in order, whoever posts beside us."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import RecordMetadata, TopicPartition

from streams.plane.batches import Wire, WireRecord

RECORD_BYTES, HEADER_BYTES = 112, 61
"""A record with a value of 100 bytes, and what comes before the first record of a batch."""


class Producer:
    """Makes real batches of so many bytes, keeps those it is sent, and may be slow to take them."""

    def __init__(self, batch_bytes: int) -> None:
        self.batch_bytes = batch_bytes
        self.sent: list[tuple[str, int, BatchBuilder]] = []
        self.slow: set[str] = set()

    def create_batch(self) -> BatchBuilder:
        return BatchBuilder(self.batch_bytes, 0)

    async def send_batch(
        self, batch: BatchBuilder, topic: str, *, partition: int
    ) -> "asyncio.Future[Any]":
        assert batch.closed()
        if topic in self.slow:
            for _ in range(5):
                await asyncio.sleep(0)
        self.sent.append((topic, partition, batch))
        return asyncio.get_running_loop().create_future()

    def read(self) -> list[tuple[str, int, list[Any]]]:
        return [(topic, partition, list(_records(batch))) for topic, partition, batch in self.sent]


def _records(batch: BatchBuilder) -> Iterator[Any]:
    packed = MemoryRecords(bytes(batch._build()))
    while packed.has_next():
        inside = packed.next_batch()
        assert inside.validate_crc()
        records = list(inside)
        assert [record.offset for record in records] == list(range(batch.record_count()))
        yield from records


def _post(producer: Producer, records: Sequence[WireRecord]) -> list[tuple[str, int, list[Any]]]:
    async def post() -> list[tuple[str, int, int]]:
        sent = await Wire(lambda: producer).post(records)
        return [(batch.tp.topic, batch.tp.partition, batch.records) for batch in sent]

    told = asyncio.run(post())
    assert told == [(t, p, batch.record_count()) for t, p, batch in producer.sent]
    return producer.read()


def _value(n: int) -> bytes:
    return b"%100d" % n


def test_records_of_a_partition_share_batches_and_keep_their_order() -> None:
    producer = Producer(HEADER_BYTES + 3 * RECORD_BYTES)
    records = [WireRecord("t", n % 2, b"k", _value(n)) for n in range(7)]

    said = [(t, p, [int(r.value) for r in inside]) for t, p, inside in _post(producer, records)]
    assert said == [("t", 0, [0, 2, 4]), ("t", 0, [6]), ("t", 1, [1, 3, 5])]


def test_a_batch_holds_what_was_posted() -> None:
    headers = [("reason", b"empty"), ("detail", b"")]
    records = [
        WireRecord("t", 0, b"key", b"value"),
        WireRecord("t", 0, None, b"value", headers),
        WireRecord("t", 0, b"key", None, tuple(headers)),
        WireRecord("t", 0, b"key", b"value"),
    ]
    ((_, _, inside),) = _post(Producer(1_000), records)

    found = [(record.key, record.value, list(record.headers)) for record in inside]
    assert found == [(each.key, each.value, list(each.headers)) for each in records]
    assert all(record.timestamp > 1_700_000_000_000 for record in inside)


def test_nothing_to_send_sends_nothing() -> None:
    assert _post(Producer(1_000), []) == []


def test_a_record_that_no_batch_takes_is_an_error() -> None:
    class Full:
        def append(self, *_: Any) -> None:
            return None

    producer = Producer(1_000)
    batch: Any = producer.create_batch()
    batch._builder = Full()
    producer.create_batch = lambda: batch  # type: ignore[method-assign]
    with pytest.raises(ValueError, match="does not fit"):
        _post(producer, [WireRecord("t", 0, b"k", b"v")])


def test_whoever_posts_second_overtakes_in_no_partition() -> None:
    """The first is held up at one topic while the second has nothing to wait for."""
    producer = Producer(1_000)
    producer.slow = {"slow"}
    first = [WireRecord("slow", 0, b"k", b"1"), WireRecord("t", 0, b"k", b"1")]
    second = [WireRecord("t", 0, b"k", b"2")]

    async def post() -> None:
        wire = Wire(lambda: producer)
        await asyncio.gather(wire.post(first), wire.post(second))

    asyncio.run(post())
    said = [(topic, record.value) for topic, _, inside in producer.read() for record in inside]
    assert said == [("slow", b"1"), ("t", b"1"), ("t", b"2")]


def test_a_post_that_fails_leaves_the_wire_to_others() -> None:
    producer = Producer(1_000)
    wire = Wire(lambda: producer)

    async def post() -> None:
        wrong: Any = "no bytes"
        with pytest.raises(TypeError):
            await wire.post([WireRecord("t", 0, b"k", wrong)])
        assert len(await wire.post([WireRecord("t", 0, b"k", b"v")])) == 1

    asyncio.run(post())


def _lies_at(offset: int) -> Any:
    """What the broker answers: the offset of the first record of the batch."""
    return RecordMetadata("t", 1, TopicPartition("t", 1), offset, 0, 1, 0)


def test_it_is_said_where_what_was_delivered_lies() -> None:
    producer = Producer(HEADER_BYTES + 2 * RECORD_BYTES)
    send_batch, offsets = producer.send_batch, iter([40, 42, 90])

    async def send(batch: BatchBuilder, topic: str, *, partition: int) -> Any:
        answer = await send_batch(batch, topic, partition=partition)
        answer.set_result(_lies_at(next(offsets)))
        return answer

    producer.send_batch = send  # type: ignore[method-assign]
    records = [WireRecord("t", 1, b"k", _value(n)) for n in range(5)]

    assert asyncio.run(Wire(lambda: producer).deliver(records)) == [(40, 42), (42, 44), (90, 91)]


def test_what_is_delivered_leaves_batch_by_batch_each_after_the_answer_to_the_one_before() -> None:
    producer = Producer(HEADER_BYTES + 2 * RECORD_BYTES)
    answers: list[asyncio.Future[Any]] = []
    send_batch = producer.send_batch

    async def send(batch: BatchBuilder, topic: str, *, partition: int) -> Any:
        answers.append(await send_batch(batch, topic, partition=partition))
        return answers[-1]

    producer.send_batch = send  # type: ignore[method-assign]

    async def deliver() -> None:
        records = [WireRecord("t", 1, b"k", _value(n)) for n in range(5)]
        delivery = asyncio.ensure_future(Wire(lambda: producer).deliver(records))
        for number in range(3):
            for _ in range(5):
                await asyncio.sleep(0)
            assert (len(answers), delivery.done()) == (number + 1, False)
            if number == 1:
                answers[number].set_exception(ConnectionError("refused"))
                break
            answers[number].set_result(_lies_at(40))
        with pytest.raises(ConnectionError):
            await delivery

    asyncio.run(deliver())
    said = [(topic, p, [int(r.value) for r in inside]) for topic, p, inside in producer.read()]
    assert said == [("t", 1, [0, 1]), ("t", 1, [2, 3])]
