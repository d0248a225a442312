"""The log as the notifier sees it: records from where it stopped, and its own words back into it.

Reads by assignment and keeps no offsets at the broker: the place that counts is in the outbox,
written down together with what was read.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from events.topics import ALERT_DEEDS, LIMIT_ALERTS
from serving.notify.books import Publication
from serving.notify.errands import Heard

TOPICS: Final = (LIMIT_ALERTS, ALERT_DEEDS)
RECORDS_PER_POLL: Final = 500
FETCH_BYTES_MAX: Final = 8 * 1024 * 1024
FETCH_WAIT_MS: Final = 250
TOPICS_WITHIN_TURNS: Final = 60
ACKNOWLEDGED_WITHIN_S: Final = 30.0
_LOG = logging.getLogger(__name__)

Places = Mapping[tuple[str, int], int]
Arguments = Mapping[str, Any]
"""What a client is given besides: how it shows who it is."""


class LogUnready(Exception):
    """The broker has no such topics; one sentence says what to do."""


class Log(Protocol):
    """What is read, in order of each partition."""

    def poll(self, within_s: float) -> Sequence[Heard]: ...
    def lag(self) -> Mapping[str, int]: ...
    def close(self) -> None: ...


class KafkaLog:
    """All partitions of both topics, from the places given; others from their beginning."""

    def __init__(
        self,
        brokers: Sequence[str],
        places: Places,
        turns: int = TOPICS_WITHIN_TURNS,
        arguments: Arguments | None = None,
    ) -> None:
        """Raises KafkaError, or LogUnready when the topics are not there after so many looks."""
        self._turns = turns
        self._consumer = KafkaConsumer(
            bootstrap_servers=list(brokers),
            client_id="portclock-notify",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            max_poll_records=RECORDS_PER_POLL,
            fetch_max_bytes=FETCH_BYTES_MAX,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            **(arguments or {}),
        )
        try:
            self._begin(places)
        except BaseException:
            self._consumer.close()
            raise

    def _begin(self, places: Places) -> None:
        found = [where for topic in TOPICS for where in self._partitions(topic.name)]
        self._consumer.assign(found)
        ends = self._consumer.end_offsets(found)
        begins = self._consumer.beginning_offsets(found)
        for where in found:
            at = places.get((where.topic, where.partition), begins[where])
            if not begins[where] <= at <= ends[where]:
                _LOG.warning(
                    "%s/%s goes from %s to %s and was read up to %s; reading it from its beginning",
                    *(where.topic, where.partition, begins[where], ends[where], at),
                )
                at = begins[where]
            self._consumer.seek(where, at)

    def _partitions(self, topic: str) -> list[TopicPartition]:
        for _ in range(self._turns):
            if numbers := self._consumer.partitions_for_topic(topic):
                return [TopicPartition(topic, number) for number in sorted(numbers)]
            self._consumer.topics()
        raise LogUnready(
            f"the broker has no topic {topic}; start a worker on it first, which makes the topics"
        )

    def poll(self, within_s: float) -> list[Heard]:
        """What came, at most RECORDS_PER_POLL; nothing when nothing came in time."""
        polled = self._consumer.poll(timeout_ms=within_s * 1000)
        return [
            Heard(record.topic, record.partition, record.offset, record.timestamp, record.value)
            for records in polled.values()
            for record in records
        ]

    def lag(self) -> dict[str, int]:
        """By topic, how many records are known that were not polled yet."""
        behind = {topic.name: 0 for topic in TOPICS}
        for where in self._consumer.assignment():
            end = self._consumer.highwater(where)
            if end is not None:
                behind[where.topic] += max(0, end - self._consumer.position(where))
        return behind

    def close(self) -> None:
        """Let go of the broker."""
        self._consumer.close()


class Herald(Protocol):
    """Writes the notifier's own words into the log."""

    def say(self, publications: Sequence[Publication]) -> bool: ...
    def close(self) -> None: ...


class KafkaHerald:
    """Every record is acknowledged by all replicas before it is forgotten here."""

    def __init__(self, brokers: Sequence[str], arguments: Arguments | None = None) -> None:
        """Raises KafkaError."""
        self._producer = KafkaProducer(
            bootstrap_servers=list(brokers),
            client_id="portclock-notify",
            acks="all",
            allow_auto_create_topics=False,
            max_block_ms=int(ACKNOWLEDGED_WITHIN_S * 1000),
            delivery_timeout_ms=int(ACKNOWLEDGED_WITHIN_S * 1000),
            **(arguments or {}),
        )

    def say(self, publications: Sequence[Publication]) -> bool:
        """Whether the log has all of these now. If not, all of them are to be said again: readers
        know a record by its identity."""
        try:
            futures = [
                self._producer.send(one.topic, key=one.key.encode(), value=one.value)
                for one in publications
            ]
            for future in futures:
                future.get(timeout=ACKNOWLEDGED_WITHIN_S)
        except KafkaError as error:
            _LOG.warning("the log did not take a record: %s", type(error).__name__)
            return False
        return True

    def close(self) -> None:
        """Let go of the broker; what was not acknowledged stays in the outbox."""
        self._producer.close(timeout=5)
