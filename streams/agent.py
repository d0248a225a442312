"""The agent: takes runs from the stream and has their steps settled behind its back.

While the broker takes the words and the rows of one run, the next is judged; see `settling` for the
order in which that happens. An exception here ends the process: nothing of the run is committed,
and the next worker reads it again. Knows Faust's stream; the rules are the timekeeper's.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from streams.effects import Effects
from streams.metrics import Metrics
from streams.plane.consumer import RunConsumer
from streams.plane.run import Run
from streams.settling import Settling
from streams.timekeeper import Timekeeper


@dataclass(frozen=True, slots=True)
class Agent:
    """One per worker: runs of all partitions at hand pass through it, one after the other."""

    timekeeper: Timekeeper
    settling: Settling
    metrics: Metrics
    clock: Callable[[], float]

    async def time_units(self, stream: Any) -> AsyncIterator[int]:
        """Faust's agent function. Yields the number of records of each run when it is judged."""
        async for event in stream.noack().events():
            run: Run = event.value
            taken_at = self.clock()
            self.metrics.run_taken(run.topic, len(run))
            for effects in self.timekeeper.take(run, event):
                await self.settling.take_up(effects, partial(_acknowledge, stream, effects.done))
            nothing_more = Effects(run.partition, changed=False)
            await self.settling.take_up(nothing_more, partial(self._end, event, taken_at))
            yield len(run)

    async def _end(self, event: Any, taken_at: float) -> None:
        """All steps of a run are done. One that is not over is held, not acknowledged: its ticks
        still wait, or a rebalance broke it off.
        """
        self.metrics["timing_run_seconds"].observe(self.clock() - taken_at)
        if not event.message.acked:
            consumer = event.app.consumer
            assert isinstance(consumer, RunConsumer)
            consumer.hold(event.message)


async def _acknowledge(stream: Any, runs: Iterable[Any]) -> None:
    for over in runs:
        await stream.ack(over)
