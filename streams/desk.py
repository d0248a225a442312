"""The desk of one partition: its rows, its clock, its deadlines, its waiting ticks.

Rows are bytes in the table's part; a row in use is open on the desk, and closed (packed) once per
run. Knows the form of rows and clocks, not the meaning of a history.
"""

from dataclasses import dataclass
from typing import Any

from streams.deadlines import Deadlines
from streams.effects import Effects
from streams.law import Law
from streams.plane.store import Part
from streams.tables import Clock, Row, decode_clock, decode_row, encode_clock, encode_row
from streams.ticks import WaitingTicks


@dataclass(slots=True)
class Open:
    """A row in use. `history` None: nothing is known of the unit, or it was forgotten."""

    key: str
    history: Any
    fences: dict[int, int]


class Desk:
    """State of one partition while this worker has it; rebuilt from the part after recovery."""

    def __init__(self, law: Law, partition: int, part: Part, ticks: WaitingTicks) -> None:
        clock = decode_clock(part.clock)
        self.partition = partition
        self.watermark_s = clock.watermark_s
        self.ticks = ticks
        self.live_max = 20_000
        self.deadlines = Deadlines(
            (key, decode_row(data).deadline_s) for key, data in part.rows.items()
        )
        self._law = law
        self._part = part
        self._read_to = dict(clock.read_to)
        self._live: dict[str, Open] = {}
        self._dirty: dict[str, Open] = {}

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

    def close(self, effects: Effects) -> None:
        """Pack what the step changed into the part and into its effects."""
        for key, row in self._dirty.items():
            data = self._pack(row)
            if data is not None:
                self._part.rows[key] = effects.rows[key] = data
            elif self._part.rows.pop(key, None) is not None:
                effects.rows[key] = None
        self._dirty.clear()
        self._evict()
        clock = Clock(self.watermark_s, self._read_to)
        self._part.clock = effects.clock = encode_clock(clock)

    def _pack(self, row: Open) -> bytes | None:
        if row.history is None:
            self._live.pop(row.key, None)
            self.deadlines.set(row.key, None)
            return None
        deadline_s = self._law.next_deadline(row.history)
        self.deadlines.set(row.key, deadline_s)
        return encode_row(Row(deadline_s, row.fences, self._law.pack(row.history)))

    def _unpack(self, key: str, data: bytes) -> Open:
        row = decode_row(data)
        return Open(key, self._law.unpack(row.history), dict(row.fences))

    def _evict(self) -> None:
        """Close the rows that were not used for longest."""
        while len(self._live) > self.live_max:
            del self._live[next(iter(self._live))]
