"""Replays: whatever dies, moves or answers late, the tables end the same.

Time is the number in the clock; nothing waits.
"""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kafka import TopicPartition
from kafka.errors import KafkaTimeoutError, RebalanceInProgressError

from events.codec import canonical
from events.outcomes import Outcome
from events.testing import box, event, wire
from sinks.history import events_of
from sinks.memory import MemoryStore
from sinks.read import canonical_lines, outcomes
from sinks.store import Store
from sinks.testing import (
    ROOMY,
    MemoryLog,
    ToldClock,
    TroubledStore,
    a_move,
    a_writer,
    log_of_moves,
    standing_moves,
    take_turns,
    unavailable,
    visit_told,
)

HERE, THERE = TopicPartition("stage-dwells", 0), TopicPartition("stage-dwells", 1)
GATE = TopicPartition("terminal-events", 0)


def test_lost_acknowledgement_is_asked_for_again(store: Store) -> None:
    log, clock = log_of_moves(20), ToldClock()
    troubled = TroubledStore(store, after=unavailable(times=2))
    writer, _ = a_writer(log, troubled, clock)
    take_turns(writer, clock, 10, each_s=1.0)
    assert canonical_lines(store) == standing_moves(log)
    assert log.committed == {HERE: 20}
    assert len(troubled.tokens) == 2 + 2
    assert len(set(troubled.tokens)) == 2


#   log:        0 . . . . . 6 . . 9|10 . . . 14        void at 12 withdraws what stood at 2
#   first life: [0 ------- 6][7-9] |                   cut by age at 6; dies before the commit
#   second:     [0 ------------- 9]|[10 ---- 14]       cut by the boundary: other batches, same rows
def test_crash_between_insert_and_commit_changes_nothing(store: Store) -> None:
    log, clock = log_of_moves(7), ToldClock()
    writer, consumer = a_writer(log, store, clock)
    consumer.commit_errors = [KafkaTimeoutError()] * 99
    writer.turn()
    clock.now += 1.0
    writer.turn()
    for n in (7, 8, 9, 10, 11):
        log.append("stage-dwells", 0, a_move(n))
    log.append("stage-dwells", 0, a_move(2, verdict="void"))
    log.append("stage-dwells", 0, a_move(3, revision=2))
    log.append("stage-dwells", 0, a_move(14))
    writer.turn()
    assert log.committed == {}
    before = canonical_lines(store)
    again, _ = a_writer(log, store, clock)
    take_turns(again, clock, 2, each_s=1.0)
    assert again.finish()
    assert log.committed == {HERE: 15}
    assert canonical_lines(store) == standing_moves(log)
    changed = [Outcome.model_validate_json(a_move(n)) for n in (2, 3)]
    assert set(before) - set(canonical_lines(store)) == set(map(canonical, changed))


def test_whole_log_delivered_again_changes_nothing(store: Store) -> None:
    log, clock = log_of_moves(23), ToldClock()
    log.append("stage-dwells", 0, a_move(4, verdict="void"))
    for span in (10, 7, 1000):
        log.committed.clear()
        writer, _ = a_writer(log, store, clock, ROOMY.model_copy(update={"batch_span": span}))
        writer.turn()
        assert writer.finish()
        assert canonical_lines(store) == standing_moves(log)


#   terminal-events/0:  e1 e1 e2 .. e1 with other content, each record twice
#   customs-events/5:   e1 again, from another feed
def test_events_delivered_again_and_again_stay_the_same(store: Store) -> None:
    log, clock, events = MemoryLog(), ToldClock(), visit_told()
    other = event("move-ended", "11:25", unit=box(1), event_id=events[-1].event_id)
    for value in wire(*events, other):
        log.append("terminal-events", 0, value)
        log.append("terminal-events", 0, value)
        log.append("customs-events", 5, value)
    for span in (10, 7, 1000):
        log.committed.clear()
        writer, _ = a_writer(log, store, clock, ROOMY.model_copy(update={"batch_span": span}))
        writer.turn()
        assert writer.finish()
        assert events_of(store, "CNLYG", box(1)) == wire(*events, other)


_STEPS = st.lists(
    st.sampled_from(["turn", "later", "much-later", "crash", "silent", "deaf", "no-commit"]),
    max_size=40,
)


@settings(max_examples=80, deadline=None)
@given(_STEPS, st.integers(1, 12), st.integers(1, 9), st.integers(1, 3000))
def test_any_history_of_trouble_ends_in_the_same_table(
    steps: list[str], span: int, per_poll: int, bytes_max: int
) -> None:
    """Crashes, outages before and after the insert, failed commits, in any order."""
    _live_through(steps, span, per_poll, bytes_max, MemoryStore())


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_STEPS, st.integers(1, 12), st.integers(3, 9))
def test_any_history_of_trouble_ends_in_the_same_table_on_every_store(
    store: Store, steps: list[str], span: int, per_poll: int
) -> None:
    """The same log each time, so the table may already hold it: one replay more."""
    _live_through(steps, span, per_poll, 3000, store)


