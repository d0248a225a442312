"""The consumer as the writer sees it, and the one member of a group that is one: librdkafka's.

The only module that knows confluent-kafka. Places and errors are kafka-python's, which the rest of
the house has, so an error here means what it means elsewhere. Must never know a row or a store.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, NoReturn, Protocol, cast

import confluent_kafka as librdkafka
from kafka import TopicPartition
from kafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
    for_code,
)

from events.topics import OUTCOME_TOPICS, Topic
from sinks.settings import WriterSettings
from sinks.standstill import Standstill

RECORDS_PER_POLL: Final = 2_000
GATHER_S: Final = 0.02
"""A turn for every record that arrives would keep a core busy at 1,000 records a second."""
FETCHED_AHEAD_KIB: Final = 16 * 1024
BEGINNING_S: Final = 30.0
"""How long a broker may take to be there at all."""
ANSWER_S: Final = 10.0
"""How long it may take to answer a commit: below the group's five minutes between polls."""

_LOG = logging.getLogger(__name__)
_Code = librdkafka.KafkaError
_SILENT: Final = frozenset(
    {
        _Code._TRANSPORT,
        _Code._ALL_BROKERS_DOWN,
        _Code._RESOLVE,
        _Code._TIMED_OUT,
        _Code._TIMED_OUT_QUEUE,
        _Code._WAIT_COORD,
        _Code._WAIT_CACHE,
        _Code._IN_PROGRESS,
        _Code._PREV_IN_PROGRESS,
        _Code._RETRY,
    }
)
"""The client's own words for a broker that does not answer: worth asking again."""
_MOVED: Final = frozenset({_Code._ASSIGNMENT_LOST, _Code._MAX_POLL_EXCEEDED, _Code._STATE})
"""Its words for a place in the group that is gone; it joins anew by itself."""
_FORBIDDEN: Final = frozenset(
    {
        _Code.TOPIC_AUTHORIZATION_FAILED,
        _Code.GROUP_AUTHORIZATION_FAILED,
        _Code.CLUSTER_AUTHORIZATION_FAILED,
        _Code._AUTHENTICATION,
    }
)


Headers = Sequence[tuple[str, bytes]]
Clock = Callable[[], float]


class StandsStill(Exception):
    """A partition is ours, its log grows, and nothing of it comes: a new member begins anew."""


class LogRecord(NamedTuple):
    """One record of a partition. `timestamp` in milliseconds, 0 when there is none."""

    offset: int
    value: bytes | None
    key: bytes | None
    headers: Headers
    timestamp: int


class Consumer(Protocol):
    """The part of a group's member that the writer uses.

    Of a partition that is not assigned, `pause`, `resume` and `highwater` raise IllegalStateError.
    """

    def poll(self, timeout_ms: float = 0) -> Mapping[TopicPartition, Sequence[LogRecord]]: ...
    def assignment(self) -> set[TopicPartition]: ...
    def paused(self) -> set[TopicPartition]: ...
    def pause(self, *partitions: TopicPartition) -> None: ...
    def resume(self, *partitions: TopicPartition) -> None: ...
    def highwater(self, partition: TopicPartition) -> int | None: ...
    def commit(self, offsets: Mapping[TopicPartition, int]) -> None: ...
    def close(self) -> None: ...


def open_consumer(
    settings: WriterSettings,
    topics: Sequence[Topic] = OUTCOME_TOPICS,
    clock: Clock | None = None,
    **overrides: Any,
) -> "GroupMember":
    """Join the group of these settings on these topics; raises KafkaError if no broker answers.

    Commits are the writer's own, and a group without a commit begins at the oldest record: what
    was published before the writer first ran must land too. With a clock it also watches whether a
    partition stands still.
    """
    configs: dict[str, Any] = {
        "bootstrap.servers": ",".join(settings.brokers),
        "client.id": "portclock-writer",
        "group.id": settings.group,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "allow.auto.create.topics": False,
        "isolation.level": "read_uncommitted",  # what a worker takes is what lands
        "check.crcs": True,
        "session.timeout.ms": settings.session_timeout_ms,
        "heartbeat.interval.ms": settings.session_timeout_ms // 3,
        "socket.timeout.ms": int(ANSWER_S * 1000),
        "queued.max.messages.kbytes": FETCHED_AHEAD_KIB,
        # A broker that answers whatever comes at once is asked for each record or two; the embedded
        # one looks through all batches of a partition to find them, and answers at half this time.
        "fetch.wait.max.ms": int(settings.fetch_wait_s * 1000),
        "fetch.min.bytes": settings.fetch_bytes_min,
        "fetch.queue.backoff.ms": 20,  # its default of 1,000 lets a full queue run dry
        **settings.librdkafka,
        **overrides,
    }
    return GroupMember(librdkafka.Consumer(configs, logger=_LOG), topics, clock)


