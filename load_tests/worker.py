"""What one event costs a worker, by part: the worker's own loop over real traffic, without Kafka.

    python load_tests/worker.py --visits 3000

Traffic of the simulated ports is packed into record batches as a broker keeps them, and goes
through the timekeeper in runs, with ticks between. The loop runs in variants, each with one part
more than the one before it, and a part costs what its variant takes beyond the last:

    fetch    record batches unpacked and their checksums compared, as aiokafka does
    read     bytes to events, or to refusals
    plane    rows, fences, deadlines, ticks, accounts: the loop under a law that only counts
    judge    the timing law, and its histories packed and unpacked
    tell     what the law found, as bytes
    write    words and changelog packed into record batches with checksums

CPU time of the process, best of ROUNDS taken in turn. Network, broker and asyncio are not in it.
Knows the public parts of the worker; must never know how they do it.
"""

import argparse
import gc
import platform
import resource
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import process_time
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

from aiokafka.consumer.fetcher import FetchResult, PartitionRecords
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import TopicPartition

from events.codec import encode
from events.envelope import Event
from events.outcomes import Tick
from events.reading import Reported
from events.said import SILENCE, Words
from events.topics import EVENT_TOPICS, TICKS
from portclock.traffic.feed import SEED, traffic
from streams.effects import Effects
from streams.intake import read_event
from streams.law import Law, TimingLaw
from streams.plane.batches import Wire, WireRecord, partition_of
from streams.plane.fetching import spare
from streams.plane.run import Run, cut
from streams.plane.store import CLOCK_KEY, Part
from streams.publish import words_of
from streams.tables import UNITS_TABLE
from streams.timekeeper import Bounds, Surroundings, Timekeeper
from timing.rules import Rules

ROUNDS: Final = 3
_GC_GENERATIONS: Final = (100_000, 50, 1_000)
_BATCH_BYTES: Final = 512 * 1024


class Fetched(NamedTuple):
    """One record batch of one partition, as the broker would hand it over."""

    topic: str
    partition: int
    data: bytes


@dataclass(frozen=True)
class CountingStep:
    """A step of the law that only counts."""

    history: int
    words: Words = SILENCE
    novelty: str = "new"


class CountingLaw:
    """Counts the events of a unit. Under it the loop does all that the plane does, and no more."""

    def observe(self, history: Any, event: Reported, watermark: int) -> CountingStep:
        return CountingStep((history or 0) + 1)

    def elapse(self, history: Any, watermark: int) -> CountingStep:
        return CountingStep(history)

    def declare(self, history: Any, event: Event, watermark: int) -> CountingStep:
        return CountingStep((history or 0) + 1)

    def reconsider(self, history: Any, before: Any, watermark: int, because: str) -> CountingStep:
        return CountingStep(history)

    def recall(self, key: str, history: Any, recall: Any, watermark: int) -> CountingStep:
        return CountingStep(len(recall.messages))

    def next_deadline(self, history: Any) -> int | None:
        return 2_000_000_000 + int(history)

    def watermark_of(self, tick_at: datetime) -> int:
        return int(tick_at.timestamp())

    def unit_key(self, event: Reported) -> str:
        return f"{event.place.port}/{event.unit.id}"

    def pack(self, history: Any) -> bytes:
        return b"%d" % history

    def unpack(self, data: bytes) -> Any:
        return int(data)

    def under(self, places: Any) -> "CountingLaw":
        return copy(self)

    def suspended(self, watermark: int) -> Mapping[str, int]:
        return {}

    def doubts(self, key: str, history: Any, heard: Any) -> Mapping[str, Words | None]:
        return {}

    def names_of(self, words: Words) -> Sequence[str]:
        return ()


class MuteLaw(TimingLaw):
    """The timing law, of which nobody asks for words."""

    def observe(self, history: Any, event: Any, watermark: int) -> Any:
        return _mute(super().observe(history, event, watermark))

    def elapse(self, history: Any, watermark: int) -> Any:
        return _mute(super().elapse(history, watermark))

    def reconsider(self, history: Any, before: Any, watermark: int, because: str) -> Any:
        return _mute(super().reconsider(history, before, watermark, because))


