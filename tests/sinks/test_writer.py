"""Poll, batch, insert, commit: what lands when the store, the broker or the writer fails.

Time is the number in the clock; nothing waits.
"""

from datetime import timedelta
from itertools import pairwise

import pytest
from kafka import TopicPartition
from kafka.errors import (
    CommitFailedError,
    KafkaTimeoutError,
    RebalanceInProgressError,
    TopicAuthorizationFailedError,
)

from events.codec import encode
from events.dead_letters import Refused, Settled, to_headers
from events.testing import MORNING, alert, box, event, fate, wire
from events.topics import EVENT_TOPICS
from events.vocabulary import Fate
from sinks.history import events_of
from sinks.memory import MemoryStore
from sinks.metrics import SinkMetrics
from sinks.read import canonical_lines, fates, refusals
from sinks.store import Store, StoreRefused
from sinks.testing import (
    ROOMY,
    MemoryConsumer,
    MemoryLog,
    ToldClock,
    TroubledStore,
    a_move,
    a_writer,
    log_of_moves,
    of_two_boxes,
    standing_moves,
    take_turns,
    unavailable,
    visit_told,
)
from sinks.writer import InsertRefused, PoisonRecord, Writer

HERE, THERE = TopicPartition("stage-dwells", 0), TopicPartition("stage-dwells", 1)
GATE, CUSTOMS = TopicPartition("terminal-events", 0), TopicPartition("customs-events", 3)
_LANE = {"lane": "outcomes"}


def test_everything_lands_and_is_committed(store: Store) -> None:
    log, clock = log_of_moves(25, partitions=2), ToldClock()
    writer, _ = a_writer(log, store, clock)
    writer.turn()
    assert log.committed == {HERE: 10, THERE: 10}
    take_turns(writer, clock, 1, each_s=1.0)
    assert log.committed == {HERE: 13, THERE: 12}
    assert canonical_lines(store) == standing_moves(log)


def test_each_topic_lands_in_its_table(store: Store) -> None:
    log = log_of_moves(1)
    log.append("limit-alerts", 2, encode(alert("box-move", "at-risk", "10:20")))
    log.append("event-fates", 5, encode(fate(event("move-ended", "10:30"))))
    log.append("event-fates", 5, encode(fate(event("truck-arrived", "11:30"), "kept")))
    letter = Refused.model_validate(
        {
            "topic": "customs-events", "partition": 1, "offset": 7, "reason": "broken-json",
            "detail": "no end", "remedy": "send JSON", "received_at": MORNING,
        }
    )  # fmt: skip
    log.append("events-dlq", 3, b"\xff{", b"key", to_headers(letter))
    writer, _ = a_writer(log, store, ToldClock())
    writer.turn()
    assert writer.finish()
    assert fates(store) == {Fate.JUDGED: 1, Fate.KEPT: 1}
    assert [(one.topic, one.offset, one.settled_at) for one in refusals(store)] == [
        ("customs-events", 7, None)
    ]
    settled = Settled(settles=letter.position, settled_at=MORNING)
    log.append("events-dlq", 3, None, b"key", to_headers(settled))
    writer, _ = a_writer(log, store, ToldClock())
    writer.turn()
    assert writer.finish()
    assert refusals(store) == []
    assert [one.settled_at for one in refusals(store, settled=True)] == [MORNING]
    assert log.committed == {place: len(records) for place, records in log.records.items()}


def test_events_of_every_feed_land_in_one_table(store: Store) -> None:
    log, told = MemoryLog(), visit_told()
    for place, one in enumerate(told):
        log.append(EVENT_TOPICS[place % 3].name, place % 2, encode(one))
    writer, _ = a_writer(log, store, ToldClock())
    writer.turn()
    assert writer.finish()
    assert events_of(store, "CNLYG", box(1)) == wire(*told)
    assert log.committed == {place: len(records) for place, records in log.records.items()}


