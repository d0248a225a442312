"""Events and outcomes land side by side: neither waits for the other, and they end together."""

import gc
import logging
import time
from collections.abc import Callable
from threading import Event as Flag
from threading import Lock

import pytest
from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from events.codec import encode
from events.testing import box, outcome, wire
from events.topics import EVENT_TOPICS, OUTCOME_TOPICS, PEOPLE_TOPICS
from sinks.clickhouse import ClickHouseStore
from sinks.history import events_of
from sinks.lanes import COLLECTED_EVERY, Stopping, lanes, side_by_side, write
from sinks.memory import MemoryStore
from sinks.metrics import SinkMetrics
from sinks.read import outcomes
from sinks.settings import ClickHouseAddress, Events, WriterSettings
from sinks.tables import BY_TOPIC
from sinks.testing import (
    MemoryLog,
    ToldClock,
    TroubledStore,
    a_writer,
    log_of_moves,
    visit_told,
)

PATIENCE_S = 20.0


def test_each_topic_is_in_one_lane_with_a_group_of_its_own() -> None:
    both = lanes(WriterSettings())
    assert [lane.name for lane in both] == ["outcomes", "events"]
    assert sorted(topic.name for lane in both for topic in lane.topics) == sorted(BY_TOPIC)
    assert len({lane.settings.group for lane in both}) == 2


@pytest.mark.parametrize(
    ("events", "names"), [("yes", "outcomes events"), ("no", "outcomes"), ("only", "events")]
)
def test_events_are_left_out_or_land_alone_when_told(events: str, names: str) -> None:
    settings = WriterSettings(events=Events(events))
    assert " ".join(lane.name for lane in lanes(settings)) == names


def test_outcomes_keep_the_group_that_writers_always_had() -> None:
    """An upgrade goes on at the commits there are."""
    (outcomes_lane, _) = lanes(WriterSettings(group="trial"))
    assert outcomes_lane.settings.group == "trial"
    assert outcomes_lane.topics == (*OUTCOME_TOPICS, *PEOPLE_TOPICS)


def test_insert_of_events_that_hangs_leaves_outcomes_alone() -> None:
    """The store takes no event until every outcome is there: in one line, nothing would end."""
    feed, clock, kept, landed = MemoryLog(), ToldClock(), MemoryStore(), Flag()
    for value in wire(*visit_told()):
        feed.append("terminal-events", 0, value)
    moves = log_of_moves(500)

    def hang(token: str) -> None:
        assert landed.wait(PATIENCE_S)

    events, reader = a_writer(feed, TroubledStore(kept, before=hang), clock)
    judged, _ = a_writer(moves, kept, clock)

    def write_events(stopping: Stopping) -> None:
        events.run(lambda: reader.polled_records == 4)

    def write_outcomes(stopping: Stopping) -> None:
        judged.run(lambda: moves.committed == {TopicPartition("stage-dwells", 0): 500})
        landed.set()

    side_by_side([write_events, write_outcomes], lambda: False)
    assert len(list(outcomes(kept))) == 500
    assert len(events_of(kept, "CNLYG", box(1))) == 4


def test_failure_of_one_lane_ends_the_others_and_is_raised() -> None:
    ended = Flag()

    def fail(stopping: Stopping) -> None:
        raise OSError("the first lane is broken")

    def go_on(stopping: Stopping) -> None:
        deadline = time.monotonic() + PATIENCE_S  # noqa: TID251 - a bound, for a thread
        while not stopping():
            assert time.monotonic() < deadline, "nobody told it"  # noqa: TID251
        ended.set()

    with pytest.raises(OSError, match="the first lane is broken"):
        side_by_side([fail, go_on], lambda: False)
    assert ended.is_set()


def test_second_failure_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    first_failed = Flag()

    def fail(stopping: Stopping) -> None:
        try:
            raise OSError("the cause")
        finally:
            first_failed.set()

    def fail_later(stopping: Stopping) -> None:
        assert first_failed.wait(PATIENCE_S)
        deadline = time.monotonic() + PATIENCE_S  # noqa: TID251 - a bound, for a thread
        while not stopping():
            assert time.monotonic() < deadline, "nobody told it"  # noqa: TID251
        raise ValueError("the consequence")

    with caplog.at_level(logging.ERROR), pytest.raises(OSError, match="the cause"):
        side_by_side([fail, fail_later], lambda: False)
    assert "the consequence" in caplog.text


def test_all_end_when_told_to_stop() -> None:
    asked: list[bool] = []
    side_by_side([lambda stopping: asked.append(stopping())] * 2, lambda: True)
    assert asked == [True, True]


def _produce(broker: str) -> None:
    producer = KafkaProducer(bootstrap_servers=broker, acks="all")
    for place, one in enumerate(visit_told()):
        topic = EVENT_TOPICS[place % 3].name
        producer.send(topic, encode(one), key=one.unit.id.encode())
    producer.send("terminal-events", b"{", key=b"x")
    for n in range(20):
        told = outcome("box-move", "10:00", "10:30", unit=box(n))
        producer.send("stage-dwells", encode(told), key=told.visit_id.encode())
    producer.flush(timeout=10)
    producer.close()


def _all_landed(reader: ClickHouseStore) -> Callable[[], bool]:
    """Whether all that was produced is in the tables, for any thread to ask; has a bound."""
    deadline, one_by_one = time.monotonic() + PATIENCE_S, Lock()  # noqa: TID251

    def landed() -> bool:
        assert time.monotonic() < deadline, "the time was up"  # noqa: TID251
        with one_by_one:
            events = events_of(reader, "CNLYG", box(1))
            return len(events) == 4 and len(list(outcomes(reader))) == 20

    return landed


def test_both_lanes_land_from_a_broker_and_commit_in_their_groups(
    broker: str, address: ClickHouseAddress
) -> None:
    _produce(broker)
    settings = WriterSettings(
        brokers=(broker,), clickhouse=address, batch_age_s=0.2, events_batch_age_s=0.2
    )
    metrics, reader = SinkMetrics(), ClickHouseStore(address)
    landed, usual, seldom = _all_landed(reader), gc.get_threshold(), set[int]()

    def stopping() -> bool:
        seldom.add(gc.get_threshold()[0])
        return landed()

    write(settings, time.monotonic, metrics, stopping)  # noqa: TID251
    assert seldom == {COLLECTED_EVERY}
    assert gc.get_threshold() == usual
    assert events_of(reader, "CNLYG", box(1)) == wire(*visit_told())
    reader.close()
    admin = KafkaAdminClient(bootstrap_servers=broker)
    for lane, records in zip(lanes(settings), (20, 5), strict=True):
        group = lane.settings.group
        committed = admin.list_group_offsets({group: None})[group]
        assert {place.topic for place in committed} <= {topic.name for topic in lane.topics}
        assert sum(at.offset for at in committed.values()) == records
    admin.close()
    refused = {"topic": "terminal-events", "reason": "refused"}
    assert metrics.registry.get_sample_value("timing_left_out_records_total", refused) == 1
