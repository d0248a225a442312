"""Visits with an open stage, and what is remembered of those that ended of late.

Every outcome has a place in the log, and of two about one stage the one further on stands: places
are kept for closed stages too, as long as their visit is known. Bounded: of visits without an open
stage the last ones are known, so that a record read twice does not open a stage again.
"""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

from serving.board.crowd import NOWHERE, Stand
from serving.board.judged import Judged, Slot
from serving.board.stages import Held

ENDED_MAX: Final = 20_000
ERA: Final = 2**48
"""More offsets than a partition ever has."""


class Visit:
    """One visit as the board knows it. `places` by slot; `steps`: the stages, open or closed, that
    inspections are told from."""

    __slots__ = ("id", "open", "places", "port", "stand", "steps", "unit_id")

    def __init__(self, first: Judged) -> None:
        self.id, self.port, self.unit_id = first.visit_id, first.port, first.unit_id
        self.open: dict[Slot, Held] = {}
        self.places: dict[Slot, int] = {}
        self.steps: dict[Slot, Judged] = {}
        self.stand: Stand = NOWHERE

    def moves_on(self, slot: Slot, era: int, offset: int) -> bool:
        """Whether a record at this place is news about a stage; if so, it is now the last one."""
        place = era * ERA + offset
        if place <= self.places.get(slot, -1):
            return False
        self.places[slot] = place
        return True

    @property
    def mode(self) -> str | None:
        """How the unit travels, as its open stages say; None once it has none."""
        return min((held.judged.mode for held in self.open.values()), default=None)


class Visits:
    """All visits, by id and by unit."""

    def __init__(self, ended_max: int = ENDED_MAX) -> None:
        self._ended_max = ended_max
        self._all: dict[str, Visit] = {}
        self._ended: OrderedDict[str, None] = OrderedDict()
        self._of_unit: dict[tuple[str, str], set[str]] = {}

    def of(self, judged: Judged) -> Visit:
        """The visit of an outcome, known or new."""
        visit = self._all.get(judged.visit_id)
        if visit is None:
            visit = self._all[judged.visit_id] = Visit(judged)
            self._of_unit.setdefault((visit.port, visit.unit_id), set()).add(visit.id)
        return visit

    def known(self, visit_id: str) -> Visit | None:
        """A visit, if it is remembered."""
        return self._all.get(visit_id)

    def of_unit(self, port: str, unit_id: str) -> Iterator[Visit]:
        """The visits of one unit at one port."""
        return (self._all[id] for id in self._of_unit.get((port, unit_id), ()))

    def settle(self, visit: Visit) -> list[str]:
        """Note whether a visit still has an open stage. Returns the visits forgotten by that."""
        if visit.open:
            self._ended.pop(visit.id, None)
            return []
        self._ended[visit.id] = None
        self._ended.move_to_end(visit.id)
        if len(self._ended) <= self._ended_max:
            return []
        forgotten, _ = self._ended.popitem(last=False)
        self._drop(forgotten)
        return [forgotten]

    def _drop(self, visit_id: str) -> None:
        visit = self._all.pop(visit_id)
        unit = (visit.port, visit.unit_id)
        self._of_unit[unit].discard(visit_id)
        if not self._of_unit[unit]:
            del self._of_unit[unit]

    def __len__(self) -> int:
        return len(self._all)
