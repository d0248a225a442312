"""The run-wise consumer without a broker: what it hands on, what it takes back, what it forgets."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faust
import pytest
from faust.types import TP
from yarl import URL

from streams.plane.consumer import RunConsumer, RunTransport, _message
from streams.plane.restoring import Gate
from streams.plane.run import Run

HERE = TP("terminal-events", 0)
CHANGES = TP("app-units-changelog", 0)


class Handed:
    """Collects what the consumer calls back with."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def __call__(self, message: Any) -> None:
        self.messages.append(message)

    def offsets(self) -> list[tuple[int, int]]:
        return [(m.value.first, m.value.last) for m in self.messages]


def _consumer(
    tmp_path: Path,
    handed: Handed,
    gate: Gate | None = None,
    held: Callable[[TP], int | None] = lambda _: None,
) -> RunConsumer:
    app = faust.App("app", datadir=str(tmp_path), broker="kafka://127.0.0.1:1")
    urls = [URL("kafka://127.0.0.1:1")]
    app.transport = RunTransport(urls, app, run_records_max=3, gate=gate or Gate(), held=held)
    topics: Any = app.topics
    topics._acking_topics.add(HERE.topic)
    nobody: Any = None
    consumer = app.transport.create_consumer(
        callback=handed, on_partitions_revoked=nobody, on_partitions_assigned=nobody
    )
    assert isinstance(consumer, RunConsumer)
    app.consumer_generation_id = 1
    return consumer


def _in_loop(tmp_path: Path, test: Callable[[RunConsumer, Handed], Any]) -> None:
    async def go() -> None:
        handed = Handed()
        consumer = _consumer(tmp_path, handed)
        try:
            await test(consumer, handed)
        finally:
            consumer._thread.thread_loop.close()

    asyncio.run(go())


def test_records_are_handed_on_in_bounded_runs(tmp_path: Path, kept: Any) -> None:
    async def deliver(consumer: RunConsumer, handed: Handed) -> None:
        assert await consumer._deliver(HERE, [kept(n, b"") for n in (0, 1, 2, 5, 6)], 1)
        assert handed.offsets() == [(0, 2), (5, 6)]
        assert [m.generation_id for m in handed.messages] == [1, 1]
        assert consumer._read_offset[HERE] == 7

    _in_loop(tmp_path, deliver)


def test_records_below_the_place_that_was_sought_are_dropped(tmp_path: Path, kept: Any) -> None:
    async def deliver(consumer: RunConsumer, handed: Handed) -> None:
        consumer._read_offset[HERE] = 2
        await consumer._deliver(HERE, [kept(n, b"") for n in range(4)], 1)
        await consumer._deliver(HERE, [kept(3, b"")], 1)
        assert handed.offsets() == [(2, 3)]

    _in_loop(tmp_path, deliver)


def test_a_rebalance_stops_the_handing_on(tmp_path: Path, kept: Any) -> None:
    async def deliver(consumer: RunConsumer, handed: Handed) -> None:
        consumer.app.consumer_generation_id = 2
        assert not await consumer._deliver(HERE, [kept(0, b"")], 1)
        consumer.stop_flow()
        assert not await consumer._deliver(HERE, [kept(0, b"")], 2)
        assert handed.messages == []

    _in_loop(tmp_path, deliver)


def test_acks_in_any_order_commit_only_the_done_prefix(tmp_path: Path, kept: Any) -> None:
    async def acknowledge(consumer: RunConsumer, handed: Handed) -> None:
        await consumer._deliver(HERE, [kept(n, b"") for n in range(9)], 1)
        first, second, third = handed.messages
        assert consumer.ack(third)
        assert consumer._new_offset(HERE) is None
        assert consumer.ack(first)
        assert not consumer.ack(first)
        assert list(consumer._filter_tps_with_pending_acks()) == [HERE]
        assert consumer._filter_committable_offsets([HERE]) == {HERE: 3}
        assert consumer.ack(second)
        assert consumer._filter_committable_offsets([HERE]) == {HERE: 9}

    _in_loop(tmp_path, acknowledge)


