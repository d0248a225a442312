"""The pulse: a tick into every partition each second, so that a quiet partition still advances.

Told the time and when to stop. A tick says up to which offset each event topic had been written
when it was made; the worker applies it only after those events. Knows kafka-python, no rule.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from threading import Event

import structlog
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from events.codec import encode
from events.outcomes import Tick
from events.topics import EVENT_TOPICS, TICKS
from streams.metrics import PulseMetrics
from streams.settings import Settings

_log = structlog.get_logger("pulse")

Ends = Mapping[tuple[str, int], int]
"""End offset (exclusive) by topic and partition."""


class PulseLost(Exception):
    """No tick could be written for too long; a supervisor should start the pulse again."""


def ticks_at(moment: datetime, ends: Ends, partitions: int) -> list[tuple[int, Tick]]:
    """The ticks of one beat: partition and tick, the same time for all."""
    return [
        (partition, Tick(at=moment, upto=_upto(ends, partition))) for partition in range(partitions)
    ]


def _upto(ends: Ends, partition: int) -> dict[str, int]:
    return {topic.name: ends.get((topic.name, partition), 0) for topic in EVENT_TOPICS}


class Pulse:
    """One heart: reads end offsets, then writes a tick to every partition."""

    def __init__(self, settings: Settings) -> None:
        self._partitions = settings.partitions
        self._timeout_s = settings.publish_timeout_s
        reached = {"bootstrap_servers": settings.brokers, **settings.kafka_python}
        self._consumer = KafkaConsumer(**reached, enable_auto_commit=False)
        self._producer = KafkaProducer(**reached, acks="all")

    def beat(self, moment: datetime) -> int:
        """Write one tick per partition and wait for them. Returns how many. Raises KafkaError."""
        ticks = ticks_at(moment, self._ends(), self._partitions)
        sent = [
            self._producer.send(
                TICKS.name, encode(tick), str(partition).encode(), partition=partition
            )
            for partition, tick in ticks
        ]
        for future in sent:
            future.get(timeout=self._timeout_s)
        return len(sent)

    def close(self) -> None:
        """Give the connections back."""
        self._producer.close(timeout=5)
        self._consumer.close()

    def _ends(self) -> dict[tuple[str, int], int]:
        asked = [
            TopicPartition(topic.name, partition)
            for topic in EVENT_TOPICS
            for partition in range(self._partitions)
        ]
        return _by_place(self._consumer.end_offsets(asked).items())


def _by_place(ends: Iterable[tuple[TopicPartition, int]]) -> dict[tuple[str, int], int]:
    return {(place.topic, place.partition): offset for place, offset in ends}


def run_pulse(
    settings: Settings,
    now: Callable[[], datetime],
    stop: Event,
    *,
    interval_s: float = 1.0,
    failures_max: int = 60,
    metrics: PulseMetrics | None = None,
) -> None:
    """Beat until told to stop. A broker that is away is tried again each second, `failures_max`
    times in a row; then PulseLost is raised, since a silent pulse means no breach is ever seen."""
    pulse, metrics = Pulse(settings), metrics or PulseMetrics()
    failures = 0
    try:
        while not stop.is_set():
            try:
                moment = now()
                metrics.beat(moment.timestamp(), pulse.beat(moment))
                failures = 0
            except KafkaError as error:
                failures += 1
                metrics.lost()
                _log.warning("a beat was lost", error=repr(error), in_a_row=failures)
                if failures > failures_max:
                    raise PulseLost(f"no tick was written for {failures} beats: {error}") from error
            stop.wait(interval_s)
    finally:
        pulse.close()
