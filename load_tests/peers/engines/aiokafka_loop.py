"""A bare loop over aiokafka with a dict: `getmany`, and the words as one record batch per run,
the fastest that its public functions allow. Words go to the partition their message came from:
all words of a unit stay together without a hash. Offsets are committed by time; the dict dies with
the process."""

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from load_tests.peers.engines.topic import INPUT
from load_tests.peers.job import JOBS, Job, Refused, Word, key_of, read
from load_tests.peers.meter import Asked, Meter, asked, leave, tune_collector

BATCH_BYTES = 512 * 1024


async def run(options: Asked) -> None:
    meter, job, known = Meter(), JOBS[options.job](), dict[str, Any]()
    consumer = AIOKafkaConsumer(
        INPUT,
        bootstrap_servers=options.broker,
        group_id=options.words,
        auto_offset_reset="earliest",
        enable_auto_commit=True,
        auto_commit_interval_ms=1000,
        session_timeout_ms=options.session_ms,
        heartbeat_interval_ms=options.session_ms // 4,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=options.broker,
        acks="all",
        max_batch_size=BATCH_BYTES,
        max_request_size=4 * 1024 * 1024,
    )
    await consumer.start()
    await producer.start()
    tune_collector()
    done = 0
    while done < options.messages:
        runs = await consumer.getmany(timeout_ms=500)
        for partition, messages in runs.items():
            meter.begin()
            words = [word for m in messages for word in _words(job, known, m)]
            await _publish(producer, options.words, partition.partition, words)
            done += len(messages)
    await producer.flush()
    meter.report(done, job.sum)
    leave()


def _words(job: Job, known: dict[str, Any], message: Any) -> list[Word]:
    event = read(message.value, message.timestamp)
    if event is None:
        return [Refused(message.key, message.value)]
    unit = key_of(event)
    known[unit], words = job.step(known.get(unit), event)
    return words


async def _publish(
    producer: AIOKafkaProducer, topic: str, partition: int, words: list[Word]
) -> None:
    if not words:
        return
    batch = producer.create_batch()
    for word in words:
        if batch.append(timestamp=None, key=word.key, value=word.value) is None:
            batch.close()
            await producer.send_batch(batch, topic, partition=partition)
            batch = producer.create_batch()
            batch.append(timestamp=None, key=word.key, value=word.value)
    batch.close()
    await producer.send_batch(batch, topic, partition=partition)


if __name__ == "__main__":
    asyncio.run(run(asked()))
