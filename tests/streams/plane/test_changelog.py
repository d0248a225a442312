"""The tail of other topics, on a real broker: all that lies behind an offset, up to the ends."""

import asyncio
from contextlib import closing

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic

from portclock.standalone.brokers import Broker
from streams.plane.changelog import KafkaLog
from streams.plane.run import Record, TopicPartition

ONE, TWO, EMPTY = (TopicPartition(f"words-{n}", 0) for n in (1, 2, 3))


@pytest.fixture(scope="module", params=["tansu", "kafka"])
def filled(request: pytest.FixtureRequest) -> str:
    """The address of a broker with ten records in one topic, and seven in another."""
    broker: Broker = request.getfixturevalue(request.param)
    with closing(KafkaAdminClient(bootstrap_servers=broker.address)) as admin:
        admin.create_topics([NewTopic(tp.topic, 1, 1) for tp in (ONE, TWO, EMPTY)])
    with closing(KafkaProducer(bootstrap_servers=broker.address)) as producer:
        for n in range(10):
            producer.send(ONE.topic, b"one-%d" % n, partition=0)
            producer.flush()
        for n in range(7):
            producer.send(TWO.topic, b"two-%d" % n, partition=0)
            producer.flush()
    return broker.address


def _heard(address: str, *turns: dict[TopicPartition, int]) -> list[tuple[list[bytes], int]]:
    """What each turn hears, and the sum of the ends."""

    async def go() -> list[tuple[list[bytes], int]]:
        log = await KafkaLog.opened("changes", bootstrap_servers=address)
        try:
            return [await _turn(log, since) for since in turns]
        finally:
            await log.close()

    return asyncio.run(go())


async def _turn(log: KafkaLog, since: dict[TopicPartition, int]) -> tuple[list[bytes], int]:
    heard: list[bytes] = []

    def take(tp: TopicPartition, record: Record) -> None:
        assert tp in since
        heard.append(record.value or b"")

    ends = await log.tail([ONE, TWO, EMPTY], since, take)
    assert set(ends) == {ONE, TWO, EMPTY}
    return sorted(heard), sum(ends.values())


def test_what_lies_behind_an_offset_is_heard_once_and_in_every_turn(filled: str) -> None:
    last = [b"one-8", b"one-9"]
    found = _heard(
        filled, {ONE: 8, TWO: 7}, {ONE: 8}, {}, {ONE: 0, TWO: 6, EMPTY: 0}, {ONE: 8, EMPTY: 5}
    )
    assert found == [
        (last, 17),
        (last, 17),
        ([], 17),
        ([*(b"one-%d" % n for n in range(10)), b"two-6"], 17),
        (last, 17),
    ]