#   terminal-events/0:  0 an event   1 refused   2 an event   3 refused      | all four are read
#   customs-events/3:   0 two boxes  1 refused                               | nothing to store
def test_records_left_out_are_counted_and_passed() -> None:
    log, clock, metrics, kept = MemoryLog(), ToldClock(), SinkMetrics(), MemoryStore()
    told = visit_told()
    for message in (encode(told[0]), b"{", encode(told[1]), b""):
        log.append(GATE.topic, GATE.partition, message)
    log.append(CUSTOMS.topic, CUSTOMS.partition, of_two_boxes())
    log.append(CUSTOMS.topic, CUSTOMS.partition, b"[]")
    store = TroubledStore(kept)
    writer = Writer(MemoryConsumer(log), store, ROOMY, clock, metrics)
    take_turns(writer, clock, 2, each_s=1.0)
    assert log.committed == {GATE: 4, CUSTOMS: 2}
    assert kept.inserted_rows == 2 + 6, "two events, and a receipt for each record"
    assert [token.partition(":")[0] for token in store.tokens] == ["events", "receipts"]

    def value(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(name, labels)

    assert value("timing_left_out_records_total", topic=GATE.topic, reason="refused") == 2
    split = {"topic": CUSTOMS.topic, "reason": "many-units"}
    assert value("timing_left_out_records_total", **split) == 1
    assert value("timing_written_rows_total", table="events") == 2
    assert value("timing_written_lag_records", topic=CUSTOMS.topic, partition="3") == 0


def test_what_was_left_out_waits_for_what_came_before_it() -> None:
    """The commit may not pass a row that is not stored, whatever stands behind it."""
    log, clock = MemoryLog(), ToldClock()
    for value in (encode(visit_told()[0]), b"{", b"{"):
        log.append(GATE.topic, GATE.partition, value)
    store = TroubledStore(MemoryStore(), before=unavailable(times=10**9))
    small = ROOMY.model_copy(update={"batch_span": 1})
    writer, _ = a_writer(log, store, clock, small)
    take_turns(writer, clock, 5, each_s=10.0)
    assert log.committed == {}
    store.before = unavailable(times=0)
    take_turns(writer, clock, 1, each_s=10.0)
    assert log.committed == {GATE: 3}


def test_time_of_receipt_decides_what_is_too_late_to_be_true() -> None:
    log, store = MemoryLog(), MemoryStore()
    late = event("move-ended", "10:30", unit=box(1))
    for minutes in (0, 6):
        taken_at = late.occurred_at - timedelta(minutes=minutes)
        log.append(GATE.topic, 0, encode(late), timestamp_ms=int(taken_at.timestamp() * 1000))
    writer, _ = a_writer(log, store, ToldClock())
    writer.turn()
    assert writer.finish()
    assert store.inserted_rows == 1 + 2, "one event, and a receipt for each record"


def test_nothing_is_committed_before_the_store_has_it() -> None:
    log, clock = log_of_moves(10), ToldClock()
    seen: list[dict[TopicPartition, int]] = []
    store = TroubledStore(MemoryStore(), after=lambda token: seen.append(dict(log.committed)))
    writer, _ = a_writer(log, store, clock)
    writer.turn()
    assert seen == [{}]
    assert log.committed == {HERE: 10}


def test_young_batch_waits_for_more() -> None:
    log, clock, store = log_of_moves(3), ToldClock(), MemoryStore()
    writer, _ = a_writer(log, store, clock)
    take_turns(writer, clock, 3, each_s=0.3)
    assert store.inserted_rows == 0
    take_turns(writer, clock, 1, each_s=0.5)
    assert store.inserted_rows == 3


def test_what_age_cuts_in_many_partitions_is_one_insert() -> None:
    log, clock, kept = log_of_moves(12, partitions=4), ToldClock(), MemoryStore()
    store = TroubledStore(kept, after=unavailable(times=1))
    writer, _ = a_writer(log, store, clock)
    take_turns(writer, clock, 4, each_s=1.0)
    assert len(store.tokens) == 2
    assert len(set(store.tokens)) == 1
    assert canonical_lines(kept) == standing_moves(log)
    assert log.committed == {TopicPartition("stage-dwells", n): 3 for n in range(4)}


def test_what_fills_its_range_is_an_insert_of_its_own() -> None:
    """Its token is the same in a replay beside other partitions."""
    log, clock = log_of_moves(22, partitions=2), ToldClock()
    store = TroubledStore(MemoryStore())
    writer, _ = a_writer(log, store, clock)
    take_turns(writer, clock, 2, each_s=1.0)
    assert sorted(token.rpartition(":")[0] for token in store.tokens) == [
        "stage_dwells:0:2 batches",
        "stage_dwells:0:stage-dwells:0:0-9",
        "stage_dwells:0:stage-dwells:1:0-9",
    ]


def test_lag_is_asked_for_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    log, clock = log_of_moves(10), ToldClock()
    writer, consumer = a_writer(log, MemoryStore(), clock)
    asked: list[float] = []
    monkeypatch.setattr(consumer, "highwater", lambda place: asked.append(clock.now))
    take_turns(writer, clock, 40, each_s=0.0625)
    assert [after - before for before, after in pairwise(asked)] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("topic", "value", "words"),
    [
        ("stage-dwells", b"{}", "stage-dwells/0/3 is no outcome"),
        ("stage-dwells", None, "stage-dwells/0/3 is no outcome"),
        ("stage-dwells", b"\xff\xfe", "stage-dwells/0/3 is no outcome"),
        ("limit-alerts", a_move(1), "limit-alerts/0/0 is no alert"),
        ("events-dlq", b"bytes without headers", "events-dlq/0/0 is no dead-letter"),
    ],
)
def test_poison_stops_the_writer_after_what_came_before(
    topic: str, value: bytes | None, words: str
) -> None:
    log, store = log_of_moves(3), MemoryStore()
    log.append(topic, 0, value)
    log.append(topic, 0, a_move(9))
    writer, _ = a_writer(log, store, ToldClock())
    with pytest.raises(PoisonRecord, match=words):
        writer.run(lambda: False)
    assert log.committed == {HERE: 3}
    assert store.inserted_rows == 3
    again, _ = a_writer(log, store, ToldClock())
    with pytest.raises(PoisonRecord, match=words):
        again.run(lambda: False)


