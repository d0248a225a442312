"""The table: a part for each partition, and the changelog that is written once per step.

In the place of `faust.Table`, which writes a message per key (110 to 150 us each) and lets nothing
flow in a worker until all of its partitions are read back. Knows topics and offsets; of a row only
that it is bytes.
"""

from collections.abc import Callable, Iterable, Mapping

from streams.plane.batches import Wire, WireRecord
from streams.plane.store import CLOCK_KEY, Part

NewPart = Callable[[int], Part]


class RunTable:
    """Keys to encoded rows, one part per partition. `topic` is the changelog's."""

    def __init__(
        self, topic: str, wire: Wire, *, barrier: bool, new_part: NewPart = lambda _: Part()
    ) -> None:
        self.topic = topic
        self.parts: dict[int, Part] = {}
        self._wire = wire
        self._barrier = barrier
        self._new_part = new_part

    def part(self, partition: int) -> Part:
        """The part of one partition, made on first touch."""
        part = self.parts.get(partition)
        if part is None:
            self.parts[partition] = part = self._new_part(partition)
        return part

    def keep(self, partitions: Iterable[int]) -> Mapping[int, Part]:
        """The parts of these partitions; those of all others go, with their memory."""
        kept = {partition: self.part(partition) for partition in partitions}
        for partition in self.parts.keys() - kept:
            self.parts.pop(partition).close()
        return kept

    async def write(self, partition: int, rows: Mapping[str, bytes | None], clock: bytes) -> int:
        """Write what one step changed and wait until the broker has it.

        The clock comes after the rows: it leaves in one batch with them, or once the broker has all
        of them, since it says that they have been read. Alone if a barrier is wanted, so whoever
        reads it back has read every row before it. What is forgotten comes after the clock: a unit
        that is back without it is forgotten once more, by the same words; but one that is gone
        before its clock, nobody could tell from one that never was. Returns the number of records.
        """
        kept = [self._record(partition, key, row) for key, row in rows.items() if row is not None]
        gone = [self._record(partition, key, None) for key, row in rows.items() if row is None]
        end = WireRecord(self.topic, partition, CLOCK_KEY, clock)
        part, spans = self.part(partition), []
        for group in [kept, [end], gone] if self._barrier else [[*kept, end, *gone]]:
            spans += await self._wire.deliver(group)
        part.settle(rows, clock, spans)
        return len(rows) + 1

    def _record(self, partition: int, key: str, row: bytes | None) -> WireRecord:
        return WireRecord(self.topic, partition, key.encode(), row)

    def __len__(self) -> int:
        """Rows of all partitions at hand."""
        return sum(len(part.rows) for part in list(self.parts.values()))
