"""Where units stand: the last spot that an event named, by the event's own time.

A spot is written block first, as `A12-03`: what stands before its first hyphen is the yard block.
Reports are taken as they come; a correction of a spot is another report of one. Of two of the same
second the greater text stands, so that the order of reading changes nothing. Bounded: of too many
units the one told of longest ago is forgotten, and its spot is unknown until it is told again.
"""

from collections import OrderedDict
from typing import Final

UNITS_MAX: Final = 150_000


def yard_of(spot: str | None) -> str:
    """The yard block of a spot; '' for none."""
    return "" if spot is None else spot.partition("-")[0].strip()


class Whereabouts:
    """The last spot of each unit at each port."""

    def __init__(self, units_max: int = UNITS_MAX) -> None:
        self._units_max = units_max
        self._last: OrderedDict[tuple[str, str], tuple[int, str]] = OrderedDict()

    def told(self, port: str, unit_id: str, spot: str, occurred_at: int) -> bool:
        """A report of a spot; returns whether the unit stands elsewhere now."""
        unit, said = (port, unit_id), (occurred_at, spot)
        before = self._last.get(unit)
        if before is not None and said <= before:
            return False
        self._last[unit] = said
        self._last.move_to_end(unit)
        if len(self._last) > self._units_max:
            self._last.popitem(last=False)
        return before is None or before[1] != spot

    def spot(self, port: str, unit_id: str) -> str | None:
        """Where a unit stands, as last told."""
        said = self._last.get((port, unit_id))
        return None if said is None else said[1]

    def __len__(self) -> int:
        return len(self._last)