class GroupMember:
    """One member of a group. Not for use by two threads at once.

    What moves to another member moves only inside `poll`; between two polls nothing changes.
    """

    def __init__(
        self, client: librdkafka.Consumer, topics: Sequence[Topic], clock: Clock | None = None
    ) -> None:
        self._client, self._clock, self._standstill = client, clock, Standstill()
        self._assigned: set[TopicPartition] = set()
        self._paused: set[TopicPartition] = set()
        self._revoked: set[TopicPartition] = set()
        try:
            client.list_topics(timeout=BEGINNING_S)
        except librdkafka.KafkaException as error:
            client.close()
            raise KafkaConnectionError(error.args[0].str()) from error
        client.subscribe(
            [topic.name for topic in topics], on_assign=self._take_over, on_revoke=self._give_up
        )

    def poll(self, timeout_ms: float = 0) -> Mapping[TopicPartition, Sequence[LogRecord]]:
        """Wait for one record, then GATHER_S for more; of what is assigned now only.

        Raises StandsStill, if it has a clock, and KafkaError for what will not get better.
        """
        polled = self._polled(timeout_ms)
        if self._clock:
            self._look(polled, self._clock)
        return polled

    def _polled(self, timeout_ms: float) -> Mapping[TopicPartition, Sequence[LogRecord]]:
        self._revoked.clear()
        first = self._client.poll(timeout_ms / 1000)
        if first is None:
            return {}
        polled: dict[TopicPartition, list[LogRecord]] = {}
        # Not `consume` alone, which waits for as many records as it is asked for.
        for message in (first, *self._client.consume(RECORDS_PER_POLL - 1, GATHER_S)):
            if error := message.error():
                _complain(error)
                continue
            place = TopicPartition(message.topic(), message.partition())
            if place not in polled:
                polled[place] = []
            polled[place].append(_record(message))
        if gone := (polled.keys() - self._assigned) | (self._revoked & polled.keys()):
            self._drop(polled, gone)
        return polled

    def assignment(self) -> set[TopicPartition]:
        """What it has since the last poll."""
        return set(self._assigned)

    def paused(self) -> set[TopicPartition]:
        """What it has and does not fetch."""
        return set(self._paused)

    def pause(self, *partitions: TopicPartition) -> None:
        """Fetch these no more."""
        self._client.pause(self._ours(partitions))
        self._paused |= set(partitions)

    def resume(self, *partitions: TopicPartition) -> None:
        """Fetch these again, from where they were."""
        self._client.resume(self._ours(partitions))
        self._paused -= set(partitions)

    def highwater(self, partition: TopicPartition) -> int | None:
        """The end of the log as the last fetch had it; None before the first."""
        (told,) = self._ours([partition])
        try:
            known = self._client.get_watermark_offsets(told, cached=True)
        except librdkafka.KafkaException:
            return None
        return known[1] if known and known[1] >= 0 else None

    def committed(self, partition: TopicPartition) -> int | None:
        """The group's commit; None when there is none. Asks the broker, raises KafkaError."""
        try:
            (known,) = self._client.committed(_told([partition]), timeout=ANSWER_S)
        except librdkafka.KafkaException as error:
            _raise(error.args[0], error)
        return known.offset if known.offset >= 0 else None

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Return once the broker has these. Raises KafkaError, see its `retriable`."""
        wanted = [
            librdkafka.TopicPartition(place.topic, place.partition, at)
            for place, at in offsets.items()
        ]
        try:
            answered = self._client.commit(offsets=wanted, asynchronous=False)
        except librdkafka.KafkaException as error:
            _raise(error.args[0], error)
        for each in answered or ():
            if each.error:
                _raise(each.error)

    def close(self) -> None:
        """Leave the group."""
        self._client.close()

    def _ours(self, places: Sequence[TopicPartition]) -> list[librdkafka.TopicPartition]:
        if not self._assigned.issuperset(places):
            raise IllegalStateError("a partition is not assigned")
        return _told(places)

    def _look(self, came: Mapping[TopicPartition, object], clock: Clock) -> None:
        """Ask the broker about at most one partition that is silent; raises StandsStill."""
        place = self._standstill.due(self._assigned - self._paused, came, clock())
        if place is None:
            return
        seen, end = self.highwater(place), self._end(place)
        if self._standstill.found(place, seen, end, clock()):
            raise StandsStill(
                f"{place.topic}/{place.partition} is fetched no more: its log ends at {end}, and "
                f"the client has seen {'none of it' if seen is None else f'it end at {seen}'}; "
                "nothing is lost, the next one goes on at the commit"
            )

    def _end(self, place: TopicPartition) -> int | None:
        """The end of a log as the broker has it now; None when it does not answer."""
        try:
            (told,) = self._ours([place])
            known = self._client.get_watermark_offsets(told, timeout=ANSWER_S)
        except librdkafka.KafkaException:
            return None
        return known[1] if known else None

    def _take_over(self, _: object, partitions: list[librdkafka.TopicPartition]) -> None:
        self._assigned |= {TopicPartition(each.topic, each.partition) for each in partitions}

    def _give_up(self, _: object, partitions: list[librdkafka.TopicPartition]) -> None:
        gone = {TopicPartition(each.topic, each.partition) for each in partitions}
        # The client keeps a pause beyond the assignment, so what comes back would stay paused
        # (https://github.com/confluentinc/confluent-kafka-go/issues/193). Here it is still ours.
        if paused := self._paused & gone:
            self._client.resume(_told([*paused]))
        self._assigned -= gone
        self._paused -= gone
        self._revoked |= gone

    def _drop(
        self, polled: dict[TopicPartition, list[LogRecord]], gone: set[TopicPartition]
    ) -> None:
        """Of what moved away in this poll nothing is taken: it is another's, or comes again."""
        for place in gone:
            first = min(record.offset for record in polled.pop(place))
            if place in self._assigned:  # away and back within one poll
                self._client.seek(librdkafka.TopicPartition(place.topic, place.partition, first))


