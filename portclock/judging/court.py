"""The court: leads the shares of a task from their messages to one judgement.

What is of one unit is judged by one share. What concerns all is put together here in between: the
units of one share that another heard of, the closures of places, and the latest instant.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

from events.instants import from_epoch
from portclock.judging.bench import Bench
from portclock.judging.merging import Block, merged
from portclock.judging.share import Concluded, Settled, Strays, summed
from portclock.verdicts import Tally
from timing.hearing import Accounts, RefusedLine
from timing.places import closures_of


class Watch(Protocol):
    """Whoever follows the work."""

    def read(self, count: int) -> None:
        """So many more bytes were looked at; each share looks at all."""

    def begin(self, units: int) -> None:
        """All is read; so many units are to be judged."""

    def judged(self, count: int) -> None:
        """So many more units were judged."""


class Nobody:
    """Follows nothing."""

    def read(self, count: int) -> None:
        """See Watch."""

    def begin(self, units: int) -> None:
        """See Watch."""

    def judged(self, count: int) -> None:
        """See Watch."""


class Judged(NamedTuple):
    """What the files amount to. Refused lines are in order; `lines` can be had once."""

    accounts: Accounts
    refused: list[RefusedLine]
    tallies: list[Tally]
    lines: Iterator[Block]


def judge_in_shares(bench: Bench, now: datetime | None, watch: Watch) -> Judged:
    """Judge a task as known at `now`; by default, the latest instant in it. Raises Failure."""
    nothing: list[tuple[object, ...]] = [()] * bench.shares
    heard: list[list[Strays]] = bench.ask("hear", nothing, watch.read)
    dealt = [([one[number] for one in heard],) for number in range(bench.shares)]
    settled: list[Settled] = bench.ask("settle", dealt, watch.read)
    watch.begin(sum([one.units for one in settled]))
    moments = [one.latest_s for one in settled if one.latest_s is not None]
    if now is None and moments:
        now = from_epoch(max(moments))
    closures = closures_of([place for one in settled for place in one.places])
    concluded: list[Concluded] = bench.ask(
        "conclude", [(closures, now)] * bench.shares, watch.judged
    )
    return Judged(
        sum([one.accounts for one in concluded], Accounts()),
        sorted([line for one in concluded for line in one.refused]),
        summed([tally for one in concluded for tally in one.tallies]),
        merged([bench.drain("block", number) for number in range(bench.shares)]),
    )
