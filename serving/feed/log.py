"""The log as the feed sees it: every partition of its topics, each from a place of its own.

Reads by assignment and commits nothing: where to read on is known from the tables. Relied on of a
consumer: `highwater` tells the true end after a fetch (an embedded broker lists end offsets too low
after a batch of several records), a poll does not raise while the broker is away, and a question
with a time limit does.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from kafka import TopicPartition
from kafka.errors import OffsetOutOfRangeError

from serving.feed.settings import WHOLE, FeedSettings

_LOG = logging.getLogger(__name__)


class LogMadeAnew(Exception):
    """These partitions no longer hold what was to be read next: trimmed, or other logs."""

    def __init__(self, places: Iterable[TopicPartition]) -> None:
        self.places = frozenset(places)
        named = ", ".join(f"{place.topic}/{place.partition}" for place in sorted(self.places))
        super().__init__(f"{named} no longer hold what was to be read next")


class Record(Protocol):
    """What the feed reads of a record. `timestamp` in milliseconds by the broker."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


class Consumer(Protocol):
    """A consumer of no group, as far as it is used; places and errors are kafka-python's."""

    def partitions_for_topic(self, topic: str) -> set[int]: ...
    def beginning_offsets(
        self, partitions: Sequence[TopicPartition], timeout_ms: float | None = None
    ) -> Mapping[TopicPartition, int]: ...
    def end_offsets(
        self, partitions: Sequence[TopicPartition], timeout_ms: float | None = None
    ) -> Mapping[TopicPartition, int]: ...
    def assign(self, partitions: Sequence[TopicPartition]) -> None: ...
    def seek(self, partition: TopicPartition, offset: int) -> None: ...
    def poll(
        self, timeout_ms: float = 0, max_records: int | None = None
    ) -> Mapping[TopicPartition, Sequence[Record]]: ...
    def highwater(self, partition: TopicPartition) -> int | None: ...
    def close(self) -> None: ...


Connect = Callable[[FeedSettings], Consumer]


class Log:
    """One connection to the log. `positions` outlives it: the next offset of each partition."""

    def __init__(
        self,
        consumer: Consumer,
        settings: FeedSettings,
        positions: dict[TopicPartition, int],
        upto: Mapping[tuple[str, int], int],
    ) -> None:
        self._consumer, self._settings = consumer, settings
        self._positions, self._upto = positions, upto
        self._assigned: tuple[TopicPartition, ...] = ()
        self.missing: tuple[str, ...] = settings.topics

    def look(self) -> None:
        """Take up topics that came into being. Raises KafkaError."""
        found: list[TopicPartition] = []
        missing: list[str] = []
        for topic in self._settings.topics:
            numbers = self._consumer.partitions_for_topic(topic)
            found += [TopicPartition(topic, number) for number in sorted(numbers)]
            if not numbers:
                missing.append(topic)
        self.missing = tuple(missing)
        if set(found) != set(self._assigned):
            self._assign(found)

    def poll(self) -> list[Record]:
        """The next records, at most a slice of them. Raises KafkaError and LogMadeAnew."""
        if not self._assigned:
            return []
        try:
            polled = self._consumer.poll(self._settings.poll_s * 1000, self._settings.slice_records)
        except OffsetOutOfRangeError as error:
            raise LogMadeAnew(error.args[0]) from error
        records = [record for some in polled.values() for record in some]
        for record in records:
            self._positions[TopicPartition(record.topic, record.partition)] = record.offset + 1
        self._refuse_another_log()
        return records

    def probe(self) -> None:
        """Ask the broker for something, to see that it is there. Raises KafkaError."""
        if self._assigned:
            self._consumer.beginning_offsets(self._assigned[:1], self._wait_ms)
        self.look()

    def ends(self) -> dict[TopicPartition, int | None]:
        """The end of each partition that is to be read whole; None before its first fetch."""
        whole = (place for place in self._assigned if place.topic in WHOLE)
        return {place: self._consumer.highwater(place) for place in whole}

    def lags(self) -> dict[TopicPartition, int]:
        """How many records of each partition were written and not read, as far as is known."""
        ends = ((place, self._consumer.highwater(place)) for place in self._assigned)
        return {
            place: max(0, end - self._positions[place]) for place, end in ends if end is not None
        }

    def close(self) -> None:
        """Let go of the broker."""
        self._consumer.close()

    @property
    def _wait_ms(self) -> float:
        return self._settings.answer_within_s * 1000

    def _assign(self, places: list[TopicPartition]) -> None:
        new = [place for place in places if place not in self._positions]
        self._positions.update(self._starts(new))
        self._consumer.assign(places)
        for place in places:
            self._consumer.seek(place, self._positions[place])
        self._assigned = tuple(places)

    def _starts(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        if not places:
            return {}
        begins = self._consumer.beginning_offsets(places, self._wait_ms)
        ends = self._consumer.end_offsets(places, self._wait_ms)
        return {place: self._start(place, begins[place], ends[place]) for place in places}

    def _start(self, place: TopicPartition, begin: int, end: int) -> int:
        tail = self._settings.tails.get(place.topic)
        if tail is not None:
            return max(begin, end - tail)
        at = self._upto.get((place.topic, place.partition), begin)
        if at < begin:
            _LOG.warning(
                "%s/%s begins at %s, and the tables end at %s: what was between is gone",
                *(place.topic, place.partition, begin, at),
            )
        return max(begin, at)

    def _refuse_another_log(self) -> None:
        """A fetch that ends before what was read already is of another log."""
        beyond = [
            place
            for place in self._assigned
            if (end := self._consumer.highwater(place)) is not None and end < self._positions[place]
        ]
        if beyond:
            raise LogMadeAnew(beyond)