def test_an_ack_of_an_old_generation_commits_nothing(tmp_path: Path, kept: Any) -> None:
    async def acknowledge(consumer: RunConsumer, handed: Handed) -> None:
        await consumer._deliver(HERE, [kept(n, b"") for n in range(3)], 1)
        consumer._forget()
        consumer.app.consumer_generation_id = 2
        consumer._read_offset[HERE] = None
        await consumer._deliver(HERE, [kept(n, b"") for n in range(3)], 2)
        old, new = handed.messages
        assert not consumer.ack(old)
        assert consumer._new_offset(HERE) is None
        assert consumer.ack(new)
        assert consumer._new_offset(HERE) == 3

    _in_loop(tmp_path, acknowledge)


def test_changelog_runs_are_on_no_ledger(tmp_path: Path, kept: Any) -> None:
    async def deliver(consumer: RunConsumer, handed: Handed) -> None:
        await consumer._deliver(CHANGES, [kept(0, b"")], 1)
        assert handed.offsets() == [(0, 0)]
        assert consumer.ledger.partitions() == []

    _in_loop(tmp_path, deliver)


def test_reached_is_the_oldest_run_under_way_else_where_the_fetcher_stands(
    tmp_path: Path, kept: Any
) -> None:
    async def ask(consumer: RunConsumer, handed: Handed) -> None:
        assert consumer.reached(HERE) is None
        await consumer._deliver(HERE, [kept(n, b"") for n in range(4, 9)], 1)
        consumer._positions[HERE] = 12
        assert consumer.reached(HERE) == 4
        consumer.ack(handed.messages[0])
        assert consumer.reached(HERE) == 7
        consumer.ack(handed.messages[1])
        assert consumer.reached(HERE) == 12

    _in_loop(tmp_path, ask)


def test_a_held_message_is_not_waited_for_and_not_committed(tmp_path: Path, kept: Any) -> None:
    async def hold(consumer: RunConsumer, handed: Handed) -> None:
        await consumer._deliver(HERE, [kept(0, b"")], 1)
        (message,) = handed.messages
        consumer.track_message(message)
        assert message in consumer.unacked
        consumer.hold(message)
        assert message not in consumer.unacked
        assert consumer._new_offset(HERE) is None
        assert consumer.ack(message)
        assert consumer._new_offset(HERE) == 1

    _in_loop(tmp_path, hold)


def test_a_revoked_partition_is_forgotten(tmp_path: Path, kept: Any) -> None:
    async def revoke(consumer: RunConsumer, handed: Handed) -> None:
        async def told(revoked: set[TP]) -> None:
            assert revoked == {HERE}

        consumer._on_partitions_revoked = told
        await consumer._deliver(HERE, [kept(0, b"")], 1)
        consumer.ack(handed.messages[0])
        await consumer.on_partitions_revoked({HERE})
        assert consumer._new_offset(HERE) is None
        assert consumer.reached(HERE) is None

    _in_loop(tmp_path, revoke)


def test_a_full_buffer_switches_no_partition_off_or_on(tmp_path: Path) -> None:
    async def fill(consumer: RunConsumer, _: Handed) -> None:
        consumer._set_active_tps({HERE})
        consumer.on_buffer_full(HERE)
        assert consumer._get_active_partitions() == {HERE}
        consumer.pause_partitions([HERE])
        consumer.on_buffer_drop(HERE)
        assert consumer._get_active_partitions() == set()

    _in_loop(tmp_path, fill)


def test_a_partition_that_is_being_restored_is_not_fetched_from(tmp_path: Path) -> None:
    other = TP("terminal-events", 1)

    async def go() -> None:
        gate = Gate()
        consumer = _consumer(tmp_path, Handed(), gate)
        try:
            consumer.assignment = lambda: {HERE, other}  # type: ignore[method-assign]
            consumer.pause_partitions({HERE, other})
            gate.open(1)
            consumer.resume_partitions({HERE, other})
            assert consumer._get_active_partitions() == {other}
            gate.open(0)
            consumer.let_flow(0)
            assert consumer._get_active_partitions() == {HERE, other}
        finally:
            consumer._thread.thread_loop.close()

    asyncio.run(go())


@pytest.mark.parametrize("timestamp", [None, 0, 1_772_410_000_000])
def test_a_message_carries_the_stamp_of_its_last_record(
    run_of: Callable[..., Run], kept: Any, timestamp: int | None
) -> None:
    message = _message(HERE, run_of(HERE.topic, 0, kept(0, b"", timestamp=timestamp)), 1)

    assert message.timestamp == (timestamp or 0) / 1000