def _record(message: librdkafka.Message) -> LogRecord:
    return LogRecord(
        cast("int", message.offset()),
        message.value(),
        message.key(),
        cast("Headers", message.headers() or ()),
        max(0, message.timestamp()[1]),
    )


def _told(places: Sequence[TopicPartition]) -> list[librdkafka.TopicPartition]:
    return [librdkafka.TopicPartition(place.topic, place.partition) for place in places]


def _complain(error: librdkafka.KafkaError) -> None:
    """What a poll finds wrong: the end if it will not get better, else a line in the log."""
    if error.fatal() or error.code() in _FORBIDDEN:
        _raise(error)
    _LOG.warning("the broker's trouble: %s", error.str())


def _raise(error: librdkafka.KafkaError, cause: BaseException | None = None) -> NoReturn:
    """The same error as kafka-python has it: the broker's codes are the protocol's own."""
    raise translated(error) from cause


def translated(error: librdkafka.KafkaError) -> KafkaError:
    """kafka-python's word for an error of librdkafka."""
    code, said = error.code(), error.str()
    if code >= 0:
        known: KafkaError = for_code(code)(said)
        return known
    if code in _SILENT:
        return KafkaConnectionError(said)
    if code in _MOVED:
        return CommitFailedError(said)
    if code in _FORBIDDEN:
        return TopicAuthorizationFailedError(said)
    return KafkaError(said)
