"""The store behind the table: one part per partition, filled from the changelog in runs.

Replaces `faust.stores.memory.Store` (faust-streaming 0.15.3), which keeps one dictionary for all
partitions and never evicts the keys a worker wrote itself once their partition moves away, and
which applies a changelog record by record. Values stay bytes: they are small, invisible to the
garbage collector, and exactly what the changelog holds.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from faust.stores import base
from faust.types import TP, EventT

from streams.plane.run import Record, Run

CLOCK_KEY = b"\x00clock"
"""Changelog key of the partition's clock; no unit key starts with a zero byte."""

Verify = Callable[[bytes, bytes], None]


class UnreadableChangelog(Exception):
    """A changelog record that cannot be read: starting without it would judge on half a state."""


@dataclass(slots=True)
class Part:
    """The state of one partition, as encoded values."""

    rows: dict[str, bytes] = field(default_factory=dict)
    clock: bytes | None = None


class PartStore(base.Store[str, bytes]):
    """Reads as a mapping over every partition held here; is written only through its parts."""

    parts: dict[int, Part]
    _crashing: "asyncio.Task[None] | None" = None

    def __post_init__(self) -> None:
        self.parts = {}

    def part(self, partition: int) -> Part:
        """The part of one partition, made on first touch."""
        return self.parts.setdefault(partition, Part())

    # -- the changelog, read back

    def apply_changelog_batch(
        self,
        batch: Iterable[EventT[Any]],
        to_key: Callable[[Any], Any],
        to_value: Callable[[Any], Any],
    ) -> None:
        """Apply runs of the changelog; the last value of a key stands.

        Faust's recovery logs an exception raised here and waits for ever, so the worker is brought
        down as well.
        """
        try:
            for event in batch:
                run = event.message.value
                assert isinstance(run, Run)
                self._apply(event.message.partition, run.records)
        except Exception as error:
            self._crashing = asyncio.ensure_future(self.app.crash(error))
            raise

    def _apply(self, partition: int, records: Iterable[Record]) -> None:
        part = self.part(partition)
        verify: Verify = self.table.verify  # type: ignore[attr-defined]
        for record in records:
            key, value = record.key, record.value
            if key is None:
                raise UnreadableChangelog(_where(self.table_name, partition, record, "has no key"))
            if value is not None:
                try:
                    verify(key, value)
                except ValueError as error:
                    problem = _where(self.table_name, partition, record, str(error))
                    raise UnreadableChangelog(problem) from error
            if key == CLOCK_KEY:
                part.clock = value
            elif value is None:
                part.rows.pop(key.decode(), None)
            else:
                part.rows[key.decode()] = value

    # -- what Faust's tables and recovery ask of a store

    def persisted_offset(self, tp: TP) -> int | None:
        """Nothing is on disk: recovery reads the changelog from its start."""
        return None

    def reset_state(self) -> None:
        self.parts.clear()

    async def on_rebalance(
        self,
        assigned: set[TP],
        revoked: set[TP],
        newly_assigned: set[TP],
        generation_id: int = 0,
    ) -> None:
        """A partition that moved away takes its state with it."""
        for tp in revoked:
            if tp.topic == self.table.changelog_topic_name:  # type: ignore[attr-defined]
                self.parts.pop(tp.partition, None)

    async def backup_partition(self, *_: Any, **__: Any) -> None:
        """The changelog is the backup."""

    def restore_backup(self, *_: Any, **__: Any) -> None:
        """The changelog is the backup."""

    # -- the mapping, for reading

    def __getitem__(self, key: str) -> bytes:
        for part in self.parts.values():
            if key in part.rows:
                return part.rows[key]
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(key in part.rows for part in self.parts.values())

    def __iter__(self) -> Iterator[str]:
        for part in self.parts.values():
            yield from part.rows

    def __len__(self) -> int:
        return sum(len(part.rows) for part in self.parts.values())

    def __setitem__(self, key: str, value: bytes) -> None:
        raise TypeError("this table is written once per run, by RunTable.write")

    def __delitem__(self, key: str) -> None:
        raise TypeError("this table is written once per run, by RunTable.write")

    def _clear(self) -> None:
        self.parts.clear()


def _where(table: str, partition: int, record: Record, problem: str) -> str:
    return (
        f"changelog of table {table!r}, partition {partition}, offset {record.offset}: {problem}; "
        "start the version of portclock that wrote it, or clear the changelog and replay the events"
    )
