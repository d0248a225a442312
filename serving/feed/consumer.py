"""The feed's consumer over librdkafka: two clients, one for what is waited for and one for tails.

A board reads every outcome of a port: kafka-python, which checks sums byte by byte in Python, took
more of the board's time than the board itself. What somebody waits for (outcomes, alerts, deeds,
ticks) is fetched promptly; of events and dead letters the board shows how they are heard, and lets
the broker gather them for longer. The only module here that knows confluent-kafka; places and
errors are kafka-python's, as everywhere in the feed. Of no group: it commits nothing.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, NoReturn

import confluent_kafka as librdkafka
from kafka import TopicPartition
from kafka.errors import (
    KafkaConnectionError,
    KafkaError,
    OffsetOutOfRangeError,
    TopicAuthorizationFailedError,
    for_code,
)

from events.topics import TICKS
from serving.feed.settings import FeedSettings

GATHER_S: Final = 0.02
"""So long more is gathered after a first record: a turn for each would keep a core busy."""
FETCH_BYTES_MAX: Final = 8 * 1024 * 1024
FETCHED_AHEAD_KIB: Final = 16 * 1024
_LOG = logging.getLogger(__name__)
_Code = librdkafka.KafkaError


class LogRecord(NamedTuple):
    """One record of a partition. `timestamp` in milliseconds by the broker."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


def open_consumer(settings: FeedSettings) -> "LogConsumer":
    """A consumer of no group. It connects when it is asked something; then a broker that does not
    answer in time raises KafkaError."""
    prompt = _client(settings, settings.fetch_wait_s)
    return LogConsumer(prompt, _client(settings, settings.tails_wait_s), settings)


def _client(settings: FeedSettings, wait_s: float) -> librdkafka.Consumer:
    configs: dict[str, Any] = {
        "bootstrap.servers": ",".join(settings.brokers),
        "client.id": "portclock-board",
        "group.id": "portclock-board",  # the client wants a name; no group is joined by assigning
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "error",
        "allow.auto.create.topics": False,
        "isolation.level": "read_uncommitted",
        "check.crcs": True,
        "socket.timeout.ms": int(settings.answer_within_s * 1000),
        "reconnect.backoff.max.ms": 1_000,
        "fetch.wait.max.ms": int(wait_s * 1000),
        "fetch.min.bytes": settings.fetch_bytes_min,
        "fetch.max.bytes": FETCH_BYTES_MAX,
        "queued.max.messages.kbytes": FETCHED_AHEAD_KIB,
        "fetch.queue.backoff.ms": 20,
        **settings.librdkafka,
    }
    return librdkafka.Consumer(configs, logger=_LOG)


