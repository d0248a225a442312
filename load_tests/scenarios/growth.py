"""More and more visits open: does an event cost more, and what does a visit weigh in the worker?

A worker of its own for each level, so that none has what another left in memory.
"""

import asyncio
import tempfile
from itertools import islice, pairwise
from pathlib import Path
from time import monotonic
from typing import Final

from load_tests.scenarios.feeder import Feeder
from load_tests.scenarios.house import House, house, wait_for
from load_tests.scenarios.progress import Worked, wait_until_told
from load_tests.scenarios.results import Result
from load_tests.scenarios.wanted import Wanted
from load_tests.scenarios.wheel import Wheel
from portclock.standalone.stack import WORKER

LOWEST: Final = 1_000
STEP: Final = 10
TICKS: Final = 20
"""As many on every level: their cost must not look like the cost of open visits."""
FILLED_WITHIN_S: Final = 3_600.0
DONE_WITHIN_S: Final = 900.0


def growth(wanted: Wanted) -> list[Result]:
    """One result for each power of ten up to `open_visits`."""
    levels = [min(LOWEST, wanted.open_visits)]
    while levels[-1] * STEP <= wanted.open_visits:
        levels.append(levels[-1] * STEP)
    return weighed([_level(wanted.but(open_visits=level)) for level in levels])


def weighed(results: list[Result]) -> list[Result]:
    """With what each further unit weighs: what every worker has, and what is kept at hand for some
    units only, is in the first levels and not in the difference of the last two."""
    found = results[:1]
    for before, result in pairwise(results):
        units = result.figures["open units"] - before.figures["open units"]
        grown_mib = result.figures["worker grown by MiB"] - before.figures["worker grown by MiB"]
        weight = {"bytes per further open unit": grown_mib * 2**20 / max(1, units)}
        found.append(result.with_figures({**result.figures, **weight}))
    return found


def _level(wanted: Wanted) -> Result:
    with (
        tempfile.TemporaryDirectory() as name,
        house(Path(name), wanted.broker, (WORKER,)) as running,
        running.serving(Path(name) / "services", (WORKER,)),
    ):
        return asyncio.run(_measured(running, wanted))


async def _measured(running: House, wanted: Wanted) -> Result:
    wheel = Wheel.of(wanted.open_visits, wanted.seed, wanted.rates)
    empty = running.spent()
    async with Feeder(running.stack.broker_address) as feeder:
        await feeder.load(wheel.before(), tick_s=86_400)
        _wait(running, feeder.sent, FILLED_WITHIN_S)
        wait_until_told(running)
        full, spent, began_at = Worked.look(running), running.spent(), monotonic()
        span_s = wanted.messages / wheel.messages_per_s
        await feeder.load(islice(wheel.live(), wanted.messages), tick_s=int(span_s / TICKS) + 1)
        _wait(running, feeder.sent, DONE_WITHIN_S)
        done, took_s = Worked.look(running), monotonic() - began_at
    grown_mib = spent[WORKER].rss_mib - empty[WORKER].rss_mib
    return Result(
        f"growth {wanted.open_visits}",
        wanted.but(parts=(WORKER,)).document(),
        done.messages - full.messages,
        took_s,
        {part: now.since(spent[part]) for part, now in running.spent().items()},
        figures={
            "open units": full.open_units,
            "worker grown by MiB": grown_mib,
            "bytes per open unit": grown_mib * 2**20 / max(1, full.open_units),
        },
    )


def _wait(running: House, messages: int, within_s: float) -> None:
    def done() -> bool:
        """all messages are processed"""
        return Worked.look(running).messages >= messages

    wait_for(running, done, within_s)
