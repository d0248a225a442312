"""When a batch is full. Pure: told the offsets and the time, never asks for them.

A batch holds rows of one partition and never crosses a multiple of `span`: range n holds the
offsets n*span to (n+1)*span - 1. Inside a range it ends early when it has too many bytes, or when
it is too old. The first two cuts depend on the records alone, so a replay from any batch's first
record makes the same batches. A cut by age depends on the clock; a replay may make another one
before the range's end, and only there. The README says why that is exact nevertheless. A record
without a row (left out) moves a batch's last offset on, so that it is committed, and nothing else.
Rows of a table beside (receipts) go with the batch, whether their record has a row or not.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from sinks.tables import Row


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """`span` in offsets, `bytes_max` of message values, `age_s` since the first record came.

    `rows_max` holds for what several partitions put together; alone, `span` bounds it.
    """

    span: int = 20_000
    bytes_max: int = 8 * 1024 * 1024
    age_s: float = 0.1
    rows_max: int = 20_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of the records `first` to `last` (inclusive) of one partition, inserted as a whole.

    There are none if every one of these records was left out. It is `full` if the records alone cut
    it: then a replay makes it again. `beside` are rows of the table beside; `strays` is the digest
    of those whose record has no row, '' of none.
    """

    topic: str
    partition: int
    first: int
    last: int
    rows: tuple[Row, ...]
    size_bytes: int
    digest: str
    full: bool = True
    beside: tuple[Row, ...] = ()
    strays: str = ""

    def token(self, table: str, era: int) -> str:
        """The same records give the same token; other content under old offsets does not."""
        place = f"{self.topic}:{self.partition}:{self.first}-{self.last}"
        return f"{table}:{era}:{place}:{self.digest}"

    def token_beside(self, table: str, era: int) -> str:
        """As `token`, for what goes into the table beside: what was left out has a part in it."""
        return self.token(table, era) + self.strays

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition} offsets {self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Batches of one table that are inserted as a whole, in order.

    An insert costs 20 ms however small it is, so what age has cut goes together, whatever its
    partition. A full batch goes alone: its token must be the same in a replay, beside whatever.
    """

    batches: tuple[Batch, ...]

    @property
    def rows(self) -> Sequence[Row]:
        """Of all batches."""
        if len(self.batches) == 1:
            return self.batches[0].rows
        return [row for batch in self.batches for row in batch.rows]

    @property
    def beside(self) -> Sequence[Row]:
        """The rows of the table beside, of all batches."""
        return [row for batch in self.batches for row in batch.beside]

    def token(self, table: str, era: int) -> str:
        """A batch's own, or one of all tokens: the same batches give the same."""
        return _one_of([b.token(table, era) for b in self.batches if b.rows], table, era)

    def token_beside(self, table: str, era: int) -> str:
        """As `token`, for what goes into the table beside."""
        return _one_of([b.token_beside(table, era) for b in self.batches if b.beside], table, era)

    def __str__(self) -> str:
        others = len(self.batches) - 1
        return str(self.batches[0]) + (f" and {others} more batches" if others else "")


def _one_of(tokens: Sequence[str], table: str, era: int) -> str:
    if len(tokens) == 1:
        return tokens[0]
    digest = blake2b("\n".join(tokens).encode(), digest_size=8).hexdigest()
    return f"{table}:{era}:{len(tokens)} batches:{digest}"


def bundled(batches: Iterable[Batch], limits: BatchLimits) -> Iterator[Bundle]:
    """Batches of one table, in order, as what is inserted at once, within the limits."""
    pile, rows, size_bytes = list[Batch](), 0, 0
    for batch in batches:
        rows, size_bytes = rows + len(batch.rows), size_bytes + batch.size_bytes
        if pile and (batch.full or rows > limits.rows_max or size_bytes > limits.bytes_max):
            yield Bundle(tuple(pile))
            pile, rows, size_bytes = [], len(batch.rows), batch.size_bytes
        pile.append(batch)
        if batch.full:
            yield Bundle(tuple(pile))
            pile, rows, size_bytes = [], 0, 0
    if pile:
        yield Bundle(tuple(pile))


@dataclass(slots=True)
class _Open:
    """The batch that is being filled."""

    first: int
    last: int
    since: float
    rows: list[Row] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)
    size_bytes: int = 0
    beside: list[Row] = field(default_factory=list)
    strays: list[Row] = field(default_factory=list)

    def digest(self) -> str:
        """Of all values with their lengths, in one go: a call for each costs 2 us a record."""
        content = bytearray()
        for value in self.values:
            content += len(value).to_bytes(8, "big")
            content += value
        return blake2b(content, digest_size=8).hexdigest()

    def strays_digest(self) -> str:
        """They are rare, so they may be written out for it."""
        if not self.strays:
            return ""
        return "+" + blake2b(repr(self.strays).encode(), digest_size=8).hexdigest()


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

    def add(
        self, offset: int, row: Row | None, value: bytes, now: float, beside: Row | None = None
    ) -> None:
        """Take one record; `row` is None when it is left out, `beside` where nothing is beside it.

        `value` is the record's value: it counts the bytes of a row and seals the token. What was
        left out does neither: a writer that knows better, later, must not be taken for a retry.
        """
        limits, pile = self._limits, self._open
        if pile is not None and pile.last // limits.span != offset // limits.span:
            self.cut(full=True)
            pile = None
        if pile is None:
            pile = self._open = _Open(offset, offset - 1, now)
        assert offset > pile.last, "offsets of a partition ascend"
        pile.last = offset
        if row is not None:
            pile.rows.append(row)
            pile.values.append(value)
            pile.size_bytes += len(value)
        if beside is not None:
            pile.beside.append(beside)
            if row is None:
                pile.strays.append(beside)
        if (offset + 1) % limits.span == 0 or pile.size_bytes >= limits.bytes_max:
            self.cut(full=True)

    def cut(self, *, full: bool = False) -> None:
        """End the open batch where it stands, if there is one; `full` if the records say so."""
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
                digest=pile.digest(),
                full=full,
                beside=tuple(pile.beside),
                strays=pile.strays_digest(),
            )
        )

    def aged(self, now: float) -> bool:
        """Whether the open batch is too old at `now`."""
        return self._open is not None and now - self._open.since >= self._limits.age_s

    def take(self, now: float) -> list[Batch]:
        """The batches that are full at `now`, oldest first; they are no longer the cutter's."""
        if self.aged(now):
            self.cut()
        full = list(self._full)
        self._full.clear()
        return full
