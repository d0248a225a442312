"""The feed's consumer on a real broker: what comes is what kafka-python would have read."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import confluent_kafka as librdkafka
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError, OffsetOutOfRangeError, TopicAuthorizationFailedError

from events.topics import STAGE_DWELLS, TERMINAL_EVENTS, TICKS
from portclock.standalone.brokers import Broker, start_broker
from portclock.standalone.ports import free_ports
from serving.feed.consumer import LogConsumer, LogRecord, open_consumer
from serving.feed.settings import FeedSettings

OUTCOMES, EVENTS = TopicPartition(STAGE_DWELLS.name, 0), TopicPartition(TERMINAL_EVENTS.name, 1)
POLLS = 200
RECORDS = 5


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Five records of an outcome topic and of an event topic, one after the other."""
    with start_broker("tansu", tmp_path_factory.mktemp("broker")) as made:
        admin = KafkaAdminClient(bootstrap_servers=made.address)
        admin.create_topics(
            [NewTopic(name, 2, 1) for name in (OUTCOMES.topic, EVENTS.topic, TICKS.name)]
        )
        admin.close()
        producer = KafkaProducer(bootstrap_servers=made.address, acks="all")
        for number in range(RECORDS):
            for place in (OUTCOMES, EVENTS):
                marks = [("split-of", b"x")] if number == 1 else []
                value = None if number == 3 else b"%d of %s" % (number, place.topic.encode())
                producer.send(place.topic, value, b"key", marks, place.partition).get(10)
        producer.close()
        yield made


def _settings(broker: Broker) -> FeedSettings:
    return FeedSettings(
        brokers=(broker.address,), poll_s=0.05, fetch_wait_s=0.02, tails_wait_s=0.02
    )


@pytest.fixture
def consumer(broker: Broker) -> Iterator[LogConsumer]:
    """From the settings that the feed has, but quick."""
    with closing(open_consumer(_settings(broker))) as made:
        yield made


def _read(
    consumer: LogConsumer, starts: Mapping[TopicPartition, int], records: int
) -> dict[TopicPartition, list[LogRecord]]:
    consumer.assign(list(starts))
    for place, start in starts.items():
        consumer.seek(place, start)
    found: dict[TopicPartition, list[LogRecord]] = {place: [] for place in starts}
    for _ in range(POLLS):
        for place, some in consumer.poll(50, 2).items():
            found[place] += some
        if sum(map(len, found.values())) >= records:
            break
    return found


def _seen(records: Sequence[LogRecord]) -> list[tuple[object, ...]]:
    return [
        (r.topic, r.partition, r.offset, r.timestamp, r.value, list(r.headers)) for r in records
    ]


def test_every_record_comes_as_kafka_python_reads_it(broker: Broker, consumer: LogConsumer) -> None:
    found = _read(consumer, {OUTCOMES: 0, EVENTS: 0}, 2 * RECORDS)
    with closing(KafkaConsumer(bootstrap_servers=broker.address)) as other:
        for place in (OUTCOMES, EVENTS):
            other.assign([place])
            other.seek(place, 0)
            theirs: list[LogRecord] = []
            while len(theirs) < RECORDS:
                theirs += other.poll(100).get(place, [])
            assert _seen(found[place]) == _seen(theirs)


def test_it_reads_on_from_where_it_is_told_in_both_kinds_of_topic(consumer: LogConsumer) -> None:
    found = _read(consumer, {OUTCOMES: 2, EVENTS: 4}, RECORDS - 2 + 1)
    assert [record.offset for record in found[OUTCOMES]] == [2, 3, 4]
    assert [record.offset for record in found[EVENTS]] == [4]


def test_the_end_is_known_after_a_fetch_and_not_before(consumer: LogConsumer) -> None:
    consumer.assign([OUTCOMES, EVENTS])
    assert (consumer.highwater(OUTCOMES), consumer.highwater(EVENTS)) == (None, None)
    _read(consumer, {OUTCOMES: 0, EVENTS: 0}, 2 * RECORDS)
    assert (consumer.highwater(OUTCOMES), consumer.highwater(EVENTS)) == (RECORDS, RECORDS)


