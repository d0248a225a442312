"""The words of a run on their topics: outcomes, alerts, fates, dead letters, parts, copies.

Knows which topic each word has; the bytes go out in record batches and are acknowledged before the
caller goes on. Never writes a row: that comes after, and is the table's.
"""

import asyncio
from collections.abc import Iterable, Iterator

from events.said import SaidAlert, SaidFate, SaidOutcome
from events.topics import EVENT_FATES, EVENTS_DLQ, LIMIT_ALERTS, STAGE_DWELLS
from streams.effects import Effects
from streams.intake import Copy, DeadLetter, Part
from streams.plane.batches import Wire, WireRecord
from streams.plane.partitioner import learn, partition_of


class Publisher:
    """Sends words; every topic has the same number of partitions."""

    def __init__(self, wire: Wire, partitions: int) -> None:
        self._wire = wire
        self._partitions = partitions

    async def publish(self, effects: Effects) -> int:
        """Send all words of one step and wait until the broker has them. Returns how many."""
        records = words_of(effects, self._partitions)
        if records:
            await asyncio.gather(*await self._wire.post(records))
        return len(records)


def words_of(effects: Effects, partitions: int) -> list[WireRecord]:
    """The records of one step, in an order that keeps the words of a key in sequence. The visits of
    a run are hashed together, which is why its words are not made one by one."""
    learn({outcome.key for outcome in effects.outcomes})
    return [
        *_keyed(STAGE_DWELLS.name, effects.outcomes, partitions),
        *_keyed(LIMIT_ALERTS.name, effects.alerts, partitions),
        *_keyed(EVENT_FATES.name, effects.fates, partitions),
        *_dead_letters(effects.letters, partitions),
        *_parts(effects.parts, partitions),
        *_copies(effects.copies),
    ]


def _keyed(
    topic: str, words: Iterable[SaidOutcome | SaidAlert | SaidFate], partitions: int
) -> list[WireRecord]:
    """Each in the partition of its key."""
    return [
        WireRecord(topic, partition_of(word.key, partitions), word.key, word.value)
        for word in words
    ]


def _dead_letters(letters: Iterable[DeadLetter], partitions: int) -> Iterator[WireRecord]:
    """The original bytes under the original key; without a key, the partition it came from."""
    for letter in letters:
        key = letter.record.key
        partition = letter.partition if key is None else partition_of(key, partitions)
        yield WireRecord(EVENTS_DLQ.name, partition, key, letter.record.value, letter.headers)


def _parts(parts: Iterable[Part], partitions: int) -> Iterator[WireRecord]:
    for part in parts:
        where = partition_of(part.key, partitions)
        yield WireRecord(part.topic, where, part.key, part.value, part.headers)


def _copies(copies: Iterable[Copy]) -> Iterator[WireRecord]:
    """Each to the partition it is for, whatever its key says."""
    for copy in copies:
        yield WireRecord(copy.topic, copy.partition, copy.key, copy.value, copy.headers)
