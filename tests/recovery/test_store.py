"""The whole road in memory: worker, log, writer, tables; and a store that fails in every way.

The worker never waits for the store, what is held stays within its bound, and what stands at the
end is what the judge makes of the same events. One test has a real engine that cannot write.
"""

import resource
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psutil
import pytest
from kafka import TopicPartition

from events.envelope import Event
from events.testing import at, box, told, wire
from events.topics import OUTCOME_TOPICS
from portclock.standalone.clickhouse.testing import engine_in
from sinks import migrate
from sinks.clickhouse import ClickHouseStore
from sinks.memory import MemoryStore
from sinks.metrics import SinkMetrics
from sinks.read import canonical_lines
from sinks.settings import ClickHouseAddress, WriterSettings
from sinks.store import StoreUnavailable
from sinks.testing import MemoryConsumer, MemoryLog, ToldClock, TroubledStore, take_turns
from sinks.writer import Writer
from streams.law import TimingLaw
from streams.testing import Roads
from streams.timekeeper import Bounds
from timing.judge import judge
from timing.rules import Rules

BOUNDS = Bounds(2, 50, 20, 8, 10, 5)
PORT, END = "CNSHD", at("day+1 09:00")
HELD_MAX = 20_000
SMALL = WriterSettings(buffered_bytes_max=HELD_MAX, batch_bytes_max=4_000, batch_age_s=1.0)
RESULTS = {topic.name for topic in OUTCOME_TOPICS}
HELD = "timing_buffered_bytes"


def _facts(boxes: range) -> list[Event]:
    words = ("09:00 discharged", "10:00 inspection-ordered", "14:50 positioned", "21:00 gated-out")
    return [fact for n in boxes for fact in told(*words, unit=box(n), ids=f"v{n}-", port=PORT)]


class Port:
    """A worker whose words a writer lands, with the trouble of the test before each insert."""

    def __init__(self, trouble: Callable[[str], None], per_poll: int = 20) -> None:
        self.roads, self.log, self.kept = (
            Roads(TimingLaw(Rules()), BOUNDS),
            MemoryLog(),
            MemoryStore(),
        )
        self.facts: list[Event] = []
        self.clock, self.metrics = ToldClock(), SinkMetrics()
        self.store = TroubledStore(self.kept, before=trouble)
        self._told = 0
        for topic in sorted(RESULTS):
            for partition in range(BOUNDS.partitions):
                self.log.records.setdefault(_place(topic, partition), [])
        self.consumer = MemoryConsumer(self.log, per_poll)
        self.writer = Writer(self.consumer, self.store, SMALL, self.clock, self.metrics)

    def happen(self, facts: list[Event]) -> int:
        """These are reported and judged; returns how many words that made."""
        self.facts += facts
        for fact in facts:
            self.roads.send(fact)
        self.roads.tick(END)
        self.roads.drain()
        words, before = self.roads.words, self._told
        for word in words[before:]:
            if word.topic in RESULTS:
                self.log.append(word.topic, word.partition, word.value, word.key, word.headers)
        self._told = len(words)
        return len(words) - before

    def held(self) -> float:
        return self.metrics.registry.get_sample_value(HELD, {"lane": "outcomes"}) or 0.0

    def landed(self) -> bool:
        """Whether the tables are what the judge makes of all that was reported."""
        return canonical_lines(self.kept) == judge(wire(*self.facts), Rules(), END).lines()


def _place(topic: str, partition: int) -> TopicPartition:
    return TopicPartition(topic, partition)


def test_a_store_away_for_longer_than_every_buffer_costs_no_memory_and_no_live_path() -> None:
    away = True

    def trouble(token: str) -> None:
        if away:
            raise StoreUnavailable("the store does not answer")

    port = Port(trouble)
    held = []
    for first in range(0, 160, 20):
        words = port.happen(_facts(range(first, first + 20)))
        assert words > 100, "what is judged does not wait for the store"
        take_turns(port.writer, port.clock, 5, each_s=60.0)
        held.append(port.held())
    assert sum(len(records) for records in port.log.records.values()) > 8 * 100
    assert 0 < max(held) <= HELD_MAX
    assert held[2:] == [held[2]] * (len(held) - 2), "full once, full for ever, and no fuller"
    assert port.log.committed == {}

    away = False
    while not (port.writer.finish() and _lag(port) == 0):
        take_turns(port.writer, port.clock, 1, each_s=1.0)
        assert port.held() <= HELD_MAX
    assert port.landed()
    assert port.kept.inserted_rows == len([w for w in port.roads.words if w.topic in RESULTS])


def _lag(port: Port) -> int:
    return sum(
        len(records) - port.log.committed.get(place, 0)
        for place, records in port.log.records.items()
    )


def test_a_store_that_fails_every_other_time_is_written_to_once() -> None:
    """Before the insert in turn with after it: what was asked twice stands once."""
    tries = count()

    def trouble(token: str) -> None:
        if next(tries) % 3 == 1:
            raise StoreUnavailable("full: No space left on device")

    port = Port(trouble, per_poll=50)
    port.store.after = trouble
    port.happen(_facts(range(40)))
    for _ in range(400):
        take_turns(port.writer, port.clock, 1, each_s=10.0)
    assert port.writer.finish()
    assert _lag(port) == 0
    assert port.landed()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[tuple[ClickHouseAddress, psutil.Process]]:
    """An engine of this test's own, with its process."""
    with engine_in(tmp_path / "engine") as address:
        ours = psutil.Process().children(recursive=True)
        (process,) = [p for p in ours if str(tmp_path / "engine") in p.cmdline()]
        yield address, process


def test_an_engine_that_cannot_write_is_waited_for_and_nothing_is_lost(
    engine: tuple[ClickHouseAddress, psutil.Process],
) -> None:
    """Its files may not grow, as on a disk that is full; then they may."""
    address, process = engine
    server = ClickHouseStore(address.within("default"))
    migrate.apply(server, "portclock")
    store = ClickHouseStore(address.within("portclock"))
    port = Port(lambda token: None)
    port.store = TroubledStore(store)
    port.writer = Writer(port.consumer, port.store, SMALL, port.clock, port.metrics)
    port.happen(_facts(range(10)))
    usual = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))
    take_turns(port.writer, port.clock, 4, each_s=30.0)
    assert port.log.committed == {}
    assert process.is_running()

    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, usual)
    take_turns(port.writer, port.clock, 30, each_s=10.0)
    assert port.writer.finish()
    assert _lag(port) == 0
    assert canonical_lines(store) == judge(wire(*port.facts), Rules(), END).lines()
    assert len(port.store.tokens) > len(set(port.store.tokens)), "nothing was tried again"
    for connection in (store, server):
        connection.close()
