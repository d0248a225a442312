"""A law small enough to be known by heart, and a broker with workers that die, all in memory.

For the tests of this wing. The broker keeps what the delivery promise rests on: logs per partition,
acknowledged words, a changelog, committed offsets. Knows no Kafka and no clock.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from faust.types import TP

from events.codec import canonical, decode, encode
from events.envelope import Event
from events.outcomes import EventFate, Outcome, Tick
from events.reading import Reported
from events.recalls import Recall
from events.said import Words
from events.testing import event, outcome
from events.topics import EVENT_TOPICS, TICKS, topic_for
from events.vocabulary import Verdict
from streams.doubts import Ear, Takeover, doubted
from streams.effects import Effects, Ending
from streams.law import Law
from streams.plane.batches import WireRecord, partition_of
from streams.plane.ledger import Ledger
from streams.plane.run import Run, TopicPartition
from streams.plane.store import Part
from streams.publish import words_of
from streams.tables import WORDS
from streams.timekeeper import Bounds, Surroundings, Timekeeper
from timing.doubts import Heard


@dataclass(frozen=True)
class Kept:
    """A record as the data plane reads it."""

    offset: int
    value: bytes | None
    key: bytes | None = None
    timestamp: int | None = 1_800_000_000_000
    headers: Sequence[tuple[str, bytes]] = ()


def about(place: str, kind: str, when: str | datetime, **fields: Any) -> Event:
    """An event about a place: as `events.testing.event` makes it, but for its unit."""
    said = event(kind, when, **fields).model_dump(mode="json", exclude_none=True)
    return Event.model_validate({**said, "unit": {"type": "place", "id": place}})


@dataclass(frozen=True)
class SmallStep:
    """A step of the small law."""

    history: Any
    outcomes: tuple[Outcome, ...] = ()
    alerts: tuple[Any, ...] = ()
    fates: tuple[Any, ...] = ()
    novelty: str = "new"

    @property
    def words(self) -> Words:
        """What it says, as it goes out."""
        return Words.of(self.outcomes, self.alerts, self.fates)


class SmallLaw:
    """Remembers the ids of a unit's events; forgets the unit an hour after the last of them.

    One outcome says how many events there are, and `open` or, at the end, `met`; its flags are the
    declarations that close the unit's port, each of which keeps the unit for an hour more. An event
    `exempt-...` is not counted, and frees its unit from all of them: so what is said may be said
    again by other facts, as the law's own words may. A place is forgotten after a hundred hours.
    """

    HOUR_S = 3600

    def __init__(self) -> None:
        self.observed: list[str] = []
        self.elapsed: list[str] = []
        self.declared: list[str] = []
        self.reconsidered: list[tuple[str, str]] = []
        self.recalled: list[str] = []
        self.closed: Mapping[str, tuple[str, ...]] = {}

    # -- units: (unit id, last heard of, event ids, port)

    def observe(self, history: Any, event: Reported, watermark: int) -> SmallStep:
        self.observed.append(event.event_id)
        unit, last_s, ids, port = history or (event.unit.id, 0, (), event.place.port)
        if event.event_id in ids:
            return SmallStep(history, novelty="duplicate")
        last_s = max(last_s, event.occurred_s)
        after = (unit, last_s, (*ids, event.event_id), port)
        return SmallStep(after, self._difference(history, self, after))

    def elapse(self, history: Any, watermark: int) -> SmallStep:
        self.elapsed.append(history[0])
        if watermark < self.next_deadline(history):
            return SmallStep(history)
        return SmallStep(None, () if _is_place(history) else (self._said(history, "met"),))

    def reconsider(self, history: Any, before: Any, watermark: int, because: str) -> SmallStep:
        self.reconsidered.append((history[0], because))
        if self.closed.get(history[3]) == before.closed.get(history[3]):
            return SmallStep(history)
        return SmallStep((*history[:3], history[3]), self._difference(history, before, history))

    def recall(self, key: str, history: Any, recall: Recall, watermark: int) -> SmallStep:
        brought = [event for text in recall.messages for event in decode(text.encode())]
        known = history or (recall.unit.id, 0, (), recall.port)
        ids = tuple(dict.fromkeys((*(event.event_id for event in brought), *known[2])))
        last_s = max(known[1], *(event.occurred_s for event in brought))
        after = (known[0], last_s, ids, known[3])
        self.recalled.append(key)
        said = self._difference(history, self, after)
        return SmallStep(after if watermark < self.next_deadline(after) else None, said)

    def next_deadline(self, history: Any) -> int:
        hours = 100 if _is_place(history) else 1 + len(self.closed.get(history[3], ()))
        return int(history[1]) + hours * self.HOUR_S

    def _difference(self, old: Any, before: "SmallLaw", new: Any) -> tuple[Outcome, ...]:
        said = self._said(new, "open")
        return (said,) if old is None or before._said(old, "open") != said else ()

    def _said(self, history: Any, verdict: str) -> Outcome:
        unit, _, ids, port = history
        counted = [event_id for event_id in ids if not event_id.startswith("exempt-")]
        flags = self.closed.get(port, ()) if len(counted) == len(ids) else ()
        return outcome(
            "box-move", "08:00", unit=unit, verdict=verdict, revision=len(counted) or 1,
            age_s=0, flags=flags,
        )  # fmt: skip

    # -- places: ("place", last heard of, declared and retracted event ids, port)

    def declare(self, history: Any, event: Event, watermark: int) -> SmallStep:
        self.declared.append(event.event_id)
        _, last_s, ids, port = history or ("place", 0, (), event.place.port)
        said = f"-{event.retracts}" if event.retracts else event.event_id
        fates = (_fate(event),)
        if said in ids:
            return SmallStep(history, fates=fates, novelty="duplicate")
        last_s = max(last_s, event.occurred_s)
        return SmallStep(("place", last_s, (*ids, said), port), fates=fates)

    def under(self, places: Iterable[Any]) -> "SmallLaw":
        closed: dict[str, list[str]] = defaultdict(list)
        for _, _, ids, port in places:
            closed[port] += [said for said in ids if said[0] != "-" and f"-{said}" not in ids]
        law = copy(self)
        law.closed = {port: tuple(sorted(ids)) for port, ids in closed.items() if ids}
        return law

    def suspended(self, watermark: int) -> Mapping[str, int]:
        return {port: len(ids) for port, ids in self.closed.items()}

    def doubts(self, key: str, history: Any, heard: Heard) -> Mapping[str, Words | None]:
        if not heard.outcomes:
            return {}
        last = heard.outcomes[-1]
        right = last.model_copy(update={"verdict": Verdict.VOID})
        if history is not None:
            right = self._said(history, "open")
        return {key: None if last == right else Words.of((right,))}

    def names_of(self, words: Words) -> Iterable[str]:
        said = (Outcome.model_validate_json(one.value) for one in words.outcomes)
        return [f"{one.port}/{one.unit.id}" for one in said]

    # -- both

    def watermark_of(self, tick_at: datetime) -> int:
        return int(tick_at.timestamp())

    def unit_key(self, event: Reported) -> str:
        return f"{event.place.port}/{event.unit.id}"

    def pack(self, history: Any) -> bytes:
        unit, last_s, ids, port = history
        return "|".join((unit, str(last_s), port, *ids)).encode()

    def unpack(self, data: bytes) -> Any:
        unit, last_s, port, *ids = data.decode().split("|")
        return unit, int(last_s), tuple(ids), port


def _is_place(history: Any) -> bool:
    return bool(history[0] == "place")


def _fate(of: Event) -> EventFate:
    said = {"source": of.source, "event_id": of.event_id, "port": of.place.port, "unit": of.unit}
    return EventFate.model_validate({**said, "fate": "judged", "visit_id": None})


# -- a broker and its workers


PHASES = ("before", "half-said", "said", "half-rows", "rows", "clock", "written", "interrupted")
"""Where a step of a run may be broken off: before anything of it is out; when half of its words
are; when all are; when half of its rows are in the changelog; when all are and the clock is not;
when both are, and what is forgotten is still there; when everything is; and there by a rebalance
instead of a death."""


@dataclass
class Roads:
    """Logs, changelog and commits of a broker, and one worker at a time that has all partitions."""

    law: Law
    bounds: Bounds
    logs: dict[TP, list[Kept]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[int, Part] = field(default_factory=lambda: defaultdict(Part))
    commits: dict[TP, int] = field(default_factory=dict)
    words: list[WireRecord] = field(default_factory=list)
    said_to: dict[int, int] = field(default_factory=dict)
    settled: list[Effects] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start()

    # -- sending

    def send(self, event: Event) -> None:
        """An event on the feed of its kind, in the partition of its unit."""
        key = event.unit.id.encode()
        self.put(topic_for(event.kind).name, key, encode(event))

    def put(
        self,
        topic: str,
        key: bytes,
        value: bytes,
        partition: int | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """One message; by its key if no partition is said."""
        where = partition_of(key, self.bounds.partitions) if partition is None else partition
        log = self.logs[TP(topic, where)]
        log.append(Kept(len(log), value, key, headers=headers))

    def tick(self, moment: datetime) -> None:
        """What the pulse sends at that moment."""
        for partition in range(self.bounds.partitions):
            upto = {t.name: len(self.logs[TP(t.name, partition)]) for t in EVENT_TOPICS}
            value = encode(Tick(at=moment, upto=upto))
            self.put(TICKS.name, str(partition).encode(), value, partition)

    # -- working

    def start(self) -> None:
        """A new worker, with what the changelog restores, at the committed offsets."""
        self.live = {n: self._restored(n) for n in range(self.bounds.partitions)}
        self.ledger, self.positions = Ledger(), dict(self.commits)
        self.interrupted = False
        around = Surroundings(
            part=lambda partition: self.live[partition],
            reached=self._reached,
            interrupted=lambda: self.interrupted,
        )
        self.worker = Timekeeper(self.law, self.bounds, around)

    def _restored(self, partition: int) -> Part:
        kept = self.parts[partition]
        part = Part(dict(kept.rows), kept.clock)
        ear = Ear(partition, self.bounds.partitions)
        for word in self.words[self.said_to.get(partition, 0) :]:
            if word.topic in WORDS:
                ear.take(TopicPartition(word.topic, word.partition), Kept(0, word.value))
        ticks_to = len(self.logs[TP(TICKS.name, partition)])
        part.taken_over = Takeover(doubted(self.law, part, ear), {}, ticks_to)
        return part

    def _reached(self, topic: str, partition: int) -> int:
        tp = TP(topic, partition)
        oldest = self.ledger.oldest(tp)
        return self.positions.get(tp, 0) if oldest is None else oldest

    def unread(self) -> list[TP]:
        """Partitions with records that the worker has not read, in one order."""
        waiting = [tp for tp, log in self.logs.items() if len(log) > self.positions.get(tp, 0)]
        return sorted(waiting)

    def read(self, tp: TP, records: int, step: int | None = None, phase: str = "before") -> None:
        """Take a run; break it off at the given step (from 0) and phase, if there is one."""
        first = self.positions.get(tp, 0)
        run = Run(tp.topic, tp.partition, self.logs[tp][first : first + records])
        self.positions[tp] = run.last + 1
        self.ledger.hand_out(tp, run.first, run.last, 1)
        for number, effects in enumerate(self.worker.take(run, (tp, run.last))):
            if not self._settle(effects, phase if number == step else ""):
                return self.start()
            for place, last in effects.done:
                self.ledger.done(place, last, 1)
                self._commit(place)
        return self.start() if self.interrupted else None

    def drain(self) -> None:
        """Read everything, and whatever that brings about."""
        while waiting := self.unread():
            self.read(waiting[0], len(self.logs[waiting[0]]))

    def _settle(self, effects: Effects, break_at: str) -> bool:
        """As the agent does. False where the worker dies."""
        self.interrupted |= break_at == "interrupted"
        if break_at == "before":
            return False
        if effects.changed:
            words = list(words_of(effects, self.bounds.partitions))
            self._publish(words[: len(words) // 2] if break_at == "half-said" else words)
            if break_at in ("half-said", "said"):
                return False
            self._write(effects, break_at)
        if break_at == "half-rows":
            return False
        self.settled.append(effects)
        return break_at not in ("rows", "clock", "written")

    def _publish(self, words: list[WireRecord]) -> None:
        for word in words:
            self.words.append(word)
            if word.topic in {topic.name for topic in EVENT_TOPICS}:
                assert word.key is not None
                assert word.value is not None
                self.put(word.topic, word.key, word.value, word.partition, word.headers)

    def _write(self, effects: Effects, break_at: str) -> None:
        part = self.parts[effects.partition]
        kept = [(key, row) for key, row in effects.rows.items() if row is not None]
        part.rows.update(kept[: len(kept) // 2] if break_at == "half-rows" else kept)
        if break_at in ("half-rows", "rows"):
            return
        part.clock = effects.clock
        self.said_to[effects.partition] = len(self.words)
        if break_at != "clock":
            for key in effects.rows.keys() - dict(kept):
                part.rows.pop(key, None)

    def _commit(self, tp: TP) -> None:
        offset = self.ledger.committable(tp)
        if offset is not None:
            self.commits[tp] = offset

    # -- what came of it

    def said(self, topic: str) -> Iterator[bytes]:
        """The values published on a topic, in order."""
        yield from (word.value or b"" for word in self.words if word.topic == topic)

    def outcomes(self) -> list[bytes]:
        """The last word on each outcome, without the void ones, in canonical form."""
        return last_words(map(Outcome.model_validate_json, self.said("stage-dwells")))

    def endings(self) -> dict[Ending, int]:
        """How the records ended whose steps were settled."""
        endings = sum((effects.endings for effects in self.settled), Effects(0).endings)
        return dict(endings)


def last_words(outcomes: Iterable[Outcome]) -> list[bytes]:
    """What stands of outcomes published one after the other, in canonical form, sorted."""
    last = {(o.visit_id, o.stage, o.occurrence, o.limit and o.limit.id): o for o in outcomes}
    return sorted(canonical(o) for o in last.values() if o.verdict is not Verdict.VOID)
