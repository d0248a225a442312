"""Messages sent at a pace into a house that is full already, and how long until they have effect.

The past of all open visits goes in first, and is waited for. Then the schedule runs, whether the
house keeps up or not: each wait counts from when a message was to be sent. What arrives is watched
in the log, in the tables and at the board.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple

from load_tests.scenarios.board_watch import BoardWatch
from load_tests.scenarios.book import Book
from load_tests.scenarios.feeder import Feeder, Schedule, until_due
from load_tests.scenarios.house import SERVICES, House, Spent, house, spent_by
from load_tests.scenarios.latencies import Latency
from load_tests.scenarios.log_watch import LogWatch
from load_tests.scenarios.progress import Worked, rows_written, wait_until_told
from load_tests.scenarios.results import Result
from load_tests.scenarios.sightings import Sightings
from load_tests.scenarios.table_watch import TableWatch
from load_tests.scenarios.wanted import Wanted
from load_tests.scenarios.wheel import Told
from portclock.standalone.stack import BOARD, WRITER

BEAT_S: Final = 1.0
FILLED_WITHIN_S: Final = 1_800.0
DRAINED_WITHIN_S: Final = 30.0
SEEN_WITHIN_S: Final = 10.0
FEEDER: Final = "this sender"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is sent when. `past` is sent before, as fast as it goes."""

    name: str
    past: Iterator[Told]
    present: Iterator[Told]
    schedule: Schedule


class Watches(NamedTuple):
    """All who look."""

    log: Sightings
    table: TableWatch | None
    board: BoardWatch | None

    def latencies(self) -> dict[str, Latency]:
        """What they saw, those that looked."""
        found = {"outcome": self.log.outcome, "tick to alert": self.log.tick_to_alert}
        if self.table:
            found["row"] = self.table.row
        if self.board:
            found["board"] = self.board.board
        return found

    @property
    def waiting(self) -> int:
        """How much has not been seen yet."""
        return sum(one.waiting for one in (self.table, self.board) if one)


def paced(wanted: Wanted, plan: Plan) -> Result:
    """Run it."""
    services = [part for part in SERVICES if part in wanted.parts]
    with (
        tempfile.TemporaryDirectory() as name,
        house(Path(name), wanted.broker, services) as running,
        running.serving(Path(name) / "services", services),
    ):
        return asyncio.run(_run(running, wanted, plan))


async def _run(running: House, wanted: Wanted, plan: Plan) -> Result:
    async with Feeder(running.stack.broker_address) as feeder:
        filled = await feeder.load(plan.past, tick_s=86_400)
        await _worked(running, wanted, filled, FILLED_WITHIN_S)
        await asyncio.to_thread(wait_until_told, running)
        full, spent, began_at = Worked.look(running), _all_spent(running), monotonic()
        book = Book(wanted.rate)
        async with _watching(running, wanted, book, feeder) as watches:
            await _play(feeder, plan, book)
            ended, ended_at = Worked.look(running), monotonic()
            await _worked(running, wanted, feeder.sent, DRAINED_WITHIN_S)
            drained, drained_at = Worked.look(running), monotonic()
            await _until(lambda: not watches.waiting, SEEN_WITHIN_S)
    spent = {part: now.since(spent[part]) for part, now in _all_spent(running).items()}
    done = drained.messages - full.messages
    return Result(
        plan.name,
        wanted.document(),
        done,
        drained_at - began_at,
        spent,
        watches.latencies(),
        {
            "sent a second": (feeder.sent - filled) / (ended_at - began_at),
            "done a second while sending": (ended.messages - full.messages) / (ended_at - began_at),
            "backlog when sending ended": feeder.sent - ended.messages,
            "backlog at the end": feeder.sent - drained.messages,
            "open units": full.open_units,
        },
    )


@asynccontextmanager
async def _watching(
    running: House, wanted: Wanted, book: Book, feeder: Feeder
) -> AsyncIterator[Watches]:
    stack = running.stack
    log = Sightings(book, feeder.beats)
    reader = LogWatch(stack.broker_address, log)
    table = TableWatch(running.store(), stack.era) if WRITER in wanted.parts else None
    board = BoardWatch(stack.board_address, stack.steward_token) if BOARD in wanted.parts else None
    log.on_outcome = table.wait_for if table else log.on_outcome
    log.on_breach = board.wait_for if board else log.on_breach
    await reader.start()
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for one in (reader, table, board):
            if one:
                tasks.create_task(one.run(stop))
        try:
            yield Watches(log, table, board)
        finally:
            stop.set()
    for watch in (table, board):
        if watch:
            watch.give_up()


async def _play(feeder: Feeder, plan: Plan, book: Book) -> None:
    """Send by the schedule, with a tick every second."""
    began_at = monotonic()
    beat_at = began_at + BEAT_S
    for due_s, count in plan.schedule.slots():
        await until_due(began_at + due_s)
        messages = list(islice(plan.present, count))
        book.note(messages, began_at + due_s)
        await feeder.send(messages)
        if monotonic() >= beat_at:
            await feeder.beat()
            beat_at += BEAT_S
    await feeder.beat()


async def _worked(running: House, wanted: Wanted, sent: int, within_s: float) -> None:
    """Until worker and writer have done all of it, or time is up."""

    def done() -> bool:
        running.check()
        worked = Worked.look(running)
        if worked.messages < sent:
            return False
        return WRITER not in wanted.parts or rows_written(running)[0] >= worked.words

    await _until(done, within_s)


async def _until(happened: Callable[[], bool], within_s: float) -> None:
    deadline = monotonic() + within_s
    while not await asyncio.to_thread(happened) and monotonic() < deadline:
        await asyncio.sleep(0.25)


def _all_spent(running: House) -> dict[str, Spent]:
    return running.spent() | {FEEDER: spent_by(os.getpid(), alone=True)}