def test_begin_and_end_are_those_of_the_broker(consumer: LogConsumer) -> None:
    empty = TopicPartition(OUTCOMES.topic, 1)
    assert consumer.beginning_offsets([OUTCOMES, empty]) == {OUTCOMES: 0, empty: 0}
    assert consumer.end_offsets([OUTCOMES, empty], 5_000) == {OUTCOMES: RECORDS, empty: 0}


def test_topics_are_found_with_their_partitions_or_not_at_all(consumer: LogConsumer) -> None:
    assert consumer.partitions_for_topic(OUTCOMES.topic) == {0, 1}
    assert consumer.partitions_for_topic("no-such-topic") == set()


class Told:
    """A message that says what went wrong, as librdkafka hands it out."""

    def __init__(self, code: int) -> None:
        self._code = code

    def error(self) -> librdkafka.KafkaError:
        return librdkafka.KafkaError(self._code)

    def topic(self) -> str:
        return STAGE_DWELLS.name

    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return 7


class Telling:
    """A client with one message, then none; or with as many as it is asked for."""

    def __init__(self, told: Told | None = None, *, endless: bool = False) -> None:
        self._told, self._endless = told, endless
        self.waits: list[float] = []

    def poll(self, wait_s: float) -> Told | None:
        self.waits.append(wait_s)
        told, self._told = self._told, None
        return told

    def consume(self, wanted: int, _: float) -> list[Told]:
        return [Told(librdkafka.KafkaError._TRANSPORT)] * wanted if self._endless else []

    def assign(self, _: object) -> None:
        """Nothing to do."""


def _over(prompt: Any, patient: Any) -> LogConsumer:
    return LogConsumer(prompt, patient, FeedSettings())


def _told(code: int) -> Mapping[TopicPartition, Sequence[LogRecord]]:
    return _over(Telling(Told(code)), Telling()).poll(50)


@pytest.mark.parametrize("code", ["_AUTO_OFFSET_RESET", "OFFSET_OUT_OF_RANGE"])
def test_what_the_log_does_not_hold_any_more_is_said_with_its_place(code: str) -> None:
    with pytest.raises(OffsetOutOfRangeError) as caught:
        _told(getattr(librdkafka.KafkaError, code))
    assert caught.value.args == ({OUTCOMES: 7},)


def test_a_silence_passes_and_a_refusal_does_not() -> None:
    for code in ("_TRANSPORT", "_ALL_BROKERS_DOWN", "GROUP_AUTHORIZATION_FAILED"):
        assert _told(getattr(librdkafka.KafkaError, code)) == {}
    with pytest.raises(TopicAuthorizationFailedError):
        _told(librdkafka.KafkaError.TOPIC_AUTHORIZATION_FAILED)


def test_a_tail_that_is_longer_than_a_slice_is_not_waited_with() -> None:
    prompt = Telling()
    for patient, wait_s in ((Telling(endless=True), 0), (Telling(), 0.05)):
        consumer = _over(prompt, patient)
        consumer.poll(50, 10)
        consumer.poll(50, 10)
        assert prompt.waits[-2:] == [0.05, wait_s]


def test_a_broker_that_is_away_is_an_error_when_asked_and_silence_when_read() -> None:
    (port,) = free_ports(1)
    settings = FeedSettings(brokers=(f"127.0.0.1:{port}",), answer_within_s=0.2)
    with closing(open_consumer(settings)) as consumer:
        for ask in (consumer.beginning_offsets, consumer.end_offsets):
            with pytest.raises(KafkaError):
                ask([OUTCOMES])
        with pytest.raises(KafkaError):
            consumer.partitions_for_topic(OUTCOMES.topic)
        assert _read_nothing(consumer) == {}


def _read_nothing(consumer: LogConsumer) -> Mapping[TopicPartition, Sequence[LogRecord]]:
    consumer.assign([OUTCOMES])
    return consumer.poll(100)
