"""A backlog: so many messages lie in the topics before anybody reads, then all is read at once.

Measured from the first progress to the last, so that what a process needs to begin does not count.
"""

import asyncio
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import monotonic, sleep
from typing import Final, NamedTuple

from load_tests.scenarios.feeder import Feeder
from load_tests.scenarios.house import SERVICES, House, Spent, groups, house, wait_for
from load_tests.scenarios.progress import Worked, rows_written
from load_tests.scenarios.results import Result
from load_tests.scenarios.wanted import Wanted
from load_tests.scenarios.wheel import Told, Wheel
from portclock.demo.compare import compare
from portclock.demo.landing import Landing
from portclock.demo.offsets import Groups
from portclock.failure import Failure
from portclock.standalone.stack import WRITER
from portclock.traffic.feed import read_lines
from sinks import read
from timing.judge import judge
from timing.rules import Rules

TICK_S: Final = 1800
LOOK_S: Final = 0.25
STILL_S: Final = 120.0
LANDED_WITHIN_S: Final = 120.0
LINES: Final = "messages.jsonl"


class Look(NamedTuple):
    """One look at everything."""

    at: float
    worked: Worked
    rows: int
    spent: dict[str, Spent]


def catch_up(wanted: Wanted) -> Result:
    """With `worker` alone the worker's own rate; with the writer, Kafka to rows."""
    wheel = Wheel.of(wanted.open_visits, wanted.seed, wanted.rates)
    services = [part for part in SERVICES if part in wanted.parts]
    with (
        tempfile.TemporaryDirectory() as name,
        house(Path(name), wanted.broker, services) as running,
    ):
        folder = Path(name)
        messages = _kept(islice(wheel.whole(), wanted.messages), folder, wanted.check)
        reached_s = asyncio.run(_lay_down(running, messages))
        with running.serving(folder / "services", services):
            first, last = _until_done(running, wanted.messages, WRITER in services)
            if wanted.check:
                _require_agreement(running, folder, reached_s)
    return Result(
        f"catch-up {wanted.messages} {'+'.join(services)}",
        wanted.document(),
        last.worked.messages - first.worked.messages,
        last.at - first.at,
        {part: spent.since(first.spent[part]) for part, spent in last.spent.items()},
        figures={
            "outcomes per message": last.worked.outcomes / wanted.messages,
            "open units at the end": last.worked.open_units,
            "rows": last.rows,
        },
    )


def _kept(messages: Iterable[Told], folder: Path, keep: bool) -> Iterator[Told]:
    """The same; one line each in a file, if a judge is to read them."""
    if not keep:
        yield from messages
        return
    with (folder / LINES).open("wb") as file:
        for message in messages:
            if message.partition is None:
                file.write(message.value + b"\n")
            yield message


async def _lay_down(running: House, messages: Iterator[Told]) -> int:
    async with Feeder(running.stack.broker_address) as feeder:
        await feeder.load(messages, TICK_S)
        return feeder.reached_s


def _until_done(running: House, messages: int, rows_too: bool) -> tuple[Look, Look]:
    """Where to measure from and to: the begin of progress, and its end. Raises TimeoutError."""
    idle = begun = last = _look(running, rows_too)
    moved_at = last.at
    while last.worked.messages < messages or (rows_too and last.rows < last.worked.words):
        sleep(LOOK_S)
        running.check()
        before, last = last, _look(running, rows_too)
        if not last.worked.messages:
            idle = last
        elif not before.worked.messages:
            # The first look at work is the better begin, unless much had been done by then.
            begun = last if last.worked.messages < messages // 5 else idle
        if (last.worked, last.rows) != (before.worked, before.rows):
            moved_at = last.at
        elif last.at - moved_at > STILL_S:
            raise TimeoutError(f"nothing moved for {STILL_S:.0f} s: {last}")
    return begun, last


def _look(running: House, rows_too: bool) -> Look:
    worked = Worked.look(running)
    rows = rows_written(running)[0] if rows_too else 0
    return Look(monotonic(), worked, rows, running.spent())


def _require_agreement(running: House, folder: Path, reached_s: int) -> None:
    """The judge decides whether anything was lost. Raises Failure with the first difference."""
    worker, writer = groups()
    with closing(Groups((running.stack.broker_address,))) as seen:
        landing = Landing(seen, worker, writer, monotonic)
        wait_for(running, landing.landed, LANDED_WITHIN_S)
    with closing(running.store()) as store:
        landed = read.canonical_lines(store)
    judgement = judge(read_lines(folder / LINES), Rules(), datetime.fromtimestamp(reached_s, UTC))
    compared = compare(landed, judgement.lines())
    if not compared.equal:
        raise Failure(f"the tables and the judge disagree: {compared}")
