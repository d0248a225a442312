"""The writer on a broker: what is produced lands, and a second writer goes on at the commit."""

import time
from collections.abc import Callable

from kafka import KafkaProducer, TopicPartition

from events.codec import canonical, encode
from events.testing import alert, box, event, fate, outcome
from events.topics import OUTCOME_TOPICS
from events.vocabulary import Fate
from sinks.clickhouse import ClickHouseStore
from sinks.consumer import Consumer, open_consumer
from sinks.read import canonical_lines, fates
from sinks.settings import ClickHouseAddress, WriterSettings
from sinks.writer import Writer

DEADLINE_S = 25.0
PARTITIONS = 2


def _until(seen: Callable[[], bool], doing: Callable[[], object]) -> None:
    """Do it until it is seen; the poll inside waits for the broker."""
    deadline = time.monotonic() + DEADLINE_S  # noqa: TID251 - a process is waited for
    while not seen():
        assert time.monotonic() < deadline, "the time was up"  # noqa: TID251
        doing()


def _produce(broker: str, numbers: range) -> None:
    producer = KafkaProducer(bootstrap_servers=broker, acks="all")
    for n in numbers:
        told = outcome("box-move", "10:00", "10:30", unit=box(n))
        producer.send("stage-dwells", encode(told), key=told.visit_id.encode())
        judged = fate(event("move-ended", "10:30", unit=box(n)), visit_id=told.visit_id)
        producer.send("event-fates", encode(judged), key=box(n).encode())
    producer.send("limit-alerts", encode(alert("box-move", "at-risk", "10:20")), key=b"visit")
    producer.flush(timeout=10)
    producer.close()


def _write(
    settings: WriterSettings, store: ClickHouseStore, seen: Callable[[], bool]
) -> tuple[Consumer, Writer]:
    consumer = open_consumer(settings)
    writer = Writer(consumer, store, settings, time.monotonic)  # noqa: TID251 - this is the door
    _until(seen, writer.turn)
    assert writer.finish()
    return consumer, writer


def test_second_writer_goes_on_where_the_first_committed(
    broker: str, address: ClickHouseAddress
) -> None:
    settings = WriterSettings(brokers=(broker,), clickhouse=address, batch_span=50, batch_age_s=0.2)
    store, reader = ClickHouseStore(address), ClickHouseStore(address)
    _produce(broker, range(120))
    first, _ = _write(settings, store, lambda: fates(reader)[Fate.JUDGED] == 120)
    assert len(first.assignment()) == len(OUTCOME_TOPICS) * PARTITIONS
    first.close()
    _produce(broker, range(120, 150))
    second, _ = _write(settings, store, lambda: fates(reader)[Fate.JUDGED] == 150)
    told = [outcome("box-move", "10:00", "10:30", unit=box(n)) for n in range(150)]
    assert canonical_lines(reader) == sorted(canonical(one) for one in told)
    # What the first had written was not inserted again: no key has two rows.
    assert list(reader.fetch("SELECT count() FROM stage_dwells")) == [(150,)]
    committed = [
        second.committed(TopicPartition("stage-dwells", partition))  # type: ignore[attr-defined]
        for partition in range(PARTITIONS)
    ]
    assert sum(committed) == 150
    second.close()
    store.close()
    reader.close()