def _live_through(steps: list[str], span: int, per_poll: int, bytes_max: int, kept: Store) -> None:
    log, clock, trouble = log_of_moves(30, partitions=2), ToldClock(), {"silent": 0, "deaf": 0}
    log.append("stage-dwells", 0, a_move(4, verdict="void"))
    log.append("stage-dwells", 1, a_move(5, revision=2))
    for value in (b"{", *wire(*visit_told()), b"{"):
        log.append("terminal-events", 0, value)
    bounds = {"batch_span": span, "batch_bytes_max": bytes_max, "buffered_bytes_max": 4000}
    settings = ROOMY.model_copy(update=bounds)
    store = TroubledStore(kept, _some(trouble, "silent"), _some(trouble, "deaf"))
    writer, consumer = a_writer(log, store, clock, settings, per_poll=per_poll)
    for step in steps:
        if step == "crash":
            writer, consumer = a_writer(log, store, clock, settings, per_poll=per_poll)
        elif step in trouble:
            trouble[step] += 1
        elif step == "no-commit":
            consumer.commit_errors.append(RebalanceInProgressError())
        else:
            clock.now += {"turn": 0.0, "later": 0.4, "much-later": 5.0}[step]
            writer.turn()
    take_turns(writer, clock, 120, each_s=1.0)
    assert writer.finish()
    assert log.committed == {HERE: 16, THERE: 16, GATE: 6}
    assert canonical_lines(kept) == standing_moves(log)
    assert events_of(kept, "CNLYG", box(1)) == wire(*visit_told())


def _some(trouble: dict[str, int], name: str) -> Callable[[str], None]:
    def fail(token: str) -> None:
        if trouble[name]:
            trouble[name] -= 1
            unavailable(times=1)(token)

    return fail


def test_partition_that_moved_away_is_dropped_and_not_committed() -> None:
    log, clock, store = log_of_moves(14, partitions=2), ToldClock(), MemoryStore()
    writer, consumer = a_writer(log, store, clock)
    writer.turn()
    consumer.assign(THERE)
    writer.turn()
    take_turns(writer, clock, 1, each_s=1.0)
    assert log.committed == {THERE: 7}
    other, _ = a_writer(log, store, clock)
    other.turn()
    assert other.finish()
    assert log.committed == {HERE: 7, THERE: 7}
    assert canonical_lines(store) == standing_moves(log)


def test_partition_that_moved_away_and_back_begins_at_its_commit() -> None:
    log, clock, store = log_of_moves(7), ToldClock(), MemoryStore()
    writer, consumer = a_writer(log, store, clock)
    writer.turn()
    consumer.assign(HERE)
    writer.turn()
    assert writer.finish()
    assert store.inserted_rows == 7
    assert log.committed == {HERE: 7}


def test_rebalance_in_an_outage_does_not_open_the_tap() -> None:
    log, clock = log_of_moves(60), ToldClock()
    store = TroubledStore(MemoryStore(), before=unavailable(10**9))
    writer, consumer = a_writer(log, store, clock, per_poll=10)
    writer.turn()
    for _ in range(5):
        consumer.assign(HERE)
        writer.turn()
    assert consumer.polled_records == 10


@pytest.mark.parametrize("questions", [1, 2, 3])
def test_partition_that_moves_away_in_mid_turn_is_survived(questions: int) -> None:
    """The group's thread may take a partition between our question and what we do with it."""
    log, clock = log_of_moves(40, partitions=2), ToldClock()
    store = TroubledStore(MemoryStore(), before=unavailable(times=2))
    writer, consumer = a_writer(log, store, clock)
    writer.turn()
    consumer.move_away_unseen(THERE, questions)
    take_turns(writer, clock, 5, each_s=1.0)
    assert log.committed == {HERE: 20}
    other, _ = a_writer(log, store, clock)
    take_turns(other, clock, 3, each_s=1.0)
    assert log.committed == {HERE: 20, THERE: 20}


def test_log_made_anew_needs_a_new_era(store: Store) -> None:
    """Offsets begin at 0 again; only a higher era lets the new rows replace the old ones."""
    clock, old, new = ToldClock(), log_of_moves(6), MemoryLog()
    new.append("stage-dwells", 0, a_move(5, revision=9))
    writer, _ = a_writer(old, store, clock)
    writer.turn()
    assert writer.finish()
    writer, _ = a_writer(new, store, clock)
    writer.turn()
    assert writer.finish()
    assert [told.revision for told in outcomes(store)] == [1] * 6
    new.committed.clear()
    writer, _ = a_writer(new, store, clock, ROOMY.model_copy(update={"era": 1}))
    writer.turn()
    assert writer.finish()
    assert sorted(told.revision for told in outcomes(store)) == [1] * 5 + [9]
