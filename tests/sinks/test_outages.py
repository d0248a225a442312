"""A store that is away: waited out with bounded memory, at bounded delays, with the same tokens.

Time is the number in the clock; nothing waits.
"""

from itertools import pairwise

import pytest
from kafka import TopicPartition

from sinks.consumer import RECORDS_PER_POLL
from sinks.memory import MemoryStore
from sinks.metrics import SinkMetrics
from sinks.read import canonical_lines
from sinks.settings import MIB, WriterSettings
from sinks.testing import (
    ROOMY,
    MemoryConsumer,
    MemoryLog,
    ToldClock,
    TroubledStore,
    a_move,
    a_writer,
    log_of_moves,
    standing_moves,
    take_turns,
    unavailable,
)
from sinks.writer import Writer

HERE = TopicPartition("stage-dwells", 0)
_LANE = {"lane": "outcomes"}


def test_outage_is_waited_out_with_the_same_token() -> None:
    log, clock, kept = log_of_moves(35), ToldClock(), MemoryStore()
    store = TroubledStore(kept, before=unavailable(times=4))
    writer, consumer = a_writer(log, store, clock, per_poll=12)
    writer.turn()
    assert consumer.polled_records == 12
    take_turns(writer, clock, 60, each_s=0.25)
    assert canonical_lines(kept) == standing_moves(log)
    assert log.committed == {HERE: 35}
    assert len(set(store.tokens[:5])) == 1
    assert len(store.tokens) - len(set(store.tokens)) == 4


def test_memory_stays_flat_however_long_the_outage() -> None:
    log, clock, metrics = log_of_moves(400, partitions=4), ToldClock(), SinkMetrics()
    store = TroubledStore(MemoryStore(), before=unavailable(times=10**9))
    consumer = MemoryConsumer(log, per_poll=40)
    writer = Writer(consumer, store, ROOMY, clock, metrics)
    take_turns(writer, clock, 3)
    held = metrics.registry.get_sample_value("timing_buffered_bytes", _LANE)
    take_turns(writer, clock, 200, each_s=30.0)
    assert metrics.registry.get_sample_value("timing_buffered_bytes", _LANE) == held
    assert consumer.paused() == consumer.assignment()
    assert consumer.polled_records == 40
    assert log.committed == {}
    outage = metrics.registry.get_sample_value("timing_store_outage_seconds", _LANE)
    assert outage == pytest.approx(200 * 30.0)


def test_retries_come_at_the_bounded_delay_and_not_faster() -> None:
    log, clock = log_of_moves(10), ToldClock()
    tries: list[float] = []

    def note(token: str) -> None:
        tries.append(clock.now)
        unavailable(times=1)(token)

    writer, _ = a_writer(log, TroubledStore(MemoryStore(), before=note), clock)
    take_turns(writer, clock, 200, each_s=0.1)
    gaps = [round(later - earlier, 1) for earlier, later in pairwise(tries)]
    assert gaps[:3] == [0.5, 1.0, 2.0]
    assert set(gaps[3:]) == {4.0}


def test_next_outage_begins_with_the_first_delay() -> None:
    log, clock, metrics = log_of_moves(10), ToldClock(), SinkMetrics()
    store, consumer = TroubledStore(MemoryStore(), before=unavailable(times=3)), MemoryConsumer(log)
    writer = Writer(consumer, store, ROOMY, clock, metrics)
    take_turns(writer, clock, 4, each_s=4.0)
    assert log.committed == {HERE: 10}
    assert metrics.registry.get_sample_value("timing_store_outage_seconds", _LANE) == 0
    for n in range(10, 20):
        log.append("stage-dwells", 0, a_move(n))
    store.before = unavailable(times=1)
    take_turns(writer, clock, 1)
    assert metrics.registry.get_sample_value("timing_store_outage_seconds", _LANE) == 0
    take_turns(writer, clock, 1, each_s=0.5)
    assert log.committed == {HERE: 20}


def _long_log() -> MemoryLog:
    """10,000 records, of few visits: they are quicker made."""
    log, moves = MemoryLog(), [a_move(n) for n in range(50)]
    for n in range(10_000):
        log.append("stage-dwells", 0, moves[n % 50])
    return log


def test_slow_store_takes_few_large_inserts_and_is_caught_up_with() -> None:
    """Two seconds for each insert, however small: one for each poll would never be over."""
    log, clock, kept = _long_log(), ToldClock(), MemoryStore()

    def slow(token: str) -> None:
        clock.now += 2.0

    settings = WriterSettings(batch_age_s=0.1)
    store = TroubledStore(kept, before=slow)
    writer, _ = a_writer(log, store, clock, settings, per_poll=RECORDS_PER_POLL)
    began_at = clock.now
    while log.committed != {HERE: 10_000}:
        take_turns(writer, clock, 1, each_s=0.2)
    assert kept.inserted_rows == 10_000
    assert len(store.tokens) <= 2
    assert clock.now - began_at < 10


def test_gathering_ends_where_no_more_may_be_held() -> None:
    log, clock, metrics = _long_log(), ToldClock(), SinkMetrics()
    store = TroubledStore(MemoryStore(), before=unavailable(times=10**9))
    settings = WriterSettings(buffered_bytes_max=3 * MIB)
    consumer = MemoryConsumer(log, per_poll=RECORDS_PER_POLL)
    writer = Writer(consumer, store, settings, clock, metrics)
    take_turns(writer, clock, 50, each_s=1.0)
    held = metrics.registry.get_sample_value("timing_buffered_bytes", _LANE)
    one_poll = RECORDS_PER_POLL * len(a_move(49))
    assert held is not None
    assert held <= 3 * MIB + one_poll


def test_partition_fetched_again_after_the_outage() -> None:
    log, clock = log_of_moves(20), ToldClock()
    writer, consumer = a_writer(
        log, TroubledStore(MemoryStore(), before=unavailable(1)), clock, per_poll=10
    )
    take_turns(writer, clock, 2)
    assert consumer.paused() == {HERE}
    take_turns(writer, clock, 4, each_s=1.0)
    assert consumer.paused() == set()
    assert log.committed == {HERE: 20}
