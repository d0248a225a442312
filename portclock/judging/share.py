"""A share: the part of the units that one process judges, step by step as the court asks.

Reads through all files and takes the messages dealt to it, so that no message is read twice and
nothing but strays need be handed about. Knows nothing of processes.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from events.said import uncaused
from portclock.commands.history import read_lines
from portclock.judging.dealing import share_of_line, share_of_unit
from portclock.judging.merging import Block
from portclock.verdicts import Cell, Tally, counted, tally
from timing.engine import Rules
from timing.hearing import Accounts, Hearing, RefusedLine, Told
from timing.history import History
from timing.judge import judged
from timing.suspensions import Closures

MESSAGES_AT_ONCE: Final = 8_192
UNITS_AT_ONCE: Final = 1_024
"""How much is done before the court hears of it."""
LINES_AT_ONCE: Final = 4_096
"""Outcomes in a block: some 2 MB."""

Strays = dict[str, Told]
"""What was said of units of another share."""


class Task(NamedTuple):
    """What is to be judged: all of the files under the rules. With `lines`, the outcomes are
    wanted, else how many there are of each sort."""

    files: tuple[Path, ...]
    rules: Rules
    received_at: datetime
    lines: bool

    def share(self, number: int, shares: int) -> "Share":
        """One of so many shares, by its number from 0."""
        return Share(number, shares, self)


class Settled(NamedTuple):
    """What the court must know of a share before it can be judged: the latest instant in it, what
    was said of places, and how many units there are."""

    latest_s: int | None
    places: list[History]
    units: int


class Concluded(NamedTuple):
    """What a share amounts to, but for its lines."""

    accounts: Accounts
    refused: list[RefusedLine]
    tallies: list[Tally]


class Share:
    """One of so many `shares`, by its number from 0."""

    def __init__(self, number: int, shares: int, task: Task) -> None:
        self.number, self.shares, self.task = number, shares, task
        self.hearing = Hearing(task.received_at)
        self.lines: Block = []
        """What is still to be given away, from the end: the first line comes last."""

    def hear(self, done: Callable[[int], None]) -> list[Strays]:
        """Hear what was dealt to this share. Returns what belongs to each other share, by number.
        `done` is told of bytes, of all that were looked at."""
        lines, first = read_lines(self.task.files), 1
        while batch := list(islice(lines, MESSAGES_AT_ONCE)):
            for number, line in self._dealt(batch, first):
                self.hearing.hear(line, number)
            first += len(batch)
            done(sum(map(len, batch)) + len(batch))
        strays: list[Strays] = [{} for _ in range(self.shares)]
        for key, told in self.hearing.without(self._is_anothers).items():
            strays[self._owner(key)][key] = told
        return strays

    def _dealt(self, batch: list[bytes], first: int) -> Iterator[tuple[int, bytes]]:
        if self.shares == 1:
            return enumerate(batch, first)
        mine, shares = self.number, self.shares
        return (
            (number, line)
            for number, line in enumerate(batch, first)
            if share_of_line(line, shares) == mine
        )

    def _owner(self, key: str) -> int:
        return share_of_unit(key.partition("/")[2], self.shares)

    def _is_anothers(self, unit_id: str) -> bool:
        return self.shares > 1 and share_of_unit(unit_id, self.shares) != self.number

    def settle(self, done: Callable[[int], None], strays: list[Strays]) -> Settled:
        """Take in what other shares have heard of the units of this one."""
        for one in strays:
            self.hearing.join(one.items())
        self.hearing.settle()
        hearing = self.hearing
        return Settled(hearing.latest_s(), hearing.places(), len(hearing.units))

    def conclude(
        self, done: Callable[[int], None], closures: Closures, now: datetime | None
    ) -> Concluded:
        """Judge, with all closures of all shares. `done` is told of units."""
        tallies: list[Tally] = []
        waiting: list[bytes] = []
        law = self.task.rules.under(closures)
        for number, one in enumerate(judged(self.hearing, law, now) if now else (), start=1):
            if self.task.lines:
                self.lines += map(uncaused, one.written)
            else:
                waiting += one.written
            if number % UNITS_AT_ONCE == 0:
                tallies, waiting = summed([*tallies, *_counted(waiting)]), []
                done(UNITS_AT_ONCE)
        self.lines.sort(reverse=True)
        tallies = summed([*tallies, *_counted(waiting)])
        return Concluded(self.hearing.accounts, self.hearing.refused, tallies)

    def block(self, done: Callable[[int], None]) -> Block:
        """The next lines in order, given away; none when there are no more."""
        block = self.lines[-LINES_AT_ONCE:]
        del self.lines[-LINES_AT_ONCE:]
        block.reverse()
        return block


def _counted(written: list[bytes]) -> list[Tally]:
    return tally(map(counted, written))


def summed(tallies: list[Tally]) -> list[Tally]:
    """Tallies of several shares as those of all, by name."""
    found: dict[Cell, Tally] = {}
    for one in tallies:
        known = found.get(one.cell)
        found[one.cell] = Tally(one.cell, known.verdicts + one.verdicts) if known else one
    return [found[cell] for cell in sorted(found)]
