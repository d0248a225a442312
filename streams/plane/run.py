"""A run: a contiguous slice of one partition, the unit in which this wing works.

Knows the shape of a record and nothing of its meaning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class TopicPartition(NamedTuple):
    """One partition of one topic; equal to what the clients call so."""

    topic: str
    partition: int


class Record(Protocol):
    """What the data plane reads of a Kafka record; aiokafka's ConsumerRecord fits."""

    @property
    def offset(self) -> int: ...

    @property
    def timestamp(self) -> int | None: ...

    @property
    def key(self) -> bytes | None: ...

    @property
    def value(self) -> bytes | None: ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


@dataclass(frozen=True, slots=True)
class Run:
    """Records of one partition in offset order; never empty. Offsets may have holes."""

    topic: str
    partition: int
    records: Sequence[Record]

    @property
    def first(self) -> int:
        """Offset of the first record."""
        return self.records[0].offset

    @property
    def last(self) -> int:
        """Offset of the last record."""
        return self.records[-1].offset

    def __len__(self) -> int:
        return len(self.records)


def cut(run: Run, records_max: int) -> list[Run]:
    """The same records in runs of at most `records_max`."""
    if len(run) <= records_max:
        return [run]
    return [
        Run(run.topic, run.partition, run.records[start : start + records_max])
        for start in range(0, len(run), records_max)
    ]
