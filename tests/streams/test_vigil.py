"""The timers end an unfit app and keep the gauges true."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faust.types import TP
from structlog.testing import capture_logs

from events.testing import box, event, wire
from streams.app import assemble
from streams.plane.batches import partition_of
from streams.plane.consumer import RunConsumer
from streams.plane.restoring import Errand
from streams.plane.run import Run
from streams.plane.watchdog import WorkerUnfit
from streams.settings import Settings
from streams.testing import about
from streams.topology import Topology
from streams.vigil import watch

PLACE = TP("terminal-events", 1)


class App:
    """Keeps its timers, and what it crashed with."""

    def __init__(self, consumer: RunConsumer) -> None:
        self.consumer = consumer
        self.timers: dict[str, Any] = {}
        self.crashed: list[BaseException] = []
        self.rebalancing = False

    def timer(self, interval: float, name: str) -> Any:
        return lambda function: self.timers.setdefault(name, function)

    async def crash(self, reason: BaseException) -> None:
        self.crashed.append(reason)


class Watched:
    """A topology under watch, at a time that the test moves."""

    def __init__(self, tmp_path: Path, law: Any) -> None:
        settings = Settings.of({"broker": "127.0.0.1:1", "data_dir": tmp_path})
        real = assemble(settings, law, lambda: 0.0)
        consumer = RunConsumer.__new__(RunConsumer)
        self.end, self.now = 5, 0.0
        self.others: dict[TP, tuple[int, int]] = {}
        consumer.standing = lambda: {PLACE: (5, self.end), **self.others}  # type: ignore[method-assign]
        self.app = App(consumer)
        app: Any = self.app
        self.pulsebeat = real.pulsebeat
        self.topology = Topology(
            app, real.table, real.timekeeper, real.metrics, self.pulsebeat, real.restorer
        )
        watch(self.topology, settings, lambda: self.now)

    async def look(self, now: float) -> None:
        self.now = now
        await self.app.timers["streams.look"]()


def test_a_pause_ends_an_app_that_had_nothing_to_write(tmp_path: Path, small_law: Any) -> None:
    async def go() -> None:
        watched = Watched(tmp_path, small_law)
        watched.pulsebeat.beat(0.0)
        watched.pulsebeat.beat(5.0)
        await watched.look(6.0)
        assert watched.app.crashed == []
        watched.pulsebeat.beat(20.0)
        await watched.look(20.0)
        assert [type(reason) for reason in watched.app.crashed] == [WorkerUnfit]

    asyncio.run(go())


def test_a_standstill_ends_the_app_and_a_rest_does_not(tmp_path: Path, small_law: Any) -> None:
    async def go() -> None:
        watched = Watched(tmp_path, small_law)
        await watched.look(0.0)
        await watched.look(1_000.0)
        assert watched.app.crashed == []
        watched.end = 9
        await watched.look(1_001.0)
        await watched.look(1_400.0)
        assert "4 records wait" in str(watched.app.crashed[0])

    asyncio.run(go())


def test_a_long_run_that_goes_on_step_by_step_is_no_standstill(
    tmp_path: Path, small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    async def go() -> None:
        watched = Watched(tmp_path, small_law)
        watched.end = 9
        for n in range(5):
            moved = wire(event("move-ended", "09:00", event_id=f"e{n}"))[0]
            list(watched.topology.timekeeper.take(run_of("terminal-events", 1, kept(n, moved))))
            await watched.look(n * 200.0)
        assert watched.app.crashed == []
        await watched.look(1_200.0)
        assert len(watched.app.crashed) == 1

    asyncio.run(go())


def test_a_partition_that_stands_still_does_not_hide_behind_others(
    tmp_path: Path, small_law: Any
) -> None:
    async def go() -> None:
        watched = Watched(tmp_path, small_law)
        watched.end = 9
        for n in range(10):
            watched.others = {TP("terminal-events", 2): (n, 99), TP("ticks", 1): (0, 99)}
            await watched.look(n * 30.0)
        assert watched.app.crashed == []
        watched.others = {TP("ticks", 2): (1, 1)}
        await watched.look(301.0)
        said = str(watched.app.crashed[0])
        assert "terminal-events/1 stands still: 4 records wait" in said

    asyncio.run(go())


def test_held_ticks_a_rebalance_and_one_long_run_are_no_stuck_partition(
    tmp_path: Path, small_law: Any
) -> None:
    async def go() -> None:
        watched = Watched(tmp_path, small_law)
        for n in range(100):
            watched.others = {TP("customs-events", 2): (n, 999), TP("ticks", 1): (0, 99)}
            watched.end = 9 if 10 <= n < 30 else 5
            watched.app.rebalancing = n in (17, 18)
            await watched.look(n * 30.0)
        assert watched.app.crashed == []
        watched.end = 9
        for n in range(100, 115):  # no partition moves: it is in the midst of a run
            watched.topology.timekeeper.steps += 1
            await watched.look(n * 30.0)
        assert watched.app.crashed == []

    asyncio.run(go())


def test_a_stopped_feed_is_told_in_the_metrics_and_said_once(
    tmp_path: Path, small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    async def go() -> None:
        watched = Watched(tmp_path, small_law)
        value = watched.topology.metrics.registry.get_sample_value
        keeper, feed = watched.topology.timekeeper, {"topic": "terminal-events", "source": "gate-9"}
        here = partition_of(box().encode(), 8)
        with capture_logs() as said:
            poison = (kept(n, b'{"source":"gate-9"}') for n in range(1_100))
            list(keeper.take(run_of("terminal-events", here, *poison)))
            await watched.look(0.0)
            await watched.look(2.0)
            assert value("timing_feed_refused_in_a_row_records", feed) == 1_100
            heard = wire(event("move-ended", "09:00", source="gate-9"))[0]
            list(keeper.take(run_of("terminal-events", here, kept(1_100, heard))))
            await watched.look(4.0)
        assert value("timing_feed_refused_in_a_row_records", feed) is None
        assert [line["log_level"] for line in said] == ["error", "info"]
        assert said[0]["source"] == "gate-9"
        assert said[0]["latest"].startswith(f"terminal-events/{here}/1099: missing-field")

    asyncio.run(go())


def test_a_restoring_that_stands_still_ends_the_app_and_a_long_one_does_not(
    tmp_path: Path, small_law: Any
) -> None:
    async def go() -> None:
        watched = Watched(tmp_path, small_law)
        watched.end = 9
        errand = Errand(lambda partition: None, {1})
        watched.topology.restorer._errand = errand
        for n in range(5):
            errand.records = n
            await watched.look(n * 500.0)
        assert watched.app.crashed == []
        await watched.look(2_700.0)
        assert "1 records wait and nothing" in str(watched.app.crashed[0])

    asyncio.run(go())


def test_an_endless_rebalance_ends_the_app(tmp_path: Path, small_law: Any) -> None:
    async def go() -> None:
        watched = Watched(tmp_path, small_law)
        await watched.look(0.0)
        watched.app.rebalancing = True
        await watched.look(500.0)
        assert watched.app.crashed == []
        await watched.look(700.0)
        assert len(watched.app.crashed) == 1

    asyncio.run(go())


def test_the_gauges_tell_lag_and_state(tmp_path: Path, small_law: Any) -> None:
    async def go() -> None:
        watched = Watched(tmp_path, small_law)
        watched.end = 12
        watched.topology.table.part(1).rows["a"] = b"1"
        await watched.look(0.0)
        value = watched.topology.metrics.registry.get_sample_value
        place = {"topic": "terminal-events", "partition": "1"}
        assert value("timing_lag_records", place) == 7
        assert value("timing_units_open_count") == 1

    asyncio.run(go())


def test_the_gauges_tell_places_apart_from_units_and_forget_what_was_reopened(
    tmp_path: Path, small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    async def go() -> None:
        watched = Watched(tmp_path, small_law)
        value = watched.topology.metrics.registry.get_sample_value
        here = {"partition": str(partition_of(b"CNLYG", 8)), "port": "CNLYG"}
        for offset, fields in enumerate([{}, {"retracts": "s1"}]):
            name = f"s{offset + 1}"
            said = about("CNLYG", "suspension-declared", "10:00", event_id=name, **fields)
            run = run_of("terminal-events", int(here["partition"]), kept(offset, wire(said)[0]))
            list(watched.topology.timekeeper.take(run))
            await watched.look(0.0)
            running = value("timing_suspensions_running_count", here)
            assert running == (None if fields else 1)
        assert value("timing_places_known_count", {"partition": here["partition"]}) == 1
        assert value("timing_units_open_count") == 0

    asyncio.run(go())


def test_the_gauges_forget_a_partition_that_moved_away(
    tmp_path: Path, small_law: Any, run_of: Callable[..., Run], kept: Any
) -> None:
    """Else a worker would tell of a clock that stands still, while another moves it on."""

    async def go() -> None:
        watched = Watched(tmp_path, small_law)
        value = watched.topology.metrics.registry.get_sample_value
        moved = wire(event("move-ended", "09:00"))[0]
        list(watched.topology.timekeeper.take(run_of("terminal-events", 1, kept(0, moved))))
        await watched.look(0.0)
        assert value("timing_watermark_seconds", {"partition": "1"}) is not None
        assert value("timing_ticks_held_count", {"partition": "1"}) == 0
        watched.topology.timekeeper.reset()
        await watched.look(1.0)
        assert value("timing_watermark_seconds", {"partition": "1"}) is None
        assert value("timing_ticks_held_count", {"partition": "1"}) is None

    asyncio.run(go())


def test_the_room_on_the_disk_is_told_and_none_where_there_is_no_folder(
    tmp_path: Path, small_law: Any
) -> None:
    async def go() -> None:
        watched = Watched(tmp_path, small_law)
        value = watched.topology.metrics.registry.get_sample_value
        await watched.look(0.0)
        free, size = value("timing_disk_free_bytes"), value("timing_disk_size_bytes")
        assert free is not None
        assert size is not None
        assert 0 < free < size
        tmp_path.rmdir()
        await watched.look(1.0)
        assert value("timing_disk_free_bytes") == 0
        assert value("timing_disk_size_bytes") == size

    asyncio.run(go())