def test_seeking_forgets_the_runs_and_rewinds_what_was_never_committed(
    tmp_path: Path, kept: Any
) -> None:
    fresh, known = HERE, TP(HERE.topic, 1)

    class Thread:
        sought: tuple[Any, ...] = ()

        async def seek_to_committed(self) -> dict[TP, int | None]:
            return {fresh: None, known: 40, CHANGES: None}

        async def seek_to_beginning(self, *places: Any) -> None:
            self.sought = places

        def assignment(self) -> set[TP]:
            return {fresh, known, CHANGES}

    async def seek(consumer: RunConsumer, handed: Handed) -> None:
        await consumer._deliver(HERE, [kept(0, b"")], 1)
        consumer._positions[HERE] = 1
        real, thread = consumer._thread, Thread()
        consumer._thread = thread  # type: ignore[assignment]
        await consumer.perform_seek()
        consumer._thread = real
        assert [(tp.topic, tp.partition) for tp in thread.sought] == [tuple(fresh)]
        assert consumer._read_offset[known] == 40
        assert not consumer.ack(handed.messages[0])
        assert consumer.reached(HERE) is None

        assert not consumer.flow_active, "nothing flows between the seek and the resumption"
        consumer.resume_flow()
        consumer._thread = thread  # type: ignore[assignment]
        await consumer._seek_back()
        consumer._thread = real
        assert consumer.flow_active, "the drain's own rewinding must not stop what was resumed"

    _in_loop(tmp_path, seek)


def test_what_was_committed_and_is_in_no_state_is_read_again(tmp_path: Path) -> None:
    """The changelog has lost its tail: commits are ahead of what it restores."""
    behind, level, silent = HERE, TP(HERE.topic, 1), TP("ticks", 0)

    class Thread:
        def __init__(self) -> None:
            self.sought: list[tuple[TP, int]] = []

        async def seek_to_committed(self) -> dict[TP, int | None]:
            return {behind: 40, level: 40, silent: 40}

        def seek(self, tp: TP, offset: int) -> None:
            self.sought.append((tp, offset))

        def assignment(self) -> set[TP]:
            return {behind, level, silent}

    async def go() -> None:
        gate, held = Gate(), {behind: 31, level: 44}
        consumer = _consumer(tmp_path, Handed(), gate, held.get)
        real, thread = consumer._thread, Thread()
        consumer._thread = thread  # type: ignore[assignment]
        await consumer.perform_seek()
        assert thread.sought == [], "nothing is known before the state is whole"
        gate.open(0)
        consumer._positions.update({behind: 40, level: 40})
        consumer.let_flow(0)
        assert thread.sought == [(behind, 31)]
        assert (consumer.reached(behind), consumer.reached(level)) == (None, 40)
        assert consumer._read_offset == {behind: 31, level: 40, silent: 40}
        gate.open(1)
        await consumer.perform_seek()
        assert thread.sought == [(behind, 31)] * 2
        consumer._thread = real
        consumer._thread.thread_loop.close()

    asyncio.run(go())


class State:
    """A partition as aiokafka's fetcher sees it."""

    def __init__(self, position: int | None, highwater: int | None) -> None:
        self._position, self.highwater = position, highwater


def test_where_a_partition_stands_is_told_only_when_it_is_known(tmp_path: Path, kept: Any) -> None:
    async def stand(consumer: RunConsumer, handed: Handed) -> None:
        fresh, away = TP(HERE.topic, 1), TP(HERE.topic, 2)
        states = {HERE: State(8, 12), fresh: State(None, 12), away: State(3, None)}
        consumer._states = lambda: states  # type: ignore[method-assign]
        consumer._note_positions()
        assert consumer.standing() == {HERE: (8, 12)}
        assert (consumer.reached(fresh), consumer.reached(away)) == (None, 3)
        await consumer._deliver(HERE, [kept(n, b"") for n in (6, 7)], 1)
        assert consumer.standing() == {HERE: (6, 12)}

    _in_loop(tmp_path, stand)


def test_the_stock_detector_of_standstill_is_silent(tmp_path: Path) -> None:
    """It asserts that a position is known, and right after a rebalance none is."""

    async def verify(consumer: RunConsumer, _: Handed) -> None:
        consumer.verify_event_path(0.0, HERE)

    _in_loop(tmp_path, verify)
