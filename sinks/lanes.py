"""The lanes of a writer: outcomes and events land side by side, and neither waits for the other.

A lane is a consumer group, a connection to the store, a buffer and a thread. So a flood of events,
or an insert of them that hangs, leaves verdicts alone; the lanes share a process and its ending.
"""

import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Event as Flag
from typing import Final

from events.topics import EVENT_TOPICS, OUTCOME_TOPICS, PEOPLE_TOPICS, Topic
from sinks.clickhouse import ClickHouseStore
from sinks.consumer import open_consumer
from sinks.metrics import SinkMetrics
from sinks.settings import Events, WriterSettings
from sinks.writer import Writer

COLLECTED_EVERY: Final = 100_000
"""Objects made before the collector looks for circles: some polls, in place of some rows."""

Stopping = Callable[[], bool]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lane:
    """Which topics one writer reads, and with which group and bounds."""

    name: str
    topics: tuple[Topic, ...]
    settings: WriterSettings


def lanes(settings: WriterSettings) -> tuple[Lane, ...]:
    """What one process is to land. No topic is in two lanes, and no group either.

    Deeds and deliveries are few and land with the outcomes that they are about.
    """
    outcomes = Lane("outcomes", (*OUTCOME_TOPICS, *PEOPLE_TOPICS), settings)
    events = Lane("events", EVENT_TOPICS, settings.for_events())
    chosen = {
        Events.YES: (outcomes, events),
        Events.NO: (outcomes,),
        Events.ONLY: (events,),
    }
    return chosen[settings.events]


def write(
    settings: WriterSettings,
    clock: Callable[[], float],
    metrics: SinkMetrics,
    stopping: Stopping,
) -> None:
    """Run every lane of these settings until `stopping()`; then each stores what it holds.

    Raises what ended a lane: KafkaError, PoisonRecord or InsertRefused. The others are stopped too.
    """
    with _rarely_collecting():
        side_by_side(
            [partial(_write, lane, clock, metrics.of(lane.name)) for lane in lanes(settings)],
            stopping,
        )


@contextmanager
def _rarely_collecting() -> Iterator[None]:
    """Rows make no circles, so looking for circles among them is for nothing: a third of the time
    that it takes to build them."""
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_EVERY, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def side_by_side(works: Sequence[Callable[[Stopping], None]], stopping: Stopping) -> None:
    """Do each work in a thread of its own until `stopping()`, or until one of them fails.

    Then all are told to stop and waited for, and the first failure is raised; others are logged.
    """
    failed, failures = Flag(), list[BaseException]()

    def until_the_end(work: Callable[[Stopping], None]) -> None:
        try:
            work(lambda: failed.is_set() or stopping())
        except BaseException as error:
            failures.append(error)
            failed.set()

    with ThreadPoolExecutor(len(works), thread_name_prefix="lane") as threads:
        list(threads.map(until_the_end, works))
    for later in failures[1:]:
        _LOG.error("another lane failed as well: %s", later)
    if failures:
        raise failures[0]


def _write(
    lane: Lane, clock: Callable[[], float], metrics: SinkMetrics, stopping: Stopping
) -> None:
    settings = lane.settings
    with (
        closing(open_consumer(settings, lane.topics, clock)) as consumer,
        closing(ClickHouseStore(settings.clickhouse)) as store,
    ):
        Writer(consumer, store, settings, clock, metrics).run(stopping)
