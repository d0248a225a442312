"""Both brokers do for a Kafka client what portclock asks of one; only Kafka remembers."""

import contextlib
import gc
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from portclock.standalone import brokers
from portclock.standalone.brokers import Broker, start_broker
from portclock.standalone.ports import port_answers
from portclock.standalone.waiting import until

PARTITIONS = 3
RECORDS = 60
WITHIN_S = 30
POLL_MS = 10_000
_NUMBERS = count(1)
# kafka-python 3.0.12 closed while it connects leaves that socket to the collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(autouse=True)
def sockets_collected() -> Iterator[None]:
    """What a client left is collected here, not in whatever test comes next."""
    yield
    gc.collect()


def _port(broker: Broker) -> int:
    return int(broker.address.rpartition(":")[2])


def _topic(broker: Broker) -> str:
    """A new topic on it."""
    name = f"boxes-{next(_NUMBERS)}"
    with contextlib.closing(KafkaAdminClient(bootstrap_servers=broker.address)) as admin:
        wanted = {name: {"num_partitions": PARTITIONS, "replication_factor": 1}}
        admin.create_topics(wanted, wait_for_metadata=True)
        assert name in admin.list_topics()
    return name


def _send(broker: Broker, topic: str, records: int = RECORDS) -> set[tuple[int, int]]:
    """Partition and offset of every acknowledged record."""
    with contextlib.closing(KafkaProducer(bootstrap_servers=broker.address)) as producer:
        sent = [producer.send(topic, key=b"%d" % n, value=b"box %d" % n) for n in range(records)]
        producer.flush(WITHIN_S)
        done = [future.get(WITHIN_S) for future in sent]
    return {(record.partition, record.offset) for record in done}


@contextlib.contextmanager
def _group(broker: Broker, topic: str) -> Iterator[KafkaConsumer]:
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=broker.address,
        group_id=f"readers-of-{topic}",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=broker.session_timeout_ms,
        heartbeat_interval_ms=1_000,
    )
    with contextlib.closing(consumer):
        yield consumer


def _read(consumer: KafkaConsumer, records: int) -> set[tuple[int, int]]:
    """Partition and offset of what was read until there were as many as wanted."""
    found: set[tuple[int, int]] = set()

    def enough() -> bool:
        # Long, and it returns as soon as there is something: kafka-python 3.0.12 that gives up a
        # poll while it joins the group again may never be given a partition.
        for batch in consumer.poll(POLL_MS).values():
            found.update((record.partition, record.offset) for record in batch)
        return len(found) >= records

    assert until(enough, WITHIN_S), f"{len(found)} of {records}"
    return found


def _ends(broker: Broker, topic: str) -> int:
    places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    with contextlib.closing(KafkaConsumer(bootstrap_servers=broker.address)) as consumer:
        return sum(consumer.end_offsets(places).values())


def test_what_is_sent_is_read_once_by_a_group(broker: Broker) -> None:
    topic = _topic(broker)
    sent = _send(broker, topic)
    with _group(broker, topic) as consumer:
        assert _read(consumer, RECORDS) == sent
        consumer.commit()
    places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    with _group(broker, topic) as consumer:
        assert sum(consumer.committed(place) or 0 for place in places) == RECORDS


def test_a_group_goes_on_where_it_committed(broker: Broker) -> None:
    topic = _topic(broker)
    first = _send(broker, topic)
    with _group(broker, topic) as consumer:
        _read(consumer, RECORDS)
        consumer.commit()
    second = _send(broker, topic, 5)
    assert not first & second
    with _group(broker, topic) as consumer:
        assert _read(consumer, 5) == second


def test_an_unknown_topic_is_not_made_up_by_kafka(kafka: Broker) -> None:
    with contextlib.closing(KafkaAdminClient(bootstrap_servers=kafka.address)) as admin:
        before = set(admin.list_topics())
        with contextlib.closing(KafkaConsumer(bootstrap_servers=kafka.address)) as consumer:
            assert not consumer.partitions_for_topic("misspelt")
        assert set(admin.list_topics()) - {"__consumer_offsets"} <= before


def test_kafka_tells_the_end_of_a_log_of_big_batches(kafka: Broker) -> None:
    topic = _topic(kafka)
    _send(kafka, topic)
    assert _ends(kafka, topic) == RECORDS


@pytest.mark.parametrize("crash", [False, True], ids=["stopped", "killed"])
def test_kafka_still_has_everything_after_a_restart(kafka: Broker, crash: bool) -> None:
    topic = _topic(kafka)
    sent = _send(kafka, topic)
    with _group(kafka, topic) as consumer:
        _read(consumer, RECORDS)
        consumer.commit()
    if crash:
        kafka.kill()
    else:
        kafka.stop()
    assert not port_answers(_port(kafka))
    kafka.start()
    assert _ends(kafka, topic) == RECORDS
    later = _send(kafka, topic, 4)
    assert not later & sent
    with _group(kafka, topic) as consumer:
        assert _read(consumer, 4) == later


def test_tansu_forgets_everything_and_says_so(tmp_path: Path, tansu: Broker) -> None:
    assert not tansu.durable
    with start_broker("tansu", tmp_path) as broker:
        topic = _topic(broker)
        broker.stop()
        broker.start()
        with contextlib.closing(KafkaAdminClient(bootstrap_servers=broker.address)) as admin:
            assert topic not in admin.list_topics()


def test_nothing_answers_after_the_end(tmp_path: Path) -> None:
    with start_broker("tansu", tmp_path) as broker:
        assert port_answers(_port(broker))
    assert not port_answers(_port(broker))


def test_both_kinds_can_be_had_here(tansu: Broker, kafka: Broker) -> None:
    assert brokers.missing("tansu") is None
    assert brokers.missing("kafka") is None
    assert kafka.durable
    assert {tansu.kind, kafka.kind} == set(brokers.KINDS)
