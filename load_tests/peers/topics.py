"""The broker's side of a round: topics made, messages loaded, words read back and summed.

All in the comparison's own process, so none of it counts for a peer.
"""

import asyncio
import zlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from load_tests.peers.engines.topic import INPUT, PARTITIONS
from load_tests.peers.messages import Message

BATCH_BYTES = 900_000
"""Below what Apache Kafka takes in one batch unless it is told otherwise: 1,048,588 bytes."""
QUIET_MS = 1_500
"""Nothing new for so long, and at the high watermark everywhere: that is the end."""


class Sum(NamedTuple):
    """Words, and the sum of the checksums of their values: the same in any order."""

    words: int
    checksum: int


def load(broker: str, made: list[Message], outputs: Iterable[str]) -> None:
    """Make the topics, and put the messages on theirs."""
    asyncio.run(_load(broker, made, [INPUT, *outputs]))


def summed(broker: str, topics: Iterable[str]) -> Sum:
    """What stands on the topics."""
    return asyncio.run(_summed(broker, list(topics)))


async def _load(broker: str, made: list[Message], topics: list[str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    await admin.create_topics([_topic(name) for name in topics])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=broker, max_batch_size=BATCH_BYTES)
    await producer.start()
    for partition in range(PARTITIONS):
        await _send(producer, partition, [m for m in made if m.partition == partition])
    await producer.stop()


def _topic(name: str) -> NewTopic:
    """Whatever is in it stays: the messages bear the history's time, which is long ago."""
    return NewTopic(name, PARTITIONS, 1, topic_configs={"retention.ms": "-1"})


async def _send(producer: Any, partition: int, messages: list[Message]) -> None:
    """As batches as big as the broker takes, each acknowledged before the next."""
    batch = producer.create_batch()
    for m in messages:
        if batch.append(timestamp=m.stamp_ms, key=m.key, value=m.value) is None:
            await _acknowledged(producer, partition, batch)
            batch = producer.create_batch()
            assert batch.append(timestamp=m.stamp_ms, key=m.key, value=m.value) is not None
    await _acknowledged(producer, partition, batch)


async def _acknowledged(producer: Any, partition: int, batch: Any) -> None:
    batch.close()
    await (await producer.send_batch(batch, INPUT, partition=partition))


async def _summed(broker: str, topics: list[str]) -> Sum:
    consumer = AIOKafkaConsumer(bootstrap_servers=broker, auto_offset_reset="earliest")
    await consumer.start()
    partitions = [TopicPartition(topic, n) for topic in topics for n in range(PARTITIONS)]
    consumer.assign(partitions)
    words = checksum = 0
    while True:
        runs = await consumer.getmany(timeout_ms=QUIET_MS)
        for records in runs.values():
            words += len(records)
            checksum += sum(zlib.crc32(record.value or b"") for record in records)
        if not runs and await _at_the_end(consumer, partitions):
            break
    await consumer.stop()
    return Sum(words, checksum)


async def _at_the_end(consumer: Any, partitions: list[TopicPartition]) -> bool:
    """By the high watermark of fetches: one broker's answer about end offsets is wrong."""
    ends = [(await consumer.position(each), consumer.highwater(each)) for each in partitions]
    return all(end is None or position >= end for position, end in ends)