class LogConsumer:
    """Fulfils `serving.feed.log.Consumer`. Not for use by two threads at once."""

    def __init__(
        self, prompt: librdkafka.Consumer, patient: librdkafka.Consumer, settings: FeedSettings
    ) -> None:
        self._prompt, self._patient = prompt, patient
        self._tails = frozenset(settings.tails) - {TICKS.name}
        self._answer_s = settings.answer_within_s
        self._starts: dict[TopicPartition, int] = {}
        self._places: dict[TopicPartition, librdkafka.TopicPartition] = {}
        self._moved = self._behind = False

    def partitions_for_topic(self, topic: str) -> set[int]:
        """None of a topic that does not exist. Raises KafkaError."""
        try:
            told = self._prompt.list_topics(topic, timeout=self._answer_s).topics[topic]
        except librdkafka.KafkaException as error:
            _raise(error.args[0], error)
        return set(told.partitions)

    def beginning_offsets(
        self, partitions: Sequence[TopicPartition], timeout_ms: float | None = None
    ) -> Mapping[TopicPartition, int]:
        """The first offset of each. Raises KafkaError."""
        return {place: self._span(place, timeout_ms)[0] for place in partitions}

    def end_offsets(
        self, partitions: Sequence[TopicPartition], timeout_ms: float | None = None
    ) -> Mapping[TopicPartition, int]:
        """The offset after the last of each, as the broker lists it. Raises KafkaError."""
        return {place: self._span(place, timeout_ms)[1] for place in partitions}

    def assign(self, partitions: Sequence[TopicPartition]) -> None:
        """Read these and no others, from where `seek` says; from the next poll on."""
        self._starts = dict.fromkeys(partitions, 0)
        self._places = {each: librdkafka.TopicPartition(*each) for each in partitions}
        self._moved = True

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Read a partition from there."""
        self._starts[partition] = offset
        self._moved = True

    def poll(
        self, timeout_ms: float = 0, max_records: int | None = None
    ) -> Mapping[TopicPartition, Sequence[LogRecord]]:
        """What somebody waits for, waited for, and what came of the tails. Raises KafkaError, and
        OffsetOutOfRangeError for what the log does not hold; is silent while the broker is."""
        self._begin()
        wanted = max_records or 500
        # Where tails are left over nothing is waited for: a long one would take minutes.
        first = self._prompt.poll(0 if self._behind else timeout_ms / 1000)
        found = [] if first is None else [first, *self._prompt.consume(wanted - 1, GATHER_S)]
        room = max(1, wanted - len(found))
        tails = self._patient.consume(room, 0)
        self._behind = len(tails) == room
        return _by_place([*found, *tails])

    def highwater(self, partition: TopicPartition) -> int | None:
        """The end of the log as the last fetch had it; None before the first."""
        known = self._client(partition).get_watermark_offsets(self._places[partition], cached=True)
        return known[1] if known and known[1] >= 0 else None

    def close(self) -> None:
        """Let go of the broker."""
        self._prompt.close()
        self._patient.close()

    def _begin(self) -> None:
        if not self._moved:
            return
        self._moved = False
        for client in (self._prompt, self._patient):
            client.assign(
                [
                    librdkafka.TopicPartition(place.topic, place.partition, start)
                    for place, start in self._starts.items()
                    if self._client(place) is client
                ]
            )

    def _client(self, place: TopicPartition) -> librdkafka.Consumer:
        return self._patient if place.topic in self._tails else self._prompt

    def _span(self, place: TopicPartition, timeout_ms: float | None) -> tuple[int, int]:
        within_s = self._answer_s if timeout_ms is None else timeout_ms / 1000
        try:
            told = self._prompt.get_watermark_offsets(
                librdkafka.TopicPartition(place.topic, place.partition), timeout=within_s
            )
        except librdkafka.KafkaException as error:
            _raise(error.args[0], error)
        if told is None:
            raise KafkaConnectionError(f"{place.topic}/{place.partition} was not told in time")
        return told


def _by_place(
    messages: Iterable[librdkafka.Message],
) -> dict[TopicPartition, list[LogRecord]]:
    polled: dict[TopicPartition, list[LogRecord]] = {}
    for message in messages:
        if error := message.error():
            _complain(error, message)
            continue
        record = _record(message)
        place = TopicPartition(record.topic, record.partition)
        if place in polled:
            polled[place].append(record)
        else:
            polled[place] = [record]
    return polled


def _record(message: Any) -> LogRecord:
    return LogRecord(
        message.topic(),
        message.partition(),
        message.offset(),
        message.timestamp()[1],
        message.value(),
        message.headers() or (),
    )


def _complain(error: librdkafka.KafkaError, message: Any) -> None:
    """What a poll finds wrong: a lost place and a refusal are raised, silence passes."""
    if error.code() in (_Code._AUTO_OFFSET_RESET, _Code.OFFSET_OUT_OF_RANGE):
        place = TopicPartition(message.topic(), message.partition())
        raise OffsetOutOfRangeError({place: message.offset()})
    if error.fatal() or error.code() == _Code.TOPIC_AUTHORIZATION_FAILED:
        _raise(error)
    _LOG.info("the broker's trouble: %s", error.str())


def _raise(error: librdkafka.KafkaError, cause: BaseException | None = None) -> NoReturn:
    """The same error as kafka-python has it: the broker's codes are the protocol's own."""
    if error.code() >= 0:
        known: KafkaError = for_code(error.code())(error.str())
        raise known from cause
    if error.code() == _Code._AUTHENTICATION:
        raise TopicAuthorizationFailedError(error.str()) from cause
    raise KafkaConnectionError(error.str()) from cause