def test_visit_without_an_opening_is_poison() -> None:
    log = MemoryLog()
    log.append("stage-dwells", 0, a_move(1, visit_id="CNLYG/PCKU0000011"))
    writer, _ = a_writer(log, MemoryStore(), ToldClock())
    with pytest.raises(PoisonRecord, match="does not end with its opening instant"):
        writer.turn()


def test_refused_insert_stops_the_writer_and_commits_nothing() -> None:
    log = log_of_moves(10)

    def refuse(token: str) -> None:
        raise StoreRefused("no such column (code 16)")

    writer, _ = a_writer(log, TroubledStore(MemoryStore(), before=refuse), ToldClock())
    with pytest.raises(InsertRefused, match="stage-dwells/0 offsets 0 to 9 cannot be stored") as no:
        writer.run(lambda: False)
    assert "no such column (code 16)" in str(no.value)
    assert log.committed == {}


def test_batches_before_the_refused_one_are_committed_by_nobody_else() -> None:
    """One partition is refused; the other's rows are stored, and its offsets wait for a retry."""
    log, kept = log_of_moves(20, partitions=2), MemoryStore()

    def refuse(token: str) -> None:
        if ":stage-dwells:1:" in token:
            raise StoreRefused("no such column (code 16)")

    writer, _ = a_writer(log, TroubledStore(kept, before=refuse), ToldClock())
    with pytest.raises(InsertRefused):
        writer.run(lambda: False)
    assert kept.inserted_rows == 10
    assert log.committed == {}


@pytest.mark.parametrize(
    "error", [KafkaTimeoutError(), RebalanceInProgressError(), CommitFailedError()], ids=repr
)
def test_failed_commit_is_tried_again_without_another_insert(error: Exception) -> None:
    log, clock = log_of_moves(10), ToldClock()
    store = TroubledStore(MemoryStore())
    writer, consumer = a_writer(log, store, clock)
    consumer.commit_errors = [error]
    writer.turn()
    assert log.committed == {}
    writer.turn()
    assert log.committed == {HERE: 10}
    assert len(store.tokens) == 1


def test_forbidden_commit_is_an_error() -> None:
    writer, consumer = a_writer(log_of_moves(10), MemoryStore(), ToldClock())
    consumer.commit_errors = [TopicAuthorizationFailedError()]
    with pytest.raises(TopicAuthorizationFailedError):
        writer.turn()


def test_full_memory_is_stored_at_once() -> None:
    log, clock, store = log_of_moves(5), ToldClock(), MemoryStore()
    small = ROOMY.model_copy(update={"buffered_bytes_max": 100})
    writer, _ = a_writer(log, store, clock, small)
    writer.turn()
    assert store.inserted_rows == 5


def test_stop_stores_and_commits_what_is_held() -> None:
    log, store = log_of_moves(3), MemoryStore()
    writer, consumer = a_writer(log, store, ToldClock())
    writer.run(lambda: consumer.polled_records >= 3)
    assert log.committed == {HERE: 3}
    assert store.inserted_rows == 3


def test_stop_in_an_outage_tries_once_and_leaves_the_rest_uncommitted() -> None:
    log, clock = log_of_moves(12), ToldClock()
    store = TroubledStore(MemoryStore(), before=unavailable(times=2))
    writer, _ = a_writer(log, store, clock)
    writer.turn()
    assert not writer.finish()
    assert log.committed == {}
    assert writer.finish()
    assert log.committed == {HERE: 12}


def test_metrics_say_what_happened() -> None:
    log, clock, metrics = log_of_moves(25), ToldClock(), SinkMetrics()
    store = TroubledStore(MemoryStore(), before=unavailable(times=1))
    consumer = MemoryConsumer(log, per_poll=15)
    consumer.commit_errors = [KafkaTimeoutError()]
    writer = Writer(consumer, store, ROOMY, clock, metrics)
    take_turns(writer, clock, 1)
    table = {"table": "stage_dwells"}

    def value(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(name, labels)

    assert value("timing_insert_retries_total", **table) == 1
    assert value("timing_written_lag_records", topic="stage-dwells", partition="0") == 25
    take_turns(writer, clock, 4, each_s=1.0)
    assert value("timing_written_rows_total", **table) == 25
    assert value("timing_insert_seconds_count", **table) == value(
        "timing_written_batches_total", **table
    )
    assert value("timing_commit_retries_total") == 1
    assert value("timing_written_lag_records", topic="stage-dwells", partition="0") == 0
    assert value("timing_buffered_bytes", **_LANE) == 0
    consumer.assign()
    writer.turn()
    assert value("timing_written_lag_records", topic="stage-dwells", partition="0") is None
