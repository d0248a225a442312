"""The words of a run on their topics: outcomes, alerts, fates, dead letters, parts, copies.

Knows which topic and key each word has; the bytes go out in record batches and are acknowledged
before the caller goes on. Never writes a row: that comes after, and is the table's.
"""

import asyncio
from collections.abc import Iterable, Iterator

from events.codec import encode
from events.topics import EVENT_FATES, EVENTS_DLQ, LIMIT_ALERTS, STAGE_DWELLS
from streams.effects import Effects
from streams.intake import Copy, DeadLetter, Part
from streams.plane.batches import Wire, WireRecord, partition_of


class Publisher:
    """Sends words; every topic has the same number of partitions."""

    def __init__(self, wire: Wire, partitions: int) -> None:
        self._wire = wire
        self._partitions = partitions

    async def publish(self, effects: Effects) -> int:
        """Send all words of one step and wait until the broker has them. Returns how many."""
        records = list(words_of(effects, self._partitions))
        if records:
            await asyncio.gather(*await self._wire.post(records))
        return len(records)


def words_of(effects: Effects, partitions: int) -> Iterator[WireRecord]:
    """The records of one step, in an order that keeps the words of a key in sequence."""
    for outcome in effects.outcomes:
        yield _keyed(STAGE_DWELLS.name, outcome.visit_id, encode(outcome), partitions)
    for alert in effects.alerts:
        yield _keyed(LIMIT_ALERTS.name, alert.visit_id, encode(alert), partitions)
    for fate in effects.fates:
        yield _keyed(EVENT_FATES.name, fate.unit.id, encode(fate), partitions)
    yield from _dead_letters(effects.letters, partitions)
    yield from _parts(effects.parts, partitions)
    yield from _copies(effects.copies)


def _keyed(topic: str, key: str, value: bytes, partitions: int) -> WireRecord:
    data = key.encode()
    return WireRecord(topic, partition_of(data, partitions), data, value)


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
