"""The desk of one partition: its rows, its clock, its places, its deadlines, its waiting ticks.

Rows are bytes in the table's part; a row in use is open on the desk, and closed (packed) once per
run. Knows the form of rows and clocks, not the meaning of a history.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from streams.deadlines import Deadlines
from streams.effects import Effects
from streams.law import Law
from streams.places import Place, Places
from streams.plane.store import Part
from streams.tables import (
    Clock,
    Row,
    decode_clock,
    decode_place,
    decode_row,
    encode_clock,
    encode_row,
    is_place,
)
from streams.ticks import WaitingTicks


@dataclass(slots=True)
class Open:
    """A row in use. `history` None: nothing is known of the unit, or it was forgotten."""

    key: str
    history: Any
    fences: dict[int, int]


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
        self.deadlines = Deadlines(_deadlines(part.rows.items()))
        self.places = Places(law, [each for each in part.rows.items() if is_place(each[0])])
        self._part = part
        self._read_to = dict(clock.read_to)
        self._live: dict[str, Open] = {}
        self._dirty: dict[str, Open] = {}
        self._moved: dict[str, Place] = {}

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
        """The row of a unit, unpacked, moved to the young end of the cache."""
        row = self._live.pop(key, None)
        if row is None:
            data = self._part.rows.get(key)
            row = Open(key, None, {}) if data is None else self._unpack(key, data)
        self._live[key] = row
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
        packed = [(key, self._pack(row)) for key, row in self._dirty.items()]
        packed += [(key, self._pack_place(place)) for key, place in self._moved.items()]
        for key, data in packed:
            if data is not None:
                self._part.rows[key] = effects.rows[key] = data
            elif self._part.rows.pop(key, None) is not None:
                effects.rows[key] = None
        self._dirty.clear()
        self._moved.clear()
        self._evict()
        clock = Clock(self.watermark_s, self._read_to)
        self._part.clock = effects.clock = encode_clock(clock)

    def _pack(self, row: Open) -> bytes | None:
        if row.history is None:
            self._live.pop(row.key, None)
            self.deadlines.set(row.key, None)
            return None
        deadline_s = self.law.next_deadline(row.history)
        self.deadlines.set(row.key, deadline_s)
        return encode_row(Row(deadline_s, row.fences, self.law.pack(row.history)))

    def _pack_place(self, place: Place) -> bytes | None:
        known = place.history is not None
        deadline_s = self.law.next_deadline(place.history) if known else None
        self.deadlines.set(place.key, deadline_s)
        return self.places.pack(place, deadline_s)

    def _unpack(self, key: str, data: bytes) -> Open:
        row = decode_row(data)
        return Open(key, self.law.unpack(row.history), dict(row.fences))

    def _evict(self) -> None:
        """Close the rows that were not used for longest."""
        while len(self._live) > self.live_max:
            del self._live[next(iter(self._live))]


def _deadlines(rows: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, int | None]]:
    for key, data in rows:
        yield key, (decode_place if is_place(key) else decode_row)(data).deadline_s
