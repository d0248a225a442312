"""A worker dies; another takes its partitions over while its own go on. How long, and how smoothly?

Knows brokers, workers and clocks; must never know how state is restored.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic, time
from typing import Final

from events.topics import PARTITIONS
from load_tests.recovery.seeding import ORIGINALS, seed
from load_tests.recovery.workers import Worker, await_whole, running
from load_tests.scenarios.feeder import Feeder
from load_tests.scenarios.house import House, house
from load_tests.scenarios.results import Result
from load_tests.scenarios.wheel import Told, Wheel
from portclock.standalone.brokers import BrokerKind
from portclock.standalone.child import Child
from portclock.standalone.stack import WORKER
from streams.settings import Settings
from streams.tables import changelog_name

WITHIN_S: Final = 600.0
LOOK_S: Final = 0.2
SLOT_S: Final = 0.1
QUIET_S: Final = 5.0
"""So long both workers are watched at work before one of them is killed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`units` open visits, each written so many times (`versions`) into the changelog; live traffic
    of `rate` a second while a worker is replaced. `env`: the workers' settings besides."""

    units: int
    folder: Path
    broker: BrokerKind = "kafka"
    versions: int = 1
    rate: float = 300.0
    env: Mapping[str, str] | None = None

    def document(self) -> dict[str, object]:
        """For a file of results."""
        return {"units": self.units, "broker": self.broker, "versions": self.versions,
                "rate": self.rate, "env": dict(self.env or {})}  # fmt: skip


def measured(asked: Asked) -> list[Result]:
    """One worker from nothing, then one that takes over from another."""
    wheel = Wheel.of(ORIGINALS)
    with house(asked.folder, asked.broker, (WORKER,)) as run:
        _seeded(asked, run, wheel)
        child = next(one for one in run.stack.children if one.name == WORKER)
        return [_cold(asked, child), asyncio.run(_taken_over(asked, run, child, wheel))]


def _seeded(asked: Asked, run: House, wheel: Wheel) -> None:
    """A folder that was seeded with the same before is taken as it is."""
    mark = asked.folder / f"seeded-{asked.units}-{asked.versions}"
    if mark.exists() and asked.broker == "kafka":
        return
    address, topic = run.stack.broker_address, changelog_name(Settings(broker="-").app_id)
    written = asyncio.run(seed(address, topic, asked.units, wheel, asked.versions))
    mark.write_text(f"{written} bytes\n")


def _cold(asked: Asked, child: Child) -> Result:
    """From the start of a process to the last partition whole."""
    with running(child, asked.folder, 1, asked.env or {}) as worker:
        whole = await_whole(worker, PARTITIONS, worker.started_at, WITHIN_S)
        spent, given_at = worker.spent(), worker.assigned_since(worker.started_at)
        assert given_at is not None
        return Result(
            f"one worker restores {asked.units}",
            asked.document(),
            asked.units * asked.versions,
            whole[-1].at - given_at,
            {WORKER: spent},
            figures={
                "s from start to partitions": given_at - worker.started_at,
                "s to the first partition": whole[0].at - given_at,
                "s to the last partition": whole[-1].at - given_at,
                "bytes of memory a unit": spent.rss_mib * 2**20 / asked.units,
            },
        )


async def _taken_over(asked: Asked, run: House, child: Child, wheel: Wheel) -> Result:
    env = asked.env or {}
    with (
        running(child, asked.folder, 1, env) as first,
        running(child, asked.folder, 2, env) as second,
    ):
        await asyncio.to_thread(_shared, first, second)
        async with Feeder(run.stack.broker_address) as feeder:
            feeding = asyncio.create_task(_feed(feeder, wheel.live(), asked.rate))
            try:
                return await _killed(asked, first, second)
            finally:
                feeding.cancel()
                with suppress(asyncio.CancelledError):
                    await feeding


def _shared(first: Worker, second: Worker) -> None:
    """Wait until each has half, whole."""
    await_whole(first, PARTITIONS // 2, first.started_at, WITHIN_S)
    await_whole(second, PARTITIONS // 2, second.started_at, WITHIN_S)


async def _killed(asked: Asked, first: Worker, second: Worker) -> Result:
    await asyncio.sleep(QUIET_S)
    before, done = second.spent(), second.ended() or 0
    killed_at = time()
    first.kill()
    watching = asyncio.create_task(_longest_rest(second))
    whole = await asyncio.to_thread(await_whole, second, PARTITIONS, killed_at, WITHIN_S)
    watching.cancel()
    rest_s = await watching
    given_at = second.assigned_since(killed_at)
    assert given_at is not None
    return Result(
        f"{asked.units // 2} units of a killed worker taken over",
        asked.document(),
        (second.ended() or 0) - done,
        whole[-1].at - killed_at,
        {WORKER: second.spent().since(before)},
        figures={
            "s from kill to partitions": given_at - killed_at,
            "s to its own partitions": whole[PARTITIONS // 2 - 1].at - given_at,
            "s to the first of the other's": whole[PARTITIONS // 2].at - given_at,
            "s to the last of the other's": whole[-1].at - given_at,
            "longest rest of the live ones, s": rest_s,
        },
    )


async def _longest_rest(worker: Worker) -> float:
    """How long nothing was processed at most, until cancelled."""
    longest_s, moved_at, known = 0.0, monotonic(), -1
    try:
        while True:
            ended = await asyncio.to_thread(worker.ended)
            now = monotonic()
            longest_s = max(longest_s, now - moved_at)
            if ended is not None and ended != known:
                moved_at, known = now, ended
            await asyncio.sleep(LOOK_S)
    except asyncio.CancelledError:
        return longest_s


async def _feed(feeder: Feeder, live: Iterator[Told], rate: float) -> None:
    """At a pace, for ever. No ticks: whoever is due then is no matter of this."""
    due = monotonic()
    while True:
        await feeder.send(islice(live, int(rate * SLOT_S)))
        due += SLOT_S
        await asyncio.sleep(max(0.0, due - monotonic()))
