"""The places of one partition, and the law that their suspensions put in force there.

A place is known in every partition. Its rows are few and stay open. What was declared of a place is
in its row before any unit is judged again, together with what was known when the units were judged
last: so a successor can finish what was begun. Knows laws and histories only by their seam.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from streams.law import Law
from streams.tables import PlaceRow, decode_place, encode_place


@dataclass(slots=True)
class Place:
    """What is known of a place (`history`), and by what of it the units were judged (`judged`).

    The two differ as long as `because` names the event that the units have not all been told.
    """

    key: str
    fences: dict[int, int] = field(default_factory=dict)
    history: Any = None
    judged: Any = None
    because: str | None = None


class Places:
    """Read from the rows of the table, and written back by the desk.

    `law` is what is in force. `unfinished` is the place whose units must be judged again before
    anything else may happen.
    """

    def __init__(self, law: Law, rows: Iterable[tuple[str, bytes]] = ()) -> None:
        self._law = law
        self._known = {key: self._unpack(key, decode_place(data)) for key, data in rows}
        self.law = self._judged()
        self.unfinished = next((p for p in self if p.because is not None), None)

    def open(self, key: str) -> Place:
        """What is known of a place; one never heard of is not kept by being asked for."""
        return self._known.get(key) or Place(key)

    def learn(self, place: Place, history: Any, because: str) -> None:
        """An event has changed what is known. The law stays, until the units are judged again."""
        place.history, place.because = history, because
        self._known[place.key] = self.unfinished = place

    def enact(self) -> Law:
        """Put in force what is known by now. Returns the law by which the units were judged."""
        before = self._judged()
        self.law = self._law.under([p.history for p in self if p.history is not None])
        return before

    def settle(self, place: Place) -> None:
        """Every unit is judged by what is known of this place."""
        place.judged, place.because, self.unfinished = place.history, None, None
        if place.history is None:
            self._known.pop(place.key, None)

    def forget(self, place: Place, history: Any) -> None:
        """Time has left this much. What is over is no unit's matter any more, so none is asked."""
        place.history = history
        self.settle(place)
        self.enact()

    def _judged(self) -> Law:
        return self._law.under([p.judged for p in self if p.judged is not None])

    def pack(self, place: Place, deadline_s: int | None) -> bytes | None:
        """The row of a place, None if nothing is known and nothing is under way."""
        if place.history is None and place.because is None:
            return None
        history = None if place.history is None else self._law.pack(place.history)
        if place.because is None or place.judged is None:
            return encode_place(PlaceRow(deadline_s, place.fences, history, None, place.because))
        judged = self._law.pack(place.judged)
        return encode_place(PlaceRow(deadline_s, place.fences, history, judged, place.because))

    def _unpack(self, key: str, row: PlaceRow) -> Place:
        history = None if row.history is None else self._law.unpack(row.history)
        judged = None if row.judged is None else self._law.unpack(row.judged)
        if row.because is None:
            judged = history
        return Place(key, dict(row.fences), history, judged, row.because)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._known.values())

    def __len__(self) -> int:
        return len(self._known)
