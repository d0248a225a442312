"""A log and a consumer in memory, in the shapes of the real one, and a store with trouble.

For the tests of this wing and of whoever feeds it. Keeps what the writer relies on: offsets per
partition, positions that begin at the commit, pause, assignment, commits that may fail.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka import TopicPartition
from kafka.errors import IllegalStateError
from pydantic_core import from_json, to_json

from events.codec import canonical, encode
from events.envelope import Event
from events.outcomes import Outcome
from events.testing import box, event, outcome, told
from events.vocabulary import Verdict
from sinks.consumer import LogRecord
from sinks.settings import WriterSettings
from sinks.store import Parameters, Question, Store, StoreUnavailable
from sinks.tables import Headers, Row, Table
from sinks.writer import Writer


@dataclass
class MemoryLog:
    """Topics of one broker: records by partition, and the offsets a group has committed."""

    records: dict[TopicPartition, list[LogRecord]] = field(default_factory=dict)
    committed: dict[TopicPartition, int] = field(default_factory=dict)

    def append(
        self,
        topic: str,
        partition: int,
        value: bytes | None,
        key: bytes | None = None,
        headers: Headers = (),
        timestamp_ms: int = 0,
    ) -> int:
        """Write one record; returns its offset."""
        records = self.records.setdefault(TopicPartition(topic, partition), [])
        offset = len(records)
        records.append(LogRecord(offset, value, key, list(headers), timestamp_ms))
        return offset


class MemoryConsumer:
    """One member of the group. `assign` is what a rebalance does to it."""

    def __init__(self, log: MemoryLog, per_poll: int = 500) -> None:
        self._log, self._per_poll = log, per_poll
        self._positions: dict[TopicPartition, int] = {}
        self._paused: set[TopicPartition] = set()
        self._unseen: list[TopicPartition] = []
        self.commit_errors: list[Exception] = []
        self.polled_records = 0
        self.closed = False
        self.assign(*log.records)

    def assign(self, *places: TopicPartition) -> None:
        """Give it these partitions and no others; each begins at the group's commit."""
        self._positions = {place: self._log.committed.get(place, 0) for place in places}
        self._paused = set()

    def move_away_unseen(self, place: TopicPartition, questions: int) -> None:
        """Take it away between a question and its use: `assignment` still names it so often."""
        self._unseen = [place] * questions
        del self._positions[place]
        self._paused -= {place}

    def poll(self, timeout_ms: float = 0) -> Mapping[TopicPartition, Sequence[LogRecord]]:
        """Answer at once: there is nothing to wait for."""
        left, polled = self._per_poll, {}
        for place, position in self._positions.items():
            if place in self._paused:
                continue
            if records := self._log.records[place][position : position + left]:
                polled[place] = records
                self._positions[place] = position + len(records)
                left -= len(records)
        self.polled_records += sum(map(len, polled.values()))
        return polled

    def assignment(self) -> set[TopicPartition]:
        """What it has, and for a while what moved away unseen."""
        unseen, self._unseen = self._unseen[:1], self._unseen[1:]
        return {*self._positions, *unseen}

    def paused(self) -> set[TopicPartition]:
        """What it has and does not fetch."""
        return set(self._paused)

    def pause(self, *partitions: TopicPartition) -> None:
        """Fetch these no more."""
        self._refuse_others(partitions)
        self._paused |= set(partitions)

    def resume(self, *partitions: TopicPartition) -> None:
        """Fetch these again."""
        self._refuse_others(partitions)
        self._paused -= set(partitions)

    def highwater(self, partition: TopicPartition) -> int | None:
        """The end of the log."""
        self._refuse_others([partition])
        return len(self._log.records[partition])

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Raises the next of `commit_errors`, if there is one."""
        if self.commit_errors:
            raise self.commit_errors.pop(0)
        self._log.committed.update(offsets)

    def close(self) -> None:
        """Leave."""
        self.closed = True

    def _refuse_others(self, places: Sequence[TopicPartition]) -> None:
        if not self._positions.keys() >= set(places):
            raise IllegalStateError("a partition is not assigned")


class TroubledStore:
    """A store with trouble before or after each insert: `trouble(token)` may raise.

    `before` loses the batch; `after` loses only the acknowledgement.
    """

    def __init__(
        self,
        store: Store,
        before: Callable[[str], None] = lambda token: None,
        after: Callable[[str], None] = lambda token: None,
    ) -> None:
        self._store, self.before, self.after = store, before, after
        self.tokens: list[str] = []

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        """See Store.insert."""
        self.tokens.append(token)
        self.before(token)
        self._store.insert(table, rows, token)
        self.after(token)

    def ask(self, question: Question, parameters: Parameters) -> Any:
        """See Store.ask."""
        return self._store.ask(question, parameters)

    def close(self) -> None:
        """See Store.close."""
        self._store.close()


def unavailable(times: int) -> Callable[[str], None]:
    """Trouble for the first `times` calls, then none."""
    left = [times]

    def trouble(token: str) -> None:
        if left[0]:
            left[0] -= 1
            raise StoreUnavailable("the store does not answer")

    return trouble


class ToldClock:
    """A clock that moves only when told; `now` in seconds."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def a_move(n: int, **fields: Any) -> bytes:
    """The value of a record of `stage-dwells`: a box move of box n; `fields` as on the wire."""
    return encode(outcome("box-move", "10:00", "10:30", unit=box(n), **fields))


def log_of_moves(records: int, partitions: int = 1) -> MemoryLog:
    """One move each of so many boxes, dealt out to the partitions in turn."""
    log = MemoryLog()
    for n in range(records):
        log.append("stage-dwells", n % partitions, a_move(n))
    return log


def standing_moves(log: MemoryLog) -> list[bytes]:
    """The outcomes that must stand when all is stored: the last of each visit, unless void."""
    last: dict[str, Outcome] = {}
    for place, records in log.records.items():
        for record in records if place.topic == "stage-dwells" else ():
            said = Outcome.model_validate_json(record.value or b"")
            last[said.visit_id] = said
    return sorted(canonical(said) for said in last.values() if said.verdict is not Verdict.VOID)


def visit_told() -> list[Event]:
    """Four events of box 1, in order: what a writer of events is to land."""
    morning = ("10:00 arrived", "10:30 discharged", "11:00 move ordered", "11:20 move ended")
    return told(*morning, unit=box(1))


def of_two_boxes() -> bytes:
    """A message that names two boxes: a worker splits it, and nobody else keeps it."""
    message = from_json(encode(event("released", "10:00")))
    del message["unit"]
    units = [{"type": "container", "id": box(n)} for n in (1, 2)]
    return to_json({**message, "units": units})


ROOMY = WriterSettings(batch_span=10, batch_age_s=1.0, retry_first_s=0.5, retry_max_s=4.0)
"""Small ranges and quick retries, so that a few records show what many would do."""


def a_writer(
    log: MemoryLog, store: Store, clock: ToldClock, settings: WriterSettings = ROOMY, **options: Any
) -> tuple[Writer, MemoryConsumer]:
    """A writer on a log in memory, and its consumer; `options` are the consumer's."""
    consumer = MemoryConsumer(log, **options)
    return Writer(consumer, store, settings, clock), consumer


def take_turns(writer: Writer, clock: ToldClock, turns: int, each_s: float = 0.0) -> None:
    """So many turns, each after the clock has moved on."""
    for _ in range(turns):
        clock.now += each_s
        writer.turn()
