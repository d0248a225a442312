"""Words in doubt: what a worker said and died before its rows knew of it, till they stand or fall.

Whoever takes a partition over hears what lies on the topics of words behind the restored clock, and
holds it against the restored rows (`listen`). What differs has a row, so that it outlives the next
death, too. Said again in any form, it is in doubt no more; and once a tick was due that came after
the takeover, all that the predecessor can have read was read again: what is left then falls, and
what was remembered is said.

Which words differ, and what is to be said then, is the law's.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec
from pydantic import ValidationError

from events.outcomes import Alert, EventFate, Outcome
from events.said import Words
from events.topics import EVENT_FATES, LIMIT_ALERTS, STAGE_DWELLS, TICKS
from events.vocabulary import UnitType
from streams.effects import Effects
from streams.law import Law
from streams.places import Places
from streams.plane.partitioner import partition_of
from streams.plane.restoring import Log
from streams.plane.run import Record, TopicPartition
from streams.plane.store import Part
from streams.tables import (
    WORDS,
    decode_clock,
    decode_doubt,
    decode_row,
    doubt_key,
    encode_doubt,
    is_doubt,
    is_place,
    name_of,
)
from timing.doubts import Heard

Offsets = Mapping[TopicPartition, int]


class Takeover(NamedTuple):
    """What is found out as a partition is taken over. `changes`: by name, what to say of what is
    in doubt, None for what is no longer. `said_to` and `ticks_to`: where the topics of words, and
    the partition's ticks, end by now."""

    changes: Mapping[str, Words | None]
    said_to: Offsets
    ticks_to: int


class _Unit(msgspec.Struct):
    type: str
    id: str


class _About(msgspec.Struct):
    """Whom a word is about; whatever else it says is passed over."""

    port: str
    unit: _Unit


_about = msgspec.json.Decoder(_About).decode
_PLACE: Final = UnitType.PLACE.value
_MODELS: Final[Mapping[str, Any]] = {
    STAGE_DWELLS.name: Outcome, LIMIT_ALERTS.name: Alert, EVENT_FATES.name: EventFate,
}  # fmt: skip


@dataclass(slots=True)
class Ear:
    """Takes in the words of units of one partition, which lie in all partitions of their topics."""

    partition: int
    partitions: int
    _said: dict[str, dict[str, list[bytes]]] = field(default_factory=dict)

    def take(self, tp: TopicPartition, record: Record) -> None:
        """One record of a topic of words. Of a place nothing: its word is said again with it. What
        cannot be read is none of ours."""
        value = record.value or b""
        try:
            about = _about(value)
        except msgspec.MsgspecError:
            return
        here = partition_of(about.unit.id.encode(), self.partitions) == self.partition
        if here and about.unit.type != _PLACE:
            by_topic = self._said.setdefault(f"{about.port}/{about.unit.id}", defaultdict(list))
            by_topic[tp.topic].append(value)

    def heard(self) -> Iterable[tuple[str, Heard]]:
        """Unit by unit, what was said of it, each topic in order."""
        for key, by_topic in self._said.items():
            yield key, Heard(*(_read(_MODELS[topic], by_topic.get(topic, ())) for topic in WORDS))


def _read(model: Any, values: Iterable[bytes]) -> tuple[Any, ...]:
    read = []
    for value in values:
        with suppress(ValidationError):
            read.append(model.model_validate_json(value))
    return tuple(read)


def listener(law: Law, partitions: int) -> "Callable[[int, Part, Log], Any]":
    """Listens for a restored part to what was said behind its clock; leaves a Takeover with it."""

    async def listen(partition: int, part: Part, log: Log) -> None:
        ear, ticks = Ear(partition, partitions), TopicPartition(TICKS.name, partition)
        topics = [TopicPartition(topic, n) for topic in WORDS for n in range(partitions)]
        ends = await log.tail([*topics, ticks], _said_to(part), ear.take)
        said_to = {tp: ends[tp] for tp in topics}
        part.taken_over = Takeover(doubted(law, part, ear), said_to, ends[ticks])

    return listen


def doubted(law: Law, part: Part, ear: Ear) -> dict[str, Words | None]:
    """What is in doubt of all that was heard, given the restored rows."""
    found: dict[str, Words | None] = {}
    places = [each for each in part.rows.items() if is_place(each[0])]
    law = Places(law, places).law
    for key, heard in ear.heard():
        row = part.rows.get(key)
        history = None if row is None else law.unpack(decode_row(row).history)
        found |= law.doubts(key, history, heard)
    return found


def _said_to(part: Part) -> Offsets:
    said_to = decode_clock(part.clock).said_to
    return {
        TopicPartition(topic, partition): offset
        for topic, number in WORDS.items()
        for partition, offset in said_to.get(number, {}).items()
    }


class Doubts:
    """What is in doubt in one partition; rows of the table, few and seldom."""

    def __init__(self, rows: Iterable[tuple[str, bytes]]) -> None:
        self._words = {name_of(key): decode_doubt(row) for key, row in rows}
        self.ticks_to = 0
        self._changed: dict[str, bytes | None] = {}

    @classmethod
    def among(cls, rows: Iterable[tuple[str, bytes]]) -> "Doubts":
        """Those among all rows of a part."""
        return cls([each for each in rows if is_doubt(each[0])])

    def take_over(self, takeover: Takeover) -> None:
        """What was in doubt before stays so, unless more was heard of it."""
        self.ticks_to = takeover.ticks_to
        for name, words in takeover.changes.items():
            if words is not None:
                self._words[name] = words
                self._changed[doubt_key(name)] = encode_doubt(words)
            else:
                self._drop(name)

    def hear(self, law: Law, effects: Effects) -> None:
        """What this step says is in doubt no more."""
        if self._words:
            said = Words(tuple(effects.outcomes), tuple(effects.alerts), tuple(effects.fates))
            for name in law.names_of(said):
                self._drop(name)

    def fall(self, tick: int, effects: Effects) -> None:
        """A tick was due (its offset). If it came after the takeover, what is left falls."""
        if not self._words or tick < self.ticks_to:
            return
        for name, words in list(self._words.items()):
            effects.outcomes += words.outcomes
            effects.alerts += words.alerts
            effects.fates += words.fates
            self._drop(name)

    def changed(self) -> dict[str, bytes | None]:
        """The rows that changed since this was asked last."""
        rows, self._changed = self._changed, {}
        return rows

    def _drop(self, name: str) -> None:
        if self._words.pop(name, None) is not None:
            self._changed[doubt_key(name)] = None

    def __len__(self) -> int:
        return len(self._words)
