"""The words of a run on their topics: outcomes, alerts, fates, dead letters, parts, copies.

Knows which topic each word has; the bytes go out in record batches and are acknowledged before the
caller goes on. Words leave in rounds, one after the other: what steps say in the `linger_s` after a
first word, and while the broker takes the round before, leaves together. At a low pace a run has
few words, and a batch of one record costs the broker, and all who read it, as much as one of a
hundred. Never writes a row: that comes after, and is the table's.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Final

from events.said import SaidAlert, SaidFate, SaidOutcome
from events.topics import EVENT_FATES, EVENTS_DLQ, LIMIT_ALERTS, STAGE_DWELLS
from streams.effects import Effects
from streams.intake import Copy, DeadLetter, Part
from streams.plane.batches import Wire, WireRecord
from streams.plane.partitioner import learn, partition_of
from streams.plane.run import TopicPartition

_place: Final = attrgetter("topic", "partition")


class Publisher:
    """Sends words; every topic has the same number of partitions.

    `fit` raises when this process may not write any more: a round may have waited since its steps
    were asked, and words that come after another worker's would be taken for the later ones.
    """

    def __init__(
        self,
        wire: Wire,
        partitions: int,
        linger_s: float = 0.0,
        fit: Callable[[], None] = lambda: None,
    ) -> None:
        self._wire = wire
        self._partitions, self._linger_s, self._fit = partitions, linger_s, fit
        self._gathered: list[WireRecord] = []
        self._counts: Counter[tuple[str, int]] = Counter()
        self._under_way: asyncio.Future[Landed] | None = None
        self._next: asyncio.Future[Landed] | None = None

    async def publish(self, effects: Effects) -> Mapping[TopicPartition, int]:
        """Send all words of one step and wait until the broker has them. Returns, for each
        partition of a topic that has any, the offset after the last of them."""
        records = words_of(effects, self._partitions)
        if not records:
            return {}
        self._gathered += records
        own = Counter(map(_place, records))  # By C: every word passes through here.
        self._counts.update(own)
        marks = {TopicPartition(*place): self._counts[place] for place in own}
        if self._next is None:
            self._next = asyncio.ensure_future(self._round(self._under_way))
        # Others wait for the same round: whoever waits no more must not end it.
        landed = await asyncio.shield(self._next)
        return {tp: _end(landed[tp], records) for tp, records in marks.items()}

    async def _round(self, before: "asyncio.Future[Landed] | None") -> "Landed":
        """Send what was gathered until the round before was over, however that ended."""
        await asyncio.sleep(self._linger_s)
        if before is not None:
            await asyncio.wait((before,))
        records, self._gathered = self._gathered, []
        self._counts = Counter()
        self._under_way, self._next = self._next, None
        self._fit()
        sent = await self._wire.post(records)
        answers = await asyncio.gather(*(batch.answer for batch in sent))
        landed: Landed = {}
        for batch, answer in zip(sent, answers, strict=True):
            landed.setdefault(batch.tp, []).append((answer.offset, batch.records))
        return landed


Landed = dict[TopicPartition, list[tuple[int, int]]]
"""Where the batches of a round lie: of each the first offset, and how many records it has."""


def _end(batches: Iterable[tuple[int, int]], records: int) -> int:
    """The offset after the last of so many records, the first ones in these batches."""
    end = 0
    for first, held in batches:
        end = first + min(held, records)
        records -= held
        if records <= 0:
            break
    return end


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
