"""Reads `events-dlq` from start to end with kafka-python; commits nothing, joins no group."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from events.dead_letters import from_headers
from events.topics import EVENTS_DLQ
from portclock.failure import Failure
from portclock.kafka_security import security_at
from portclock.outbox import ANSWER, answering
from portclock.quarantine import Record, Shelf

POLL_MS = 500
QUIET = timedelta(seconds=30)
"""The broker may be silent for this long before reading is given up."""


def read_records(brokers: Sequence[str]) -> Iterator[Record]:
    """Every record of `events-dlq`, each partition in order, up to the end found on the way.

    The end is the high watermark that a fetch tells, not the one a broker lists: an embedded broker
    may list it too low. Raises Failure.
    """
    consumer = _connect(brokers)
    try:
        partitions = [TopicPartition(EVENTS_DLQ.name, number) for number in _partitions(consumer)]
        consumer.assign(partitions)
        consumer.seek_to_beginning()
        yield from _drain(consumer, partitions)
    finally:
        consumer.close()


def read_message(brokers: Sequence[str], shelf: Shelf) -> bytes:
    """The refused bytes that one record of `events-dlq` holds. Raises Failure when it is gone."""
    consumer = _connect(brokers)
    partition = TopicPartition(EVENTS_DLQ.name, shelf.partition)
    try:
        consumer.assign([partition])
        consumer.seek(partition, shelf.offset)
        record = next(_drain(consumer, [partition]), None)
    finally:
        consumer.close()
    if record and record.shelf == shelf:
        return record.value
    raise Failure(
        f"the bytes at {EVENTS_DLQ.name}/{shelf.partition}/{shelf.offset} are no longer kept",
        do="ask their sender for them",
    )


def _connect(brokers: Sequence[str]) -> KafkaConsumer:
    with answering(brokers):
        return KafkaConsumer(
            bootstrap_servers=list(brokers),
            bootstrap_timeout_ms=int(ANSWER.total_seconds() * 1000),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            **security_at(brokers).kafka_python,
        )


def _partitions(consumer: KafkaConsumer) -> list[int]:
    found = consumer.partitions_for_topic(EVENTS_DLQ.name)
    if not found:
        raise Failure(
            f"the broker has no topic {EVENTS_DLQ.name}",
            do="start a worker on it first (portclock worker): it makes the topics",
        )
    return sorted(found)


def _drain(consumer: KafkaConsumer, partitions: list[TopicPartition]) -> Iterator[Record]:
    silent = timedelta()
    while not all(_ended(consumer, partition) for partition in partitions):
        polled = consumer.poll(timeout_ms=POLL_MS)
        silent = timedelta() if polled else silent + timedelta(milliseconds=POLL_MS)
        if silent > QUIET:
            raise Failure(
                f"the broker stopped answering while {EVENTS_DLQ.name} was read",
                do="check that it is up and try again",
            )
        for records in polled.values():
            yield from map(_record, records)


def _ended(consumer: KafkaConsumer, partition: TopicPartition) -> bool:
    end = consumer.highwater(partition)
    return end is not None and consumer.position(partition) >= end


def _record(record: Any) -> Record:
    shelf = Shelf(record.partition, record.offset)
    try:
        said = from_headers((name, value or b"") for name, value in record.headers)
    except ValueError:
        said = None
    return Record(shelf, record.key, record.value or b"", said)
