"""The agent: takes runs from the stream, and sees to it that effects happen in the promised order.

Outcomes acknowledged, then the changelog, then the acknowledgement that lets the offset be
committed. An exception here ends the process: nothing of the run is committed, and the next worker
reads it again. Knows Faust's stream; the rules are the timekeeper's.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from streams.effects import Effects
from streams.metrics import Metrics
from streams.plane.consumer import RunConsumer
from streams.plane.run import Run
from streams.plane.table import RunTable
from streams.plane.watchdog import Pulsebeat
from streams.publish import Publisher
from streams.timekeeper import Timekeeper


@dataclass(frozen=True, slots=True)
class Agent:
    """One per worker: runs of all partitions at hand pass through it, one after the other."""

    timekeeper: Timekeeper
    publisher: Publisher
    table: RunTable
    metrics: Metrics
    pulsebeat: Pulsebeat
    clock: Callable[[], float]

    async def time_units(self, stream: Any) -> AsyncIterator[int]:
        """Faust's agent function. Yields the number of records of each run when it is settled."""
        async for event in stream.noack().events():
            started_at = self.clock()
            run: Run = event.value
            self.metrics.run_taken(run.topic, len(run))
            await self._apply(stream, event)
            self.metrics["timing_run_seconds"].observe(self.clock() - started_at)
            yield len(run)

    async def _apply(self, stream: Any, event: Any) -> None:
        """Settle every step of a run. One that is not over is held, not acknowledged: its ticks
        still wait, or a rebalance broke it off.
        """
        for effects in self.timekeeper.take(event.value, event):
            await self._settle(effects)
            for over in effects.done:
                await stream.ack(over)
        if not event.message.acked:
            consumer = event.app.consumer
            assert isinstance(consumer, RunConsumer)
            consumer.hold(event.message)

    async def _settle(self, effects: Effects) -> None:
        changelog_records = 0
        if effects.changed:
            self.pulsebeat.check(self.clock())
            await self.publisher.publish(effects)
            self.pulsebeat.check(self.clock())
            changelog_records = await self.table.write(
                effects.partition, effects.rows, effects.clock
            )
        self.metrics.settled(effects, changelog_records)
