"""What the writer holds between a record's arrival and the commit of its offset. Pure.

One ledger per partition: rows still being gathered, batches waiting for their insert, and the
offset up to which the store has acknowledged everything. Told the time and the assignment; must
never know a consumer or a store.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kafka import TopicPartition

from sinks.batch import Batch, BatchLimits, Bundle, Cutter, bundled
from sinks.tables import BY_TOPIC, Row


@dataclass(slots=True)
class _Ledger:
    """One partition. `expected` is the next offset that has not come yet; None before the first."""

    cutter: Cutter
    expected: int | None = None
    waiting: list[Batch] = field(default_factory=list)
    acknowledged: int | None = None

    @property
    def held_bytes(self) -> int:
        return self.cutter.held_bytes + sum(batch.size_bytes for batch in self.waiting)


class Buffer:
    """The ledgers of all assigned partitions."""

    def __init__(self, limits: BatchLimits, unhurried: BatchLimits | None = None) -> None:
        """`unhurried` holds for tables that nobody waits for, see Table.hurried."""
        self._limits, self._unhurried = limits, unhurried or limits
        self._ledgers: dict[TopicPartition, _Ledger] = {}
        self._bundles: list[Bundle] = []

    @property
    def held_bytes(self) -> int:
        """Bytes of record values in memory."""
        return sum(ledger.held_bytes for ledger in self._ledgers.values())

    @property
    def waits(self) -> bool:
        """Whether a full batch waits for its insert."""
        return any(ledger.waiting for ledger in self._ledgers.values())

    def add(
        self,
        place: TopicPartition,
        offset: int,
        row: Row | None,
        value: bytes,
        now: float,
        *,
        beside: Row | None = None,
    ) -> None:
        """Take one record, see Cutter.add. An offset that came before: the log was rewound.

        Begin there again. What was held of the partition is dropped; it was not committed, so it
        comes again.
        """
        ledger = self._ledgers.get(place)
        if ledger is None or (ledger.expected is not None and offset < ledger.expected):
            ledger = self._ledgers[place] = _Ledger(
                Cutter(place.topic, place.partition, self._limits_of(place))
            )
        ledger.cutter.add(offset, row, value, now, beside)
        ledger.expected = offset + 1

    def keep_only(self, assigned: set[TopicPartition]) -> set[TopicPartition]:
        """Forget partitions that are another writer's now; returns them."""
        gone = self._ledgers.keys() - assigned
        for place in gone:
            del self._ledgers[place]
        return gone

    def ripen(self, now: float, *, everything: bool = False) -> None:
        """Move batches that are full at `now` (or all) to those that wait for their insert.

        What is too old in one partition takes along what the others of its table hold: it costs
        the store one insert, and they would each come with one of their own a moment later.
        """
        due = {_table(place) for place, one in self._ledgers.items() if one.cutter.aged(now)}
        for place, ledger in self._ledgers.items():
            if everything or _table(place) in due:
                ledger.cutter.cut()
            ledger.waiting += ledger.cutter.take(now)

    def waiting(self) -> Iterator[Batch]:
        """The batches to insert: in order within a partition, partitions by turns of arrival."""
        for ledger in list(self._ledgers.values()):
            yield from list(ledger.waiting)

    def bundles(self) -> Sequence[Bundle]:
        """What to insert, in order. A bundle stays as it is until it is stored, so that a retry has
        its token; only when a partition of any has moved away, all are made anew.
        """
        waiting = {id(batch): batch for batch in self.waiting()}
        bundled_ids = [id(batch) for bundle in self._bundles for batch in bundle.batches]
        if not waiting.keys() >= set(bundled_ids):
            self._bundles, bundled_ids = [], []
        for known in bundled_ids:
            del waiting[known]
        by_table: dict[str, list[Batch]] = {}
        for batch in waiting.values():
            by_table.setdefault(BY_TOPIC[batch.topic].name, []).append(batch)
        for batches in by_table.values():
            self._bundles += bundled(batches, self._limits)
        return tuple(self._bundles)

    def stored(self, bundle: Bundle) -> None:
        """The store has the bundle, see `acknowledge`."""
        self._bundles.remove(bundle)
        for batch in bundle.batches:
            self.acknowledge(batch)

    def acknowledge(self, batch: Batch) -> None:
        """The store has the batch: its memory is free and its offsets may be committed."""
        ledger = self._ledgers[TopicPartition(batch.topic, batch.partition)]
        assert ledger.waiting[0] is batch, "batches of a partition are stored in order"
        ledger.waiting.pop(0)
        ledger.acknowledged = batch.last + 1

    def acknowledged(self) -> dict[TopicPartition, int]:
        """Per partition, the offset to commit: the first that is not known to be stored."""
        return {
            place: ledger.acknowledged
            for place, ledger in self._ledgers.items()
            if ledger.acknowledged is not None
        }

    def committed(self, offsets: dict[TopicPartition, int]) -> None:
        """The log knows these offsets; they need no commit any more."""
        for place, offset in offsets.items():
            if (ledger := self._ledgers.get(place)) and ledger.acknowledged == offset:
                ledger.acknowledged = None

    def _limits_of(self, place: TopicPartition) -> BatchLimits:
        return self._limits if BY_TOPIC[place.topic].hurried else self._unhurried

    def unstored(self, place: TopicPartition, end: int) -> int | None:
        """Records of a partition that ends at `end` and that are not stored; None if unknown."""
        ledger = self._ledgers.get(place)
        if ledger is None or ledger.expected is None:
            return None
        held = sum(len(batch.rows) for batch in ledger.waiting) + ledger.cutter.held_rows
        return max(0, end - ledger.expected) + held


def _table(place: TopicPartition) -> str:
    return BY_TOPIC[place.topic].name