def _mute(step: Any) -> CountingStep:
    return CountingStep(step.history, SILENCE, step.novelty)


class Batches:
    """A producer whose broker takes everything at once: batches are packed, and dropped."""

    def __init__(self) -> None:
        self.sent_bytes = 0

    def create_batch(self) -> BatchBuilder:
        return BatchBuilder(_BATCH_BYTES, 0)

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> Any:
        self.sent_bytes += len(batch._build())


@dataclass
class Load:
    """The traffic in record batches, in the order of reading, and how the worker is cut."""

    partitions: int
    run_records_max: int
    unpacked_max: int = 20_000
    messages: int = 0
    batches: list[Fetched] = field(default_factory=list)

    @property
    def bounds(self) -> Bounds:
        unpacked = self.unpacked_max
        return Bounds(self.partitions, self.run_records_max, unpacked, 512, 2_000, 10**9)


def load_of(options: argparse.Namespace) -> Load:
    """Windows of so many messages, each followed by a tick that lets event time pass."""
    load = Load(options.partitions, options.run_records, options.unpacked)
    window: dict[tuple[str, int], list[tuple[int, bytes, bytes]]] = {}
    offsets: dict[tuple[str, int], int] = {}
    sent_at_ms = 0
    for sent in traffic(options.visits, SEED):
        place = sent.topic, partition_of(sent.key, load.partitions)
        sent_at_ms = int(sent.sent_at.timestamp() * 1000)
        window.setdefault(place, []).append((sent_at_ms, sent.key, sent.value))
        load.messages += 1
        if load.messages % options.window == 0:
            _close(load, window, offsets, sent_at_ms)
    _close(load, window, offsets, sent_at_ms)
    return load


def _close(load: Load, window: Any, offsets: dict[tuple[str, int], int], at_ms: int) -> None:
    """The messages of the window, then a tick in each partition."""
    for place, messages in sorted(window.items()):
        load.batches.append(_packed(place, offsets.get(place, 0), messages))
        offsets[place] = offsets.get(place, 0) + len(messages)
    window.clear()
    for partition in range(load.partitions):
        upto = {topic.name: offsets.get((topic.name, partition), 0) for topic in EVENT_TOPICS}
        tick = Tick(at=datetime.fromtimestamp(at_ms / 1000, UTC), upto=upto)
        place = TICKS.name, partition
        load.batches.append(_packed(place, offsets.get(place, 0), [(at_ms, b"", encode(tick))]))
        offsets[place] = offsets.get(place, 0) + 1


def _packed(place: tuple[str, int], first: int, messages: Sequence[Any]) -> Fetched:
    builder = BatchBuilder(1 << 30, 0)
    for stamp_ms, key, value in messages:
        builder.append(timestamp=stamp_ms, key=key, value=value)
    data = bytearray(builder._build())
    data[:8] = first.to_bytes(8, "big")  # the base offset is not under the checksum
    return Fetched(*place, bytes(data))


# -- the variants of the loop


def fetched(load: Load) -> Iterator[Run]:
    """The runs that the consumer would hand on."""
    for topic, partition, data in load.batches:
        place = TopicPartition(topic, partition)
        records = PartitionRecords(place, MemoryRecords(data), [], 0, None, None, True, 0)
        ready = FetchResult(place, assignment=None, partition_records=records, backoff=0)
        spare(SimpleNamespace(_records={place: ready}))
        unpacked = list(records)
        yield from cut(Run(topic, partition, unpacked), load.run_records_max)


def fetch(load: Load) -> int:
    """Unpack only."""
    return sum(map(len, fetched(load)))


def read(load: Load) -> int:
    """Unpack and read."""
    events = 0
    for run in fetched(load):
        if run.topic != TICKS.name:
            for record in run.records:
                events += isinstance(read_event(run, record, load.partitions), Reported)
    return events


