"""The traffic of the simulated ports, message by message in the order in which it is sent.

A pure function of the number of visits, a seed and a start. A longer traffic has every message of
a shorter one. Must never know a broker or a clock.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from events.refusals import Reason
from portclock.traffic.flows import CYCLE_S, read_sample
from portclock.traffic.hostile import Fault, Parcel, Rates, harass
from portclock.traffic.plans import World
from portclock.traffic.stories import tell

START: Final = datetime.fromisoformat("2026-03-02T00:00:00+08:00")
SEED: Final = 20260302
HOSTILE: Final = Rates()


class Sent(NamedTuple):
    """One message: `sent_at` never runs backwards.

    `sent_at` is the latest `recorded_at` that could be read so far, which is what a replay of the
    bare lines takes for the time; a message that cannot be read carries the time forward.
    """

    topic: str
    key: bytes
    value: bytes
    sent_at: datetime


@dataclass(slots=True)
class Injected:
    """What was done to the honest reports, counted while the traffic is drawn."""

    reports: int = 0
    messages: int = 0
    faults: Counter[Fault] = field(default_factory=Counter)
    refusals: Counter[Reason] = field(default_factory=Counter)


def traffic(
    visits: int,
    seed: int = SEED,
    start: datetime = START,
    rates: Rates = HOSTILE,
    injected: Injected | None = None,
) -> Iterator[Sent]:
    """The messages of so many visits. `injected`, if given, is filled in along the way."""
    world = World(seed, int(start.timestamp()), read_sample())
    now_s, counts = world.start_at, injected or Injected()
    for parcel in _in_order(world, visits, rates, counts):
        now_s = max(now_s, parcel.said_s or now_s)
        sent_at = datetime.fromtimestamp(now_s, UTC)
        yield Sent(parcel.topic, parcel.key.encode(), parcel.value, sent_at)


def write_lines(target: Path, messages: Iterable[Sent]) -> int:
    """Write the bare messages, one per line, and return how many; see README.md for reading."""
    count = 0
    with target.open("wb") as file:
        for message in messages:
            file.write(message.value + b"\n")
            count += 1
    return count


def read_lines(source: Path) -> Iterator[bytes]:
    """The messages of a file, byte for byte as they were written."""
    with source.open("rb") as file:
        for line in file:
            yield line.rstrip(b"\n")


def _in_order(world: World, visits: int, rates: Rates, counts: Injected) -> Iterator[Parcel]:
    """Sort cycle by cycle: nothing of a cycle is due before the cycle begins."""
    size = len(world.sample.order)
    waiting: list[tuple[int, int, int, Parcel]] = []
    for first in range(0, visits, size):
        for visit in range(first, min(first + size, visits)):
            waiting += _parcels(world, visit, rates, counts)
        waiting.sort()
        next_cycle_at = world.start_at + (first // size + 1) * CYCLE_S
        ready = sum(1 for item in waiting if item[0] < next_cycle_at)
        yield from (item[3] for item in waiting[:ready])
        del waiting[:ready]
    yield from (item[3] for item in waiting)


def _parcels(
    world: World, visit: int, rates: Rates, counts: Injected
) -> Iterator[tuple[int, int, int, Parcel]]:
    place = 0
    for report in tell(world, visit):
        fault, parcels = harass(report, world.seed, rates)
        counts.reports += 1
        counts.messages += len(parcels)
        if fault is not None:
            counts.faults[fault] += 1
        for parcel in parcels:
            if parcel.refused_for is not None:
                counts.refusals[parcel.refused_for] += 1
            yield parcel.due_s, visit, place, parcel
            place += 1
