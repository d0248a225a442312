"""Recalls in: a unit that was brought back from the tables is judged as a whole, by the worker that
has it and by nobody else.

A recall changes what is remembered of its unit and says what differs from what stands; fences and
steps are those of events, so dying at any instruction says the same again. Knows desks and recalls;
what a recall comes to is the law's.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from pydantic import ValidationError

from events.recalls import Recall
from events.refusals import InvalidEvent, Reason
from events.topics import UNIT_RECALLS
from events.vocabulary import UnitType
from streams.desk import Desk
from streams.effects import Effects, Ending
from streams.intake import DeadLetter
from streams.plane.batches import partition_of
from streams.plane.run import Record, Run
from streams.tables import SOURCES

RECALLS_PER_STEP: Final = 50
"""Each is judged in a few milliseconds: other partitions go on between two steps."""
_SOURCE: Final = SOURCES[UNIT_RECALLS.name]


def take(
    desk: Desk, run: Run, token: Any, partitions: int, interrupted: Callable[[], bool]
) -> Iterator[Effects]:
    """Every recall of a run, in steps of at most RECALLS_PER_STEP; the last one ends the run."""
    fresh = [record for record in run.records if record.offset >= desk.read_to(_SOURCE)]
    effects = Effects(run.partition)
    effects.endings[Ending.REPLAYED] = len(run) - len(fresh)
    for number, record in enumerate(fresh):
        if number and number % RECALLS_PER_STEP == 0:
            desk.note_read(_SOURCE, fresh[number - 1].offset + 1)
            desk.close(effects)
            yield effects
            if interrupted():
                desk.left = True
                return
            effects = Effects(run.partition)
        effects.endings[_recall(desk, run, record, partitions, effects)] += 1
    desk.note_read(_SOURCE, run.last + 1)
    effects.changed = bool(fresh)
    effects.done.append(token)
    desk.close(effects)
    yield effects


def _recall(desk: Desk, run: Run, record: Record, partitions: int, effects: Effects) -> Ending:
    """Judge one unit as a whole. A recall that cannot be read is a dead letter like any record."""
    try:
        recall = _read(run, record, partitions)
        row = desk.open(f"{recall.port}/{recall.unit.id}")
        if record.offset <= row.fences.get(_SOURCE, -1):
            return Ending.REPLAYED
        step = desk.law.recall(row.key, row.history, recall, desk.watermark_s)
    except InvalidEvent as error:
        effects.letters.append(DeadLetter(run.topic, run.partition, record, error.refusal))
        return Ending.REFUSED
    if step.history is not None or row.history is not None:
        row.fences[_SOURCE] = record.offset
        desk.put(row, step.history)
    effects.say(step)
    return Ending.RECALLED


def _read(run: Run, record: Record, partitions: int) -> Recall:
    """The recall that a record is. Raises InvalidEvent for what is none, or none for here."""
    try:
        recall = Recall.model_validate_json(record.value or b"")
    except ValidationError as error:
        detail = "; ".join(finding["msg"] for finding in error.errors(include_url=False)[:5])
        raise _refused(f"not a recall: {detail}") from error
    if recall.unit.type is UnitType.PLACE:
        raise _refused("unit: a place is not recalled; all units of its port are")
    if partition_of(recall.unit.id.encode(), partitions) != run.partition:
        raise _refused("unit: the recall came under another key than its unit's")
    return recall


def _refused(detail: str) -> InvalidEvent:
    return InvalidEvent(Reason.INVALID_VALUE, detail)
