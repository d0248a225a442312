"""When a batch is full. Pure: told the offsets and the time, never asks for them.

A batch holds rows of one partition and never crosses a multiple of `span`: range n holds the
offsets n*span to (n+1)*span - 1. Inside a range it ends early when it has too many bytes, or when
it is too old. The first two cuts depend on the records alone, so a replay from any batch's first
record makes the same batches. A cut by age depends on the clock; a replay may make another one
before the range's end, and only there. The README says why that is exact nevertheless. A record
without a row (left out) moves a batch's last offset on, so that it is committed, and nothing else.
"""

from collections import deque
from dataclasses import dataclass, field
from hashlib import blake2b

from sinks.tables import Row


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """`span` in offsets, `bytes_max` of message values, `age_s` since the first record came."""

    span: int = 5_000
    bytes_max: int = 8 * 1024 * 1024
    age_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of the records `first` to `last` (inclusive) of one partition, inserted as a whole.

    There are none if every one of these records was left out.
    """

    topic: str
    partition: int
    first: int
    last: int
    rows: tuple[Row, ...]
    size_bytes: int
    digest: str

    def token(self, table: str, era: int) -> str:
        """The same records give the same token; other content under old offsets does not."""
        place = f"{self.topic}:{self.partition}:{self.first}-{self.last}"
        return f"{table}:{era}:{place}:{self.digest}"

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition} offsets {self.first} to {self.last}"


@dataclass(slots=True)
class _Open:
    """The batch that is being filled."""

    first: int
    last: int
    since: float
    rows: list[Row] = field(default_factory=list)
    size_bytes: int = 0
    content: "blake2b" = field(default_factory=lambda: blake2b(digest_size=8))


class Cutter:
    """Cuts the rows of one partition into batches. Offsets must come in ascending order."""

    def __init__(self, topic: str, partition: int, limits: BatchLimits) -> None:
        self._topic, self._partition, self._limits = topic, partition, limits
        self._open: _Open | None = None
        self._full: deque[Batch] = deque()

    @property
    def held_bytes(self) -> int:
        """Bytes of the rows that were not taken yet."""
        full = sum(batch.size_bytes for batch in self._full)
        return full + (self._open.size_bytes if self._open else 0)

    @property
    def held_rows(self) -> int:
        """Rows that were not taken yet."""
        full = sum(len(batch.rows) for batch in self._full)
        return full + (len(self._open.rows) if self._open else 0)

    def add(self, offset: int, row: Row | None, value: bytes, now: float) -> None:
        """Take one record; `row` is None when it is left out.

        `value` is the record's value: it counts the bytes of a row and seals the token. What was
        left out does neither: a writer that knows better, later, must not be taken for a retry.
        """
        span = self._limits.span
        if self._open and self._open.last // span != offset // span:
            self.cut()
        if self._open is None:
            self._open = _Open(offset, offset - 1, now)
        pile = self._open
        assert offset > pile.last, "offsets of a partition ascend"
        pile.last = offset
        if row is not None:
            pile.rows.append(row)
            pile.size_bytes += len(value)
            pile.content.update(len(value).to_bytes(8, "big") + value)
        if (offset + 1) % span == 0 or pile.size_bytes >= self._limits.bytes_max:
            self.cut()

    def cut(self) -> None:
        """End the open batch where it stands, if there is one."""
        if self._open is None:
            return
        pile, self._open = self._open, None
        self._full.append(
            Batch(
                topic=self._topic,
                partition=self._partition,
                first=pile.first,
                last=pile.last,
                rows=tuple(pile.rows),
                size_bytes=pile.size_bytes,
                digest=pile.content.hexdigest(),
            )
        )

    def take(self, now: float) -> list[Batch]:
        """The batches that are full at `now`, oldest first; they are no longer the cutter's."""
        if self._open and now - self._open.since >= self._limits.age_s:
            self.cut()
        full = list(self._full)
        self._full.clear()
        return full
