"""A port in memory: a worker on its logs, the tables its words land in, and a restater at both.

Ships inside the package, so that no test imports from another test. Waiting is what lets the others
work: whoever rests here finds afterwards that the worker read on, and that its words have landed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from faust.types import TP
from kafka import TopicPartition

from events.codec import encode
from events.envelope import Event
from events.outcomes import Outcome
from events.topics import EVENT_TOPICS
from portclock.restating.asking import Asker, Row, Wish
from portclock.restating.rounds import Rounds
from portclock.restating.service import TOPICS, Restater
from portclock.restating.settings import Bounds
from portclock.restating.settling import Pace
from portclock.restating.whole import Whole, brought_back
from sinks import read
from sinks.memory import MemoryStore
from sinks.tables import BY_TOPIC
from streams.law import TimingLaw
from streams.testing import Kept, Roads
from streams.timekeeper import Bounds as WorkerBounds
from timing.rules import Rules

_OUTCOMES = ("stage-dwells", "limit-alerts", "event-fates", "events-dlq")
NOW = datetime(2026, 11, 2, tzinfo=UTC)
"""The clock of the door, as far as marks are concerned."""


@dataclass
class MemoryMarks:
    """Marks as rows, each once by its token."""

    rows: list[Row] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row], token: str) -> None:
        """See Marks."""
        assert all(len(row) == len(columns) for row in rows)
        if token not in self.tokens:
            self.tokens.add(token)
            self.rows += rows


class World:
    """One port. `rules` are the worker's; the restater's, unless it is given others."""

    def __init__(self, rules: Rules, bounds: Bounds | None = None) -> None:
        self.rules = rules
        self.roads = Roads(TimingLaw(rules), WorkerBounds(3, 50, 20, 8, 10, 5))
        self.store, self.marks = MemoryStore(), MemoryMarks()
        self.bounds = bounds or Bounds(units_max=5, look_again_s=0.1)
        self.read: dict[TopicPartition, int] = {}
        self.committed: dict[TopicPartition, int] = {}
        self.waits: list[float] = []
        self.lands = True
        self._landed: dict[tuple[str, int], int] = {}
        self.told: list[Event] = []

    # -- the port

    def tell(self, *events: Event) -> None:
        """Events come in, and the worker reads them."""
        for event in events:
            self.told.append(event)
            self.roads.send(event)
        self.work()

    def reach(self, moment: datetime) -> None:
        """Time passes."""
        self.roads.tick(moment)
        self.work()

    def work(self) -> None:
        """The worker reads what there is; everything lands."""
        self.roads.drain()
        self.land()

    def land(self) -> None:
        """What was said and reported is in the tables, unless nothing lands."""
        if not self.lands:
            return
        for topic in EVENT_TOPICS:
            for partition in range(3):
                self._insert(topic.name, partition, self.roads.logs[TP(topic.name, partition)])
        for name in _OUTCOMES:
            said = [word for word in self.roads.words if word.topic == name]
            records = [
                Kept(n, word.value, word.key, headers=word.headers) for n, word in enumerate(said)
            ]
            self._insert(name, 0, records)

    def _insert(self, topic: str, partition: int, records: Sequence[Any]) -> None:
        first = self._landed.get((topic, partition), 0)
        table = BY_TOPIC[topic]
        built = [table.build(record, record.offset) for record in records[first:]]
        rows = [row for row in built if isinstance(row, tuple)]
        self.store.insert(table, rows, f"{topic}/{partition}/{first}/{len(records)}")
        self._landed[topic, partition] = len(records)

    def standing(self) -> list[bytes]:
        """What the tables hold, in canonical form."""
        return read.canonical_lines(self.store)

    def outcomes(self) -> Iterable[Outcome]:
        """The same as models."""
        return read.outcomes(self.store)

    # -- the restater

    def rounds(self, rules: Rules | None = None, wish: Wish | None = None) -> Rounds:
        """Rounds at these tables; their recalls reach the worker."""
        asker = Asker(self, self.marks, wish or Wish(), lambda: NOW)
        return Rounds(self.bring(rules), asker, self.bounds.looks_max)

    def bring(self, rules: Rules | None = None) -> Callable[[str, list[str]], Mapping[str, Whole]]:
        """Units as the tables have them."""
        law = rules or self.rules
        return lambda port, units: brought_back(self.store, law, port, units)

    def restater(self, rules: Rules | None = None) -> Restater:
        """A process of the service, from where the last one committed."""
        self.read = dict(self.committed)
        return Restater(self, self.store, self.rounds(rules), self.bounds, self.pace())

    def pace(self) -> Pace:
        """No time passes, but others work while somebody waits."""
        return Pace(lambda: 0.0, self._wait)

    def _wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.work()
        return False

    def restate(self) -> Restater:
        """Turns of one restater until nothing more is to be read."""
        restater = self.restater()
        while self.behind():
            gathered = restater.gather()
            assert restater.settle(gathered)
            self.commit(gathered.offsets)
        return restater

    # -- Consumer and Outbox

    def behind(self) -> bool:
        """Whether the restater has not read everything."""
        return any(len(log) > self.read.get(place, 0) for place, log in self._logs().items())

    def poll(self, timeout_ms: float = 0) -> Mapping[TopicPartition, Sequence[Any]]:
        """Up to ten records of one partition."""
        for place, log in self._logs().items():
            first = self.read.get(place, 0)
            if records := log[first : first + 10]:
                self.read[place] = first + len(records)
                return {place: records}
        return {}

    def commit(self, offsets: dict[TopicPartition, int]) -> None:
        """See Consumer."""
        self.committed |= offsets

    def send_raw(self, topic: str, key: bytes | None, value: bytes) -> None:
        """See Outbox."""
        assert key is not None
        self.roads.put(topic, key, value)

    def settle(self) -> None:
        """Everything is acknowledged at once."""

    def _logs(self) -> dict[TopicPartition, Sequence[Any]]:
        found: dict[TopicPartition, Sequence[Any]] = {}
        for topic in TOPICS:
            if topic in EVENT_TOPICS:
                for n in range(3):
                    found[TopicPartition(topic.name, n)] = self.roads.logs[TP(topic.name, n)]
            else:
                said = [word for word in self.roads.words if word.topic == topic.name]
                records = [Kept(n, word.value, word.key) for n, word in enumerate(said)]
                found[TopicPartition(topic.name, 0)] = records
        return found


def message(event: Event) -> bytes:
    """An event as it stands on a topic."""
    return encode(event)
