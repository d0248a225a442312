"""The table whose changelog is written once per run: last value per key, then the clock.

Replaced of `faust.Table` (faust-streaming 0.15.3): `_new_store` (parts instead of one dictionary),
`_new_changelog_topic` (read back in runs), `on_key_set` and `on_key_del` (no message per write: the
stock path costs 110 to 150 microseconds per key). Relied on: `app.producer._producer`, the
aiokafka producer, for whole record batches.
"""

from collections.abc import Mapping
from typing import Any

import faust
from faust.types import TopicT

from streams.plane.batches import Wire, WireRecord
from streams.plane.schema import RunSchema
from streams.plane.store import CLOCK_KEY, PartStore, Verify

_RECOVERY_RUNS = 8
"""Runs buffered during recovery. Not 1: Faust then keeps the changelog partitions switched on."""


class RunTable(faust.Table[str, bytes]):
    """Keys to encoded rows, one dictionary per partition."""

    data: PartStore

    def __init__(self, app: Any, *, verify: Verify, wire: Wire, barrier: bool, **options: Any):
        super().__init__(
            app,
            key_type=str,
            value_type=bytes,
            recovery_buffer_size=_RECOVERY_RUNS,
            **options,
        )
        self.verify = verify
        self._wire = wire
        self._barrier = barrier

    async def write(self, partition: int, rows: Mapping[str, bytes | None], clock: bytes) -> int:
        """Write what one run changed and wait until the broker has it.

        The clock comes last: it leaves in one batch with the rows, or once the broker has all of
        them, since it says that they have been read. Alone if a barrier is wanted, so whoever reads
        it back has read every row before it. Returns the number of records.
        """
        topic = self.changelog_topic_name
        records = [WireRecord(topic, partition, key.encode(), value) for key, value in rows.items()]
        end = WireRecord(topic, partition, CLOCK_KEY, clock)
        for group in [records, [end]] if self._barrier else [[*records, end]]:
            await self._wire.deliver(group)
        return len(records) + 1

    def _new_store(self) -> PartStore:
        return PartStore("parts:", self.app, self, table_name=self.name, loop=self.loop)

    def _new_changelog_topic(self, **options: Any) -> TopicT:
        topic = super()._new_changelog_topic(**options)
        topic.schema = RunSchema()
        return topic

    def on_key_set(self, key: str, value: bytes) -> None:
        """Written once per run instead."""

    def on_key_del(self, key: str) -> None:
        """Written once per run instead."""
