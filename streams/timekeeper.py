"""The timekeeper: a run in, effects out. No rule of its own, no clock, no broker.

Events of a run are observed one by one, each at most once (fences); ticks wait until the events
written before them are in, then wake exactly the units whose deadline has come. An event about a
place goes to the other partitions as copies, and all units of its port are judged again before
anything else happens here. State is bytes in
the parts of the table; the histories in use are kept open in a bounded cache. Everything here is
synchronous, so that any cutting of the log into runs can be tried in memory.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from events.envelope import Event
from events.refusals import Reason, Refusal
from events.topics import TICKS, UNIT_RECALLS
from streams import recalls, suspensions
from streams.desk import Desk, Open
from streams.effects import Effects, Ending
from streams.feeds import Refusals, Stopped
from streams.intake import DeadLetter, PlaceEvent, read_event, read_tick
from streams.intake import Part as UnitPart
from streams.law import Law
from streams.plane.partitioner import learn
from streams.plane.run import Record, Run
from streams.plane.store import Part
from streams.tables import SOURCES, is_place
from streams.ticks import Waiting, WaitingTicks

_EVERYTHING = 1 << 62
_NO_EVENT_OF_A_UNIT = (DeadLetter, PlaceEvent, tuple)
_ENDINGS: Mapping[str, Ending] = {ending.value: ending for ending in Ending}


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of the timekeeper; see the settings of the same names."""

    partitions: int
    run_records_max: int
    live_histories_max: int
    held_ticks_max: int
    places_max: int
    refusals_in_a_row_max: int
    unit_bytes_max: int = 128 * 1024
    resent_bytes_max: int = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the timekeeper is told by the data plane.

    `part`: the state of a partition. `reached`: offset (exclusive) up to which a topic's partition
    is processed, None if unknown. `interrupted`: a rebalance waits; stop between two steps.
    """

    part: Callable[[int], Part]
    reached: Callable[[str, int], int | None]
    interrupted: Callable[[], bool] = lambda: False


class Timekeeper:
    """Applies runs to the state of their partition. `steps` counts those settled so far."""

    def __init__(self, law: Law, bounds: Bounds, surroundings: Surroundings) -> None:
        self._law = law
        self._bounds = bounds
        self._around = surroundings
        self._desks: dict[int, Desk] = {}
        self.steps = 0
        self._refusals = Refusals(bounds.refusals_in_a_row_max)

    def reset(self) -> None:
        """Forget every desk: partitions moved, or their rows were read back."""
        self._desks.clear()

    def forget(self, partition: int) -> None:
        """Forget one desk: the rows of its partition were read back."""
        self._desks.pop(partition, None)

    def take(self, run: Run, token: Any = None) -> Iterator[Effects]:
        """Apply a run and whatever ticks it sets free. Steps are to be settled in their order.

        `token` comes back in `done` once the run is over: every event observed, every tick acted
        on. Where a rebalance breaks it off, it never comes back, and the run is read again.
        """
        for effects in self._steps(run, token):
            yield effects
            self.steps += 1

    def _steps(self, run: Run, token: Any) -> Iterator[Effects]:
        desk = self._desk(run.partition)
        if (doubted := desk.take_over()) is not None:
            yield doubted
        if not desk.left:
            yield from self._tell_units(desk)
        if desk.left:
            return
        if run.topic == TICKS.name:
            yield self._queue_ticks(desk, run, token)
        elif run.topic == UNIT_RECALLS.name:
            around, partitions = self._around, self._bounds.partitions
            yield from recalls.take(desk, run, token, partitions, around.interrupted)
        else:
            yield from self._observe_run(desk, run, token)
        while not (desk.left or self._around.interrupted()):
            waiting = desk.ticks.release(lambda topic: self._reached(desk, topic))
            if waiting is None:
                return
            yield from self._advance(desk, waiting)

    # -- events

    def _observe_run(self, desk: Desk, run: Run, token: Any) -> Iterator[Effects]:
        """One step up to each event about a place, and one for the rest."""
        source = SOURCES[run.topic]
        read_to = desk.read_to(source)
        fresh = [record for record in run.records if record.offset >= read_to]
        learn({record.key for record in fresh if record.key})
        records = iter(fresh)
        effects = Effects(run.partition)
        if len(fresh) < len(run):
            effects.endings[Ending.REPLAYED] = len(run) - len(fresh)
        while (last := self._observe(desk, run, records, effects)) is not None:
            desk.note_read(source, last.offset + 1)
            desk.close(effects)
            yield effects
            yield from self._tell_units(desk)
            if desk.left or self._around.interrupted():
                desk.left = True
                return
            effects = Effects(run.partition)
        desk.note_read(source, run.last + 1)
        effects.changed = effects.endings.total() > effects.endings[Ending.REPLAYED]
        effects.done.append(token)
        desk.close(effects)
        yield effects

    def _observe(
        self, desk: Desk, run: Run, records: Iterator[Record], effects: Effects
    ) -> Record | None:
        """Observe records up to the one because of which all units must be judged again, or by
        which there is enough to be sent again; it is returned, None at the end of the run.

        Every event passes through this loop: what stays the same is asked once, outside of it, and
        what is only counted is counted afterwards, by C.
        """
        source, watermark_s, law = SOURCES[run.topic], desk.watermark_s, desk.law
        open_row, put, say = desk.open, desk.put, effects.say
        refusals, size_max = self._refusals, self._bounds.unit_bytes_max
        endings: list[str] = []
        heard_ms: dict[str, int] = {}
        stopped_at = None
        for record in records:
            reading = read_event(run, record, self._bounds.partitions)
            if isinstance(reading, _NO_EVENT_OF_A_UNIT):
                endings.append(self._take_in(desk, run, record, reading, effects))
                if desk.places.unfinished or effects.resent_bytes > self._bounds.resent_bytes_max:
                    stopped_at = record
                    break
                continue
            if refusals:
                refusals.taken(run.topic, reading.source)
            row = open_row(law.unit_key(reading))
            if record.offset <= row.fences.get(source, -1):
                endings.append(Ending.REPLAYED)
                continue
            if row.size_bytes > size_max and self._too_long(desk, row):
                endings.append(self._refuse(_too_many_reports(run, record, size_max), effects))
                continue
            step = law.observe(row.history, reading, watermark_s)
            if step.history is not row.history:
                row.fences[source] = record.offset
                row.size_bytes += len(record.value or b"")
                put(row, step.history)
            say(step)
            endings.append(step.novelty)
            heard_ms[reading.source] = stamp_ms = record.timestamp or 0
            effects.delay_s = stamp_ms / 1000 - reading.occurred_s
        effects.endings.update(map(_ENDINGS.__getitem__, endings))
        effects.heard.update((heard, ms / 1000) for heard, ms in heard_ms.items())
        return stopped_at

    def _take_in(
        self,
        desk: Desk,
        run: Run,
        record: Record,
        reading: DeadLetter | PlaceEvent | tuple[UnitPart, ...],
        effects: Effects,
    ) -> Ending:
        """What is no event of a unit of this partition."""
        if isinstance(reading, DeadLetter):
            return self._refuse(reading, effects)
        if isinstance(reading, tuple):  # its parts come back one by one, from a source each
            effects.parts += reading
            effects.resent_bytes += sum(len(part.value) for part in reading)
            return Ending.SPLIT
        self._refusals.taken(run.topic, reading.event.source)
        return self._declare(desk, run, record, reading, effects)

    def _declare(
        self, desk: Desk, run: Run, record: Record, told: PlaceEvent, effects: Effects
    ) -> Ending:
        """Take in an event about a place. Its copies go out before the row that knows it, so what
        is known already needs none. Only where it was sent to may it be one too many.
        """
        event, source, copied = told.event, SOURCES[run.topic], told.copies is None
        place = suspensions.place_of(desk, event)
        if record.offset <= place.fences.get(source, -1):
            return Ending.REPLAYED
        known = len(desk.places)
        if not (copied or place.history is not None or known < self._bounds.places_max):
            return self._refuse(_one_too_many(run, record, event, known), effects)
        place.fences[source] = record.offset
        if not copied:
            effects.heard[event.source] = (record.timestamp or 0) / 1000
        ending = suspensions.declare(desk, place, event, effects, copied=copied)
        if ending is not Ending.DUPLICATE:
            effects.copies += told.copies or ()
        return ending

    def _refuse(self, letter: DeadLetter, effects: Effects) -> Ending:
        effects.letters.append(letter)
        self._refusals.refused(letter.topic, letter.record.value, str(letter))
        return Ending.REFUSED

    def _too_long(self, desk: Desk, row: Open) -> bool:
        """Whether the row is as long as it was thought to be: what messages hold is more than what
        is kept of them."""
        row.size_bytes = 0 if row.history is None else len(desk.law.pack(row.history))
        return row.size_bytes > self._bounds.unit_bytes_max

    def _tell_units(self, desk: Desk) -> Iterator[Effects]:
        bounds, around = self._bounds, self._around
        yield from suspensions.tell_units(desk, bounds.run_records_max, around.interrupted)

    # -- ticks

    def _queue_ticks(self, desk: Desk, run: Run, token: Any) -> Effects:
        """Put the ticks of a run in line. Refused ticks are dead letters like any record."""
        effects = Effects(run.partition)
        read_to = desk.read_to(SOURCES[TICKS.name])
        fresh: list[Waiting] = []
        for record in run.records:
            reading = None if record.offset < read_to else read_tick(run, record)
            if reading is None:
                effects.endings[Ending.REPLAYED] += 1
            elif isinstance(reading, DeadLetter):
                effects.endings[self._refuse(reading, effects)] += 1
            else:
                effects.endings[Ending.TICK] += 1
                fresh.append(Waiting(reading, record.offset))
        if fresh:
            desk.ticks.add(fresh, token)
        else:
            effects.done.append(token)
        effects.changed = bool(effects.letters)
        desk.close(effects)
        return effects

    def _advance(self, desk: Desk, waiting: Waiting) -> Iterator[Effects]:
        """Let event time pass, waking the due units in bounded steps; the last one moves the clock.

        A watermark never goes back: an older tick only counts as read.
        """
        watermark_s = max(desk.watermark_s, self._law.watermark_of(waiting.tick.at))
        due = desk.deadlines.take(watermark_s)
        while len(due) > self._bounds.run_records_max:
            step, due = due[: self._bounds.run_records_max], due[self._bounds.run_records_max :]
            yield self._wake(desk, step, watermark_s)
            if self._around.interrupted():
                desk.spoil()
                return
        effects = self._wake(desk, due, watermark_s)
        desk.doubts.fall(waiting.offset, effects)
        desk.watermark_s = watermark_s
        desk.note_read(SOURCES[TICKS.name], waiting.offset + 1)
        effects.done = waiting.closes
        desk.close(effects)
        yield effects

    def _wake(self, desk: Desk, keys: list[str], watermark_s: int) -> Effects:
        """Let the watermark pass over the due units, each once."""
        effects = Effects(desk.partition)
        for key in keys:
            if is_place(key):
                suspensions.elapse(desk, key, watermark_s)
                continue
            row = desk.open(key)
            step = desk.law.elapse(row.history, watermark_s)
            desk.put(row, step.history)
            effects.say(step)
        desk.close(effects)
        return effects

    # -- desks

    def stopped_feeds(self) -> list[Stopped]:
        """The feeds of which nothing was understood for too long, as this worker hears them."""
        return self._refusals.stopped()

    def held_ticks(self) -> dict[int, int]:
        """How many ticks wait, per partition at hand."""
        return {partition: len(desk.ticks) for partition, desk in self._desks.items()}

    def watermarks_s(self) -> dict[int, int]:
        """The watermark of each partition at hand, epoch seconds; 0 before its first tick."""
        return {partition: desk.watermark_s for partition, desk in self._desks.items()}

    def doubts(self) -> dict[int, int]:
        """How many words are in doubt, per partition at hand."""
        return {partition: len(desk.doubts) for partition, desk in self._desks.items()}

    def places(self) -> dict[int, int]:
        """How many places are known, per partition at hand."""
        return {partition: len(desk.places) for partition, desk in self._desks.items()}

    def suspended(self) -> dict[int, Mapping[str, int]]:
        """How many suspensions are in force by port, per partition at hand."""
        return {n: desk.law.suspended(desk.watermark_s) for n, desk in self._desks.items()}

    def _desk(self, partition: int) -> Desk:
        desk = self._desks.get(partition)
        if desk is None:
            part = self._around.part(partition)
            bounds = self._bounds
            desk = Desk(self._law, partition, part, WaitingTicks(bounds.held_ticks_max))
            desk.live_max = bounds.live_histories_max
            self._desks[partition] = desk
        return desk

    def _reached(self, desk: Desk, topic: str) -> int | None:
        """How far the partition's events are processed: by the clock, or by what was fetched."""
        if topic not in SOURCES:
            return _EVERYTHING
        seen = desk.read_to(SOURCES[topic])
        fetched = self._around.reached(topic, desk.partition)
        return seen if fetched is None else max(seen, fetched)


def _one_too_many(run: Run, record: Record, event: Event, known: int) -> DeadLetter:
    detail = f"unit.id: {known} places are known already, and {event.unit.id} is none of them"
    return DeadLetter(run.topic, run.partition, record, Refusal(Reason.INVALID_VALUE, detail))


def _too_many_reports(run: Run, record: Record, size_max: int) -> DeadLetter:
    detail = f"unit: more than {size_max} bytes of reports are kept of it; a sender repeats itself"
    return DeadLetter(run.topic, run.partition, record, Refusal(Reason.INVALID_VALUE, detail))
