"""What the app does by the wall clock: looks for pauses, standstill and room, refreshes gauges.

The timer ends the app when it is unfit. The clock is handed in.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faust.types import TP

from streams.plane.consumer import RunConsumer
from streams.plane.watchdog import Progress, WorkerUnfit
from streams.settings import Settings
from streams.topology import Topology

_LOOK_S = 2.0


def watch(topology: Topology, settings: Settings, clock: Callable[[], float]) -> None:
    """Attach the timer to the app."""
    app, pulsebeat = topology.app, topology.pulsebeat
    progress = Progress(settings.stall_timeout_s, clock(), {})
    recovery = Progress(settings.recovery_timeout_s, clock(), {})

    async def look() -> None:
        await _or_crash(app, lambda: pulsebeat.check(clock()))
        standing = _standing(app)
        _refresh(topology, standing)
        _refresh_room(topology, settings.data_dir)
        recovering = int(app.in_recovery or app.rebalancing)
        await _or_crash(app, lambda: recovery.look({}, recovering, clock()))
        positions = {f"{tp.topic}/{tp.partition}": at for tp, (at, _) in standing.items()}
        positions["steps"] = topology.timekeeper.steps  # one suspension may concern a million units
        waiting = sum(max(0, end - at) for at, end in standing.values())
        waiting = 0 if recovering else waiting
        await _or_crash(app, lambda: progress.look(positions, waiting, clock()))

    app.timer(interval=_LOOK_S, name="streams.look")(look)


async def _or_crash(app: Any, check: Callable[[], None]) -> None:
    try:
        check()
    except WorkerUnfit as error:
        await app.crash(error)


def _standing(app: Any) -> dict[TP, tuple[int, int]]:
    consumer = app.consumer
    assert isinstance(consumer, RunConsumer)
    return consumer.standing()


def _refresh(topology: Topology, standing: dict[TP, tuple[int, int]]) -> None:
    metrics = topology.metrics
    lag = metrics["timing_lag_records"]
    lag.clear()
    for tp, (reached, end) in standing.items():
        lag.labels(tp.topic, tp.partition).set(max(0, end - reached))
    places = topology.timekeeper.places()
    metrics["timing_units_open_count"].set(len(topology.table.data) - sum(places.values()))
    for partition, known in places.items():
        metrics["timing_places_known_count"].labels(partition).set(known)
    _refresh_suspensions(topology)
    for name in ("timing_ticks_held_count", "timing_watermark_seconds"):
        metrics[name].clear()  # a partition that moved away is told by whoever has it now
    for partition, held in topology.timekeeper.held_ticks().items():
        metrics["timing_ticks_held_count"].labels(partition).set(held)
    for partition, watermark_s in topology.timekeeper.watermarks_s().items():
        metrics["timing_watermark_seconds"].labels(partition).set(watermark_s)


def _refresh_room(topology: Topology, folder: Path) -> None:
    """A folder that cannot be looked at has no room that we know of."""
    try:
        room = shutil.disk_usage(folder)
    except OSError:
        topology.metrics["timing_disk_free_bytes"].set(0)
        return
    topology.metrics["timing_disk_free_bytes"].set(room.free)
    topology.metrics["timing_disk_size_bytes"].set(room.total)


def _refresh_suspensions(topology: Topology) -> None:
    """Only what is in force now: a port that was reopened leaves the gauge."""
    running = topology.metrics["timing_suspensions_running_count"]
    running.clear()
    for partition, ports in topology.timekeeper.suspended().items():
        for port, suspensions in ports.items():
            running.labels(partition, port).set(suspensions)
