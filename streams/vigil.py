"""What the app does by the wall clock: looks for pauses, standstill and room, refreshes gauges.

The timer ends the app when it is unfit. The clock is handed in. A partition of events that stands
still while records wait in it ends the app as well, however well the others move: a new one joins
the group anew, with nothing of what held it. Its ticks are no sign: they wait for events by law.
"""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog
from faust.types import TP

from events.topics import TICKS
from streams.feeds import Feed
from streams.plane.consumer import RunConsumer
from streams.plane.watchdog import Progress, WorkerUnfit
from streams.settings import Settings
from streams.topology import Topology

_LOOK_S = 2.0
_log = structlog.get_logger("streams")


def watch(topology: Topology, settings: Settings, clock: Callable[[], float]) -> None:
    """Attach the timer to the app."""
    app, pulsebeat = topology.app, topology.pulsebeat
    progress = Progress(settings.stall_timeout_s, clock(), {})
    recovery = Progress(settings.recovery_timeout_s, clock(), {})
    stalls, stopped = Stalls(settings.stall_timeout_s), set[Feed]()

    async def look() -> None:
        await _or_crash(app, lambda: pulsebeat.check(clock()))
        standing = _standing(app)
        _refresh(topology, standing)
        _refresh_feeds(topology, stopped)
        _refresh_room(topology, settings.data_dir)
        restorer = topology.restorer
        recovering = int(app.rebalancing or restorer.waiting > 0)
        restored = {"restored": restorer.records}  # as long as something comes, it goes on
        await _or_crash(app, lambda: recovery.look(restored, recovering, clock()))
        positions = {f"{tp.topic}/{tp.partition}": at for tp, (at, _) in standing.items()}
        positions["steps"] = topology.timekeeper.steps  # one suspension may concern a million units
        waiting = sum(max(0, end - at) for at, end in standing.values())
        waiting = 0 if recovering else waiting
        await _or_crash(app, lambda: progress.look(positions, waiting, clock()))
        await _or_crash(app, lambda: stalls.look({} if recovering else standing, clock()))

    app.timer(interval=_LOOK_S, name="streams.look")(look)


class Stalls:
    """Partitions of events that stand still while others move: these must not hide it. Where
    nothing moves, one long run may be under way: that is for the progress of the whole to judge."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s, self._looked_at = limit_s, 0.0
        self._reached: Mapping[TP, int] = {}
        self._stood_s: dict[TP, float] = {}

    def look(self, standing: Mapping[TP, tuple[int, int]], now: float) -> None:
        """Compare with the last look; what is not named begins anew. Raises WorkerUnfit."""
        reached, past_s = {tp: at for tp, (at, _) in standing.items()}, now - self._looked_at
        moved = {tp for tp, at in reached.items() if at != self._reached.get(tp)}
        waiting = {tp: end - at for tp, (at, end) in standing.items() if tp.topic != TICKS.name}
        self._stood_s = {
            tp: self._stood_s.get(tp, 0.0) + (past_s if moved else 0.0)
            for tp, records in waiting.items()
            if records > 0 and tp not in moved
        }
        self._reached, self._looked_at = reached, now
        for tp, stood_s in self._stood_s.items():
            if stood_s > self._limit_s:
                raise WorkerUnfit(
                    f"{tp.topic}/{tp.partition} stands still: {waiting[tp]} records wait in it and "
                    f"nothing of it was processed for {stood_s:.0f} s, while others were"
                )


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
    doubts = topology.timekeeper.doubts()
    apart = sum(places.values()) + sum(doubts.values())
    metrics["timing_units_open_count"].set(len(topology.table) - apart)
    for partition, words in doubts.items():
        metrics["timing_words_in_doubt_count"].labels(partition).set(words)
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


def _refresh_feeds(topology: Topology, known: set[Feed]) -> None:
    """The feeds that are stopped now, into the gauge and into `known`; one that became so is said
    once, for somebody has to be called."""
    gauge = topology.metrics["timing_feed_refused_in_a_row_records"]
    found = {each.feed: each for each in topology.timekeeper.stopped_feeds()}
    gauge.clear()
    for feed, stopped in found.items():
        gauge.labels(*feed).set(stopped.in_a_row)
        if feed not in known:
            _log.error(
                "a feed is stopped: nothing of it is understood; look at events-dlq and call it",
                topic=feed.topic,
                source=feed.source or "(names none)",
                refused=stopped.in_a_row,
                latest=stopped.latest,
            )
    for feed in known - found.keys():
        _log.info("a feed is understood again", topic=feed.topic, source=feed.source)
    known.clear()
    known.update(found)


def _refresh_suspensions(topology: Topology) -> None:
    """Only what is in force now: a port that was reopened leaves the gauge."""
    running = topology.metrics["timing_suspensions_running_count"]
    running.clear()
    for partition, ports in topology.timekeeper.suspended().items():
        for port, suspensions in ports.items():
            running.labels(partition, port).set(suspensions)