def steps(load: Load, law: Law) -> Iterator[Effects]:
    """Unpack, read, and keep time by this law."""
    parts = [Part() for _ in range(load.partitions)]
    around = Surroundings(parts.__getitem__, lambda topic, partition: 1 << 60)
    keeper = Timekeeper(law, load.bounds, around)
    for run in fetched(load):
        yield from keeper.take(run, run.last)


def plane(load: Load) -> int:
    """All but the law."""
    return sum(len(effects.rows) for effects in steps(load, CountingLaw()))


def judged(load: Load) -> int:
    """All but telling of it."""
    return sum(len(effects.rows) for effects in steps(load, MuteLaw(Rules())))


def told(load: Load) -> int:
    """All but the batches."""
    effects = steps(load, TimingLaw(Rules()))
    return sum(len(list(words_of(each, load.partitions))) for each in effects)


def written(load: Load) -> int:
    """All of it. Returns the bytes of the batches."""
    batches = Batches()
    wire: Any = Wire(lambda: batches)
    for effects in steps(load, TimingLaw(Rules())):
        _finish(wire.post(list(words_of(effects, load.partitions))))
        if effects.changed:
            _finish(wire.post(_changelog(effects)))
    return batches.sent_bytes


def _changelog(effects: Effects) -> list[WireRecord]:
    topic, where = f"portclock-{UNITS_TABLE}-changelog", effects.partition
    rows = [WireRecord(topic, where, key.encode(), row) for key, row in effects.rows.items()]
    return [*rows, WireRecord(topic, where, CLOCK_KEY, effects.clock)]


def _finish(work: Any) -> None:
    """Drive a coroutine that never waits."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("nothing here waits for a broker")


VARIANTS: Final[Mapping[str, Callable[[Load], int]]] = {
    "fetch": fetch,
    "read": read,
    "plane": plane,
    "judge": judged,
    "tell": told,
    "write": written,
}


def measure(load: Load, rounds: int, names: Sequence[str]) -> dict[str, float]:
    """CPU seconds of each variant, the best of its tries."""
    best = dict.fromkeys(names, float("inf"))
    for _ in range(rounds):
        for name in names:
            gc.collect()
            begun = process_time()
            VARIANTS[name](load)
            best[name] = min(best[name], process_time() - begun)
    return best


def report(load: Load, best: Mapping[str, float]) -> None:
    """The table: each part, and the loop up to it."""
    print(f"{'part':<8}{'us/event':>10}{'in all':>10}{'events/s':>12}")
    before_s = 0.0
    for name, took_s in best.items():
        part_us, all_us = (1e6 * each / load.messages for each in (took_s - before_s, took_s))
        print(f"{name:<8}{part_us:>10.2f}{all_us:>10.2f}{1e6 / all_us:>12.0f}")
        before_s = took_s
    runs = sum(batch.topic != TICKS.name for batch in load.batches)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\n{load.messages} messages, {load.messages / runs:.0f} to a fetch, peak {peak_mib} MiB")
    print(f"python {platform.python_version()}, {platform.system()} {platform.machine()}")


def main() -> None:
    """Read the options, make the traffic, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--visits", type=int, default=3000)
    parser.add_argument("--partitions", type=int, default=1)
    parser.add_argument("--window", type=int, default=3000, help="messages between two ticks")
    parser.add_argument("--run-records", type=int, default=2000, help="run_records_max")
    parser.add_argument("--unpacked", type=int, default=20_000, help="live_histories_max")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--upto", choices=list(VARIANTS), default="write", help="the last part")
    options = parser.parse_args()
    load = load_of(options)
    gc.set_threshold(*_GC_GENERATIONS)
    gc.freeze()
    names = list(VARIANTS)[: list(VARIANTS).index(options.upto) + 1]
    report(load, measure(load, options.rounds, names))


if __name__ == "__main__":
    main()
