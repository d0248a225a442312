"""Steps on their way to being done, while the next run is judged: words, rows, acknowledgement.

The order is the delivery promise. The words of a step are acknowledged by the broker, and all steps
before it in its partition are done, before its rows are written; its rows are acknowledged before
what follows from it: that runs are acknowledged, and then committed. The words of later steps may
leave meanwhile, since whoever reads their runs again says the same again; their rows may not. What
fails lets nothing of its partition pass, and ends the process.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from streams.effects import Effects
from streams.metrics import Metrics
from streams.plane.run import TopicPartition
from streams.plane.table import RunTable
from streams.publish import Publisher
from streams.reach import Reach
from streams.tables import with_said_to

Then = Callable[[], Awaitable[object]]
"""What follows from a step that is done."""


@dataclass(slots=True)
class Settling:
    """Steps under way, at most `steps_max`; those of one partition follow each other.

    `fit` raises when this process may not write any more. `crash` ends it.
    """

    publisher: Publisher
    table: RunTable
    metrics: Metrics
    fit: Callable[[], None]
    crash: Callable[[BaseException], Awaitable[None]]
    steps_max: int
    reach: Reach = field(default_factory=Reach)
    _last: "dict[int, asyncio.Task[None]]" = field(default_factory=dict)
    _saying: "dict[int, asyncio.Task[None]]" = field(default_factory=dict)
    _under_way: "set[asyncio.Task[None]]" = field(default_factory=set)
    _failure: BaseException | None = None
    _crashing: "asyncio.Future[None] | None" = None

    async def take_up(self, effects: Effects, then: Then) -> None:
        """Begin to settle a step, once there is room for it. Raises what an earlier one met."""
        while len(self._under_way) >= self.steps_max and self._failure is None:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        if self._failure is not None:
            raise self._failure
        before = self._last.get(effects.partition)
        task = asyncio.ensure_future(self._settle(effects, before, then))
        self._last[effects.partition] = task
        if effects.changed:
            self._saying[effects.partition] = task
        self._under_way.add(task)
        task.add_done_callback(self._over)
        await asyncio.sleep(0)  # Let the words leave before the next run keeps the loop busy.

    async def _settle(
        self, effects: Effects, before: "asyncio.Task[None] | None", then: Then
    ) -> None:
        records, partition = 0, effects.partition
        said_to: Mapping[TopicPartition, int] = {}
        if effects.changed:
            self.fit()
            said_to = await self.publisher.publish(effects)
        if before is not None:
            await before
        if effects.changed:
            self.fit()
            alone = self._saying[partition] is asyncio.current_task()
            self.reach.settled(partition, said_to, alone=alone)
            clock = with_said_to(effects.clock, self.reach.of(partition))
            records = await self.table.write(partition, effects.rows, clock)
        self.metrics.settled(effects, records)
        await then()

    def _over(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        if task.cancelled() or (error := task.exception()) is None or self._failure is not None:
            return
        self._failure = error
        self._crashing = asyncio.ensure_future(self.crash(error))
