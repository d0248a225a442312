"""The state of a partition: rows and clock as the changelog holds them, and how far that is.

Values stay bytes: they are small, invisible to the garbage collector, and exactly what the
changelog holds. Knows neither Kafka nor Faust, and of a row only whether this version may read it.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

from streams.plane.run import Record

CLOCK_KEY: Final = b"\x00clock"
"""Changelog key of the partition's clock; no unit key starts with a zero byte."""

Verify = Callable[[bytes, bytes], None]
Changes = Mapping[str, bytes | None]
"""The last value of each key; None: it is forgotten."""


class UnreadableChangelog(Exception):
    """A changelog record that cannot be read: starting without it would judge on half a state."""


@dataclass(slots=True)
class Part:
    """The state of one partition, as encoded values.

    `rows` and `clock` are what the next run is judged by. `upto` is the offset of the changelog
    (exclusive) up to which all of it is in them: a worker that keeps a partition, or has it again,
    reads on from there. `made` is what the owner has made of all rows, and keeps as they change;
    None when they were read back since. `taken_over` is what the owner found out as it took the
    partition over; None as long as it has not.
    """

    rows: MutableMapping[str, bytes] = field(default_factory=dict)
    clock: bytes | None = None
    upto: int = field(default=0, compare=False)
    made: Any = field(default=None, compare=False, repr=False)
    taken_over: Any = field(default=None, compare=False, repr=False)

    def clear(self) -> None:
        """Know nothing: the changelog is not the one that was read."""
        self.rows.clear()
        self.clock, self.upto, self.made, self.taken_over = None, 0, None, None

    def restore(self, records: Iterable[Record], upto: int, verify: Verify) -> None:
        """Take in what the changelog has next; the last value of a key stands.

        `verify` raises ValueError for what this version cannot read. Raises UnreadableChangelog.
        """
        changes, clock = _last_values(records, verify)
        self._take_in(changes, clock or self.clock, upto)

    def _take_in(self, changes: Changes, clock: bytes | None, upto: int) -> None:
        rows = self.rows
        for key, value in changes.items():
            if value is None:
                rows.pop(key, None)
            else:
                rows[key] = value
        self.clock, self.upto, self.made = clock, upto, None

    def settle(self, rows: Changes, clock: bytes, spans: Iterable[tuple[int, int]]) -> None:
        """A step of this worker is in the changelog, at these offsets, each from a first one up to
        an end (exclusive).

        Where somebody else has written in between, the next look at the changelog reads from
        there: what it says stands.
        """
        for first, end in spans:
            if first == self.upto:
                self.upto = end

    def close(self) -> None:
        """Let go of whatever is held outside of memory: the partition is another worker's."""


def _last_values(records: Iterable[Record], verify: Verify) -> tuple[Changes, bytes | None]:
    """What stands of these records, and the last clock among them."""
    changes: dict[str, bytes | None] = {}
    clock = None
    for record in records:
        key, value = record.key, record.value
        try:
            if key is None:
                raise ValueError("has no key")
            if value is not None:
                verify(key, value)
            if key == CLOCK_KEY:
                clock = value
            else:
                changes[key.decode()] = value
        except ValueError as error:
            raise UnreadableChangelog(_at(record, error)) from error
    return changes, clock


def _at(record: Record, problem: Exception) -> str:
    return (
        f"offset {record.offset}: {problem}; start the version of portclock that wrote it, or "
        "clear the changelog and replay the events"
    )
