"""The desk of one partition: its rows, its clock, its places, its deadlines, its waiting ticks.

Rows are bytes in the table's part; a row in use is open on the desk, and closed (packed) once per
run. Knows the form of rows and clocks, not the meaning of a history.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from streams.deadlines import Deadlines
from streams.doubts import Doubts
from streams.effects import Effects
from streams.law import Law
from streams.places import Place, Places
from streams.plane.store import Part
from streams.tables import (
    Clock,
    Row,
    UnreadableRow,
    deadline_of,
    decode_clock,
    decode_row,
    encode_clock,
    encode_row,
    is_place,
    is_unit,
)
from streams.ticks import WaitingTicks


@dataclass(slots=True)
class Open:
    """A row in use. `history` None: nothing is known of the unit, or it was forgotten.
    `size_bytes`: of the history as it was last packed, and of the messages taken since."""

    key: str
    history: Any
    fences: dict[int, int]
    size_bytes: int = 0


class Desk:
    """State of one partition while this worker has it; rebuilt from the part after recovery.

    `left`: a rebalance broke a run off, so what comes after it is not for this desk.
    """

    def __init__(self, law: Law, partition: int, part: Part, ticks: WaitingTicks) -> None:
        clock = decode_clock(part.clock)
        self.partition = partition
        self.watermark_s = clock.watermark_s
        self.ticks = ticks
        self.live_max = 20_000
        self.left = False
        prepare(part)
        self.deadlines: Deadlines = part.made
        apart = [each for each in part.rows.items() if not is_unit(each[0])]
        self.places = Places(law, [each for each in apart if is_place(each[0])])
        self.doubts = Doubts.among(apart)
        self._part = part
        self._read_to = dict(clock.read_to)
        self._young: dict[str, Open] = {}
        self._old: dict[str, Open] = {}
        self._dirty: dict[str, Open] = {}
        self._moved: dict[str, Place] = {}

    def take_over(self) -> Effects | None:
        """What is in doubt since the partition was taken over, as a step; None without any."""
        takeover = self._part.taken_over
        if takeover is None:
            return None
        self.doubts.take_over(takeover)
        self._part.taken_over = takeover._replace(changes={})
        if not takeover.changes:
            return None
        effects = Effects(self.partition)
        self._write(effects, self.doubts.changed())
        effects.clock = self._clock()
        return effects

    def spoil(self) -> None:
        """Deadlines were taken and nobody was woken: the next desk makes them anew."""
        self._part.made = None

    @property
    def law(self) -> Law:
        """The law in force in this partition."""
        return self.places.law

    def units_at(self, port: str) -> list[str]:
        """The keys of all units known at a port."""
        prefix = f"{port}/"
        return [key for key in self._part.rows if key.startswith(prefix)]

    def read_to(self, source: int) -> int:
        """Offset (exclusive) up to which a source topic is in the state."""
        return self._read_to.get(source, 0)

    def note_read(self, source: int, offset: int) -> None:
        """A run of the source is in the state up to `offset` (exclusive)."""
        self._read_to[source] = max(offset, self.read_to(source))

    def open(self, key: str) -> Open:
        """The row of a unit, unpacked, among the young ones of the cache."""
        row = self._young.get(key)
        if row is None:
            self._young[key] = row = self._old.pop(key, None) or self._unpacked(key)
        return row

    def put(self, row: Open, history: Any) -> None:
        """The row has a new history, to be packed when the run is over."""
        row.history = history
        self._dirty[row.key] = row

    def put_place(self, place: Place) -> None:
        """What is known of the place has changed, or its units know it now."""
        self._moved[place.key] = place

    def close(self, effects: Effects) -> None:
        """Pack what the step changed into the part and into its effects.

        Places come last: a worker may die between two rows, and the one that says all units were
        told must not be there without theirs.
        """
        self.doubts.hear(self.law, effects)
        packed = dict([*self._packed(), *self._packed_places()])
        self._write(effects, packed | self.doubts.changed())
        self._dirty.clear()
        self._moved.clear()
        self._age()
        self._part.clock = effects.clock = self._clock()

    def _write(self, effects: Effects, rows: Mapping[str, bytes | None]) -> None:
        part_rows, told = self._part.rows, effects.rows
        for key, data in rows.items():
            if data is not None:
                part_rows[key] = told[key] = data
            elif part_rows.pop(key, None) is not None:
                told[key] = None

    def _clock(self) -> bytes:
        return encode_clock(Clock(self.watermark_s, self._read_to))

    def _packed(self) -> Iterator[tuple[str, bytes | None]]:
        """The rows that changed; None for a unit to be forgotten."""
        law, wake = self.law, self.deadlines.set
        next_deadline, pack = law.next_deadline, law.pack
        for key, row in self._dirty.items():
            history = row.history
            if history is None:
                self._young.pop(key, None)
                wake(key, None)
                yield key, None
            else:
                deadline_s = next_deadline(history)
                wake(key, deadline_s)
                packed = pack(history)
                row.size_bytes = len(packed)
                yield key, encode_row(Row(deadline_s, row.fences, packed))

    def _packed_places(self) -> Iterator[tuple[str, bytes | None]]:
        for key, place in self._moved.items():
            yield key, self._pack_place(place)

    def _pack_place(self, place: Place) -> bytes | None:
        known = place.history is not None
        deadline_s = self.law.next_deadline(place.history) if known else None
        self.deadlines.set(place.key, deadline_s)
        return self.places.pack(place, deadline_s)

    def _unpacked(self, key: str) -> Open:
        data = self._part.rows.get(key)
        if data is None:
            return Open(key, None, {})
        row = decode_row(data)
        return Open(key, self.law.unpack(row.history), row.fences, len(row.history))

    def _age(self) -> None:
        """Close the rows that were not used since the others were young.

        In two generations: to keep all rows in the order of their use would cost each event more
        than to unpack again, now and then, a row that was closed too early.
        """
        if 2 * len(self._young) > self.live_max:
            self._old, self._young = self._young, {}


def prepare(part: Part) -> None:
    """Make of the rows what a desk needs to know of all of them: a second for a million, so whoever
    restores does it aside, and what stayed with this worker through a rebalance has it still.
    Raises UnreadableRow."""
    if part.made is None:
        part.made = Deadlines(_deadlines(part.rows.items()))


def _deadlines(rows: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, int | None]]:
    for key, data in rows:
        try:
            yield key, deadline_of(data)
        except UnreadableRow as error:
            raise UnreadableRow(f"the row of {key}: {error}") from error
