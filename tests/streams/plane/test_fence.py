"""What may not be written any more does not leave, however long ago it was handed over."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from kafka import KafkaAdminClient

from portclock.standalone.brokers import Broker
from streams.plane.batches import Wire, WireRecord
from streams.plane.fence import Fence
from streams.plane.watchdog import WorkerUnfit

TOPIC = "fenced"
WITHIN_S = 20


@pytest.fixture
def topic(tansu: Broker) -> str:
    admin = KafkaAdminClient(bootstrap_servers=tansu.address)
    if TOPIC not in admin.list_topics():
        admin.create_topics({TOPIC: {"num_partitions": 1, "replication_factor": 1}})
    admin.close()
    return TOPIC


class Fitness:
    """Fit until it is not."""

    fit = True

    def __call__(self) -> None:
        if not self.fit:
            raise WorkerUnfit("the process stood still")


async def _with_producer(broker: Broker, act: Callable[[AIOKafkaProducer], Any]) -> Any:
    producer = AIOKafkaProducer(bootstrap_servers=broker.address, acks="all")
    await producer.start()
    try:
        return await act(producer)
    finally:
        await producer.stop()


def _record(value: bytes) -> list[WireRecord]:
    return [WireRecord(TOPIC, 0, b"k", value)]


async def _log(broker: Broker) -> list[bytes]:
    """Everything in the topic, up to its end."""
    consumer = AIOKafkaConsumer(bootstrap_servers=broker.address, auto_offset_reset="earliest")
    await consumer.start()
    place = TopicPartition(TOPIC, 0)
    consumer.assign([place])
    await consumer.seek_to_beginning(place)
    polled = await consumer.getmany(place, timeout_ms=2_000)
    await consumer.stop()
    return [record.value for record in polled.get(place, [])]


def test_what_was_handed_over_before_the_pause_does_not_leave_after_it(
    tansu: Broker, topic: str
) -> None:
    fitness = Fitness()

    async def act(producer: AIOKafkaProducer) -> list[bytes]:
        wire = Wire(Fence(lambda: producer, fitness))
        for sent in await wire.post(_record(b"while fit")):
            await asyncio.wait_for(sent.answer, WITHIN_S)
        batches = await wire.post(_record(b"handed over"))
        # The sender's own task has not had its turn yet: here the process stands still.
        fitness.fit = False
        for sent in batches:
            with pytest.raises(Exception, match="Unexpected error"):
                await asyncio.wait_for(sent.answer, WITHIN_S)
        return await _log(tansu)

    found = asyncio.run(_with_producer(tansu, act))
    assert found[-1] == b"while fit"
    assert b"handed over" not in found


def test_a_producer_is_fenced_once_and_the_next_one_too() -> None:
    class Client:
        def __init__(self) -> None:
            self.sent: list[Any] = []

        async def send(self, node_id: int, request: str, *, group: str = "") -> str:
            self.sent.append((node_id, request, group))
            return "taken"

    class Producer:
        def __init__(self) -> None:
            self.client = Client()

    asked: list[int] = []
    producers = [Producer(), Producer()]
    fence: Any = Fence(lambda: producers[0], lambda: asked.append(1))
    assert fence() is fence() is producers[0]
    assert asyncio.run(producers[0].client.send(1, "produce", group="g")) == "taken"
    assert (producers[0].client.sent, len(asked)) == ([(1, "produce", "g")], 1)
    del producers[0]
    assert fence() is producers[0]
    asyncio.run(producers[0].client.send(2, "produce"))
    assert len(asked) == 2
