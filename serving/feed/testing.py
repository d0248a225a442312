"""A log in memory with a consumer in kafka-python's own shapes, and beginnings made of nothing.

For the tests of this package and of whoever starts a feed. Keeps what the feed relies on: offsets
that begin where the log was trimmed, the end known only after a fetch, a broker that may be away.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event as Flag

from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaTimeoutError, OffsetOutOfRangeError

from events.alerts import AlertDeed
from events.outcomes import Alert, Outcome
from serving.asks import Place, Seen
from serving.feed.settings import FeedSettings

QUICK = FeedSettings(retry_first_s=0.0, retry_max_s=0.0, poll_s=0.0, probe_after_polls=1)
Headers = Sequence[tuple[str, bytes]]


@dataclass
class MemoryLog:
    """Topics of one broker, each with `partitions`. While `away` is above zero, so many questions
    go unanswered."""

    topics: dict[str, int] = field(default_factory=dict)
    records: dict[TopicPartition, list[ConsumerRecord]] = field(default_factory=dict)
    begins: dict[TopicPartition, int] = field(default_factory=dict)
    away: int = 0

    def append(
        self,
        topic: str,
        value: bytes | None,
        partition: int = 0,
        *,
        headers: Headers = (),
        timestamp_ms: int = 0,
    ) -> int:
        """Write one record; returns its offset."""
        self.topics.setdefault(topic, partition + 1)
        place = TopicPartition(topic, partition)
        records = self.records.setdefault(place, [])
        offset = self.begins.get(place, 0) + len(records)
        records.append(
            ConsumerRecord(
                *(topic, partition, 0, offset, timestamp_ms, 0),
                *(None, value, list(headers), None, -1, -1, -1),
            )
        )
        return offset

    def trim(self, place: TopicPartition, upto: int) -> None:
        """Let the oldest records go."""
        begin = self.begins.get(place, 0)
        self.records[place] = self.records[place][upto - begin :]
        self.begins[place] = upto

    def answer(self) -> None:
        """Raises KafkaTimeoutError while the broker is away."""
        if self.away > 0:
            self.away -= 1
            raise KafkaTimeoutError("the broker does not answer")

    def span(self, place: TopicPartition) -> tuple[int, int]:
        """Where a partition begins and ends."""
        begin = self.begins.get(place, 0)
        return begin, begin + len(self.records.get(place, ()))


class MemoryConsumer:
    """One consumer of no group. As with the real one, a poll is silent while the broker is away."""

    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._positions: dict[TopicPartition, int] = {}
        self._ends: dict[TopicPartition, int] = {}
        self.closed = False

    def partitions_for_topic(self, topic: str) -> set[int]:
        """None of a topic that does not exist."""
        self._log.answer()
        return set(range(self._log.topics.get(topic, 0)))

    def beginning_offsets(
        self, partitions: Sequence[TopicPartition], timeout_ms: float | None = None
    ) -> Mapping[TopicPartition, int]:
        """The first offset of each."""
        self._log.answer()
        return {place: self._log.span(place)[0] for place in partitions}

    def end_offsets(
        self, partitions: Sequence[TopicPartition], timeout_ms: float | None = None
    ) -> Mapping[TopicPartition, int]:
        """The offset after the last of each."""
        self._log.answer()
        return {place: self._log.span(place)[1] for place in partitions}

    def assign(self, partitions: Sequence[TopicPartition]) -> None:
        """Read these and no others."""
        self._positions = dict.fromkeys(partitions, 0)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Read a partition from there."""
        self._positions[partition] = offset

    def poll(
        self, timeout_ms: float = 0, max_records: int | None = None
    ) -> Mapping[TopicPartition, Sequence[ConsumerRecord]]:
        """Raises OffsetOutOfRangeError below the beginning; beyond the end nothing comes."""
        if self._log.away:
            return {}
        polled, left = {}, max_records or 500
        for place, position in self._positions.items():
            begin, end = self._log.span(place)
            if position < begin:
                raise OffsetOutOfRangeError({place: position})
            self._ends[place] = end
            if records := self._log.records.get(place, [])[position - begin :][:left]:
                polled[place] = records
                self._positions[place] = position + len(records)
                left -= len(records)
        return polled

    def highwater(self, partition: TopicPartition) -> int | None:
        """The end, as the last fetch told it."""
        return self._ends.get(partition)

    def close(self) -> None:
        """Let go."""
        self.closed = True


@dataclass
class Given:
    """A beginning of given rows; fulfils `serving.asks.Beginning`."""

    rows: Iterable[tuple[Outcome, Place]] = ()
    alarms: Iterable[tuple[Alert, Place]] = ()
    places: Mapping[tuple[str, int], int] = field(default_factory=dict)
    seen: Iterable[Seen] = ()

    def outcomes(self) -> Iterator[tuple[Outcome, Place]]:
        """See Beginning.outcomes."""
        return iter(self.rows)

    def alerts(self) -> Iterator[tuple[Alert, Place]]:
        """See Beginning.alerts."""
        return iter(self.alarms)

    def deeds(self) -> Iterator[AlertDeed]:
        """See Beginning.deeds."""
        return iter(())

    def spots(self) -> Iterator[Seen]:
        """See Beginning.spots."""
        return iter(self.seen)

    def upto(self) -> Mapping[tuple[str, int], int]:
        """See Beginning.upto."""
        return self.places


class Turns(Flag):
    """A stop that comes after so many looks; what is done `between` happens before each, in turn.
    Nothing waits."""

    def __init__(self, turns: int, *between: Callable[[], object]) -> None:
        super().__init__()
        self._left, self._between = turns, deque(between)
        self.waits: list[float] = []

    def is_set(self) -> bool:
        """Whether the turns are over."""
        if self._left and self._between:
            self._between.popleft()()
        self._left -= 1
        return self._left < 0

    def wait(self, timeout: float | None = None) -> bool:
        """Remember how long somebody would have waited."""
        self.waits.append(timeout or 0.0)
        return False
