"""A changelog with as many open visits as are wanted, without sending the events of all of them.

A set of stories is judged once, in memory, by the worker's own loop; the rows that it leaves are
copied under other box numbers. So every row is one that a worker wrote, of the usual size, and may
be woken, closed or judged again like any other. Knows the form of rows and of stories.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final, NamedTuple

from aiokafka import AIOKafkaProducer

from events.outcomes import Tick
from events.topics import EVENT_TOPICS, PARTITIONS, TICKS
from load_tests.scenarios.templates import Template, template
from load_tests.scenarios.wheel import Told, Wheel
from streams.law import TimingLaw
from streams.plane.batches import Wire, WireRecord, partition_of
from streams.plane.run import Run
from streams.plane.store import CLOCK_KEY, Part
from streams.tables import Clock, Row, decode_row, encode_clock, encode_row, is_place
from streams.testing import Kept
from streams.timekeeper import Bounds, Surroundings, Timekeeper
from timing.rules import Rules

ORIGINALS: Final = 2_000
APART: Final = 100_003
"""Numbers of two copies differ by so many: few numbers are met twice, and those are passed over."""
_BATCH_BYTES: Final = 512 * 1024
_STEP: Final = 2_000
_BOUNDS: Final = Bounds(1, _STEP, 20_000, 512, 2_000, 10_000)


class Seed(NamedTuple):
    """A row under its key, and where it belongs."""

    partition: int
    key: bytes
    row: bytes


def originals(wheel: Wheel) -> dict[str, bytes]:
    """The rows of what is under way when the live traffic of the wheel begins, without fences:
    what is in them was read from no topic."""
    part = Part()
    around = Surroundings(lambda _: part, lambda topic, partition: 1 << 60)
    keeper = Timekeeper(TimingLaw(Rules()), _BOUNDS, around)
    for run in _runs(wheel):
        for _ in keeper.take(run, None):
            pass
    bare = {key: decode_row(row) for key, row in part.rows.items() if not is_place(key)}
    return {key: encode_row(Row(row.deadline_s, {}, row.history)) for key, row in bare.items()}


def seeds(rows: dict[str, bytes], units: int) -> Iterator[Seed]:
    """So many rows: the originals, then copies of them under other numbers."""
    forms = [(template(key.encode(), APART), template(row, APART)) for key, row in rows.items()]
    known: set[bytes] = set()
    for copy in count():
        for name, form in forms:
            key = name.filled(copy, 0)
            if key in known:
                continue
            known.add(key)
            yield _seed(key, form, copy)
            if len(known) == units:
                return


async def seed(address: str, topic: str, units: int, wheel: Wheel, versions: int) -> int:
    """Write the changelog, each row so many times as if it had changed. Returns its bytes."""
    producer = AIOKafkaProducer(
        bootstrap_servers=address, acks="all", max_batch_size=_BATCH_BYTES,
        max_request_size=4 * 1024 * 1024,
    )  # fmt: skip
    await producer.start()
    try:
        return await _write(Wire(lambda: producer), topic, originals(wheel), units, versions)
    finally:
        await producer.stop()


async def _write(wire: Wire, topic: str, rows: dict[str, bytes], units: int, versions: int) -> int:
    written = 0
    for _ in range(versions):
        waiting: list[WireRecord] = []
        for partition, key, row in seeds(rows, units):
            waiting.append(WireRecord(topic, partition, key, row))
            written += len(key) + len(row)
            if len(waiting) == 20 * _STEP:
                await _post(wire, waiting)
                waiting = []
        await _post(wire, waiting)
    clock = encode_clock(Clock())
    await _post(wire, [WireRecord(topic, n, CLOCK_KEY, clock) for n in range(PARTITIONS)])
    return written


async def _post(wire: Wire, records: Sequence[WireRecord]) -> None:
    await asyncio.gather(*(sent.answer for sent in await wire.post(records)))


def _seed(key: bytes, form: Template, copy: int) -> Seed:
    unit = key.rpartition(b"/")[2]
    return Seed(partition_of(unit, PARTITIONS), key, form.filled(copy, 0))


def _runs(wheel: Wheel) -> Iterator[Run]:
    """The past of the wheel, topic by topic in its order, and a tick at its end."""
    offsets = dict.fromkeys((topic.name for topic in EVENT_TOPICS), 0)
    waiting: list[Told] = []
    for told in wheel.before():
        if waiting and (told.topic != waiting[0].topic or len(waiting) == _STEP):
            yield _run(waiting, offsets)
            waiting = []
        waiting.append(told)
    yield _run(waiting, offsets)
    tick = Tick(at=datetime.fromtimestamp(wheel.live_from_s, UTC), upto={})
    yield Run(TICKS.name, 0, [Kept(0, _encoded(tick))])


def _run(told: Sequence[Told], offsets: dict[str, int]) -> Run:
    topic, first = told[0].topic, offsets[told[0].topic]
    offsets[topic] = first + len(told)
    return Run(topic, 0, [Kept(first + n, one.value, one.key) for n, one in enumerate(told)])


def _encoded(tick: Any) -> bytes:
    from events.codec import encode

    return encode(tick)
