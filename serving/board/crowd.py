"""How many visits have a stage open among given facets: each counted once, however many it has.

Visits whose open stages have the same facets are one group, counted by the yard block that their
units stand in; a port has far fewer groups than visits.
"""

from collections import Counter
from collections.abc import Iterable, Set

from serving.board.facets import Facets

Group = frozenset[Facets]
Stand = tuple[Group, str]
"""The facets of a visit's open stages, and the yard block of its unit."""

NOWHERE: Stand = (frozenset(), "")
"""A visit without an open stage."""


class Crowd:
    """Visits by the facets of their open stages."""

    def __init__(self) -> None:
        self._visits: dict[Group, Counter[str]] = {}

    def move(self, before: Stand, after: Stand) -> None:
        """One visit stands elsewhere, or has other stages open."""
        if before == after:
            return
        if after[0]:
            self._visits.setdefault(after[0], Counter())[after[1]] += 1
        if before[0]:
            self._leave(*before)

    def among(self, chosen: Set[Facets], yard: str = "") -> int:
        """How many visits have a stage open among these facets, in one yard block or in all."""
        groups = self._with(chosen)
        return sum(yards[yard] if yard else yards.total() for _, yards in groups)

    def by_yard(self, chosen: Set[Facets]) -> Counter[str]:
        """The same for each yard block."""
        counted: Counter[str] = Counter()
        for _, yards in self._with(chosen):
            counted.update(yards)
        return counted

    def by(self, chosen: Set[Facets], word: str, yard: str = "") -> Counter[str]:
        """The same by one facet; a visit counts once for each of its words."""
        counted: Counter[str] = Counter()
        for group, yards in self._with(chosen):
            visits = yards[yard] if yard else yards.total()
            for name in {named(facets, word) for facets in group & chosen}:
                counted[name] += visits
        return counted

    def _with(self, chosen: Set[Facets]) -> Iterable[tuple[Group, Counter[str]]]:
        return (found for found in self._visits.items() if not found[0].isdisjoint(chosen))

    def _leave(self, group: Group, yard: str) -> None:
        yards = self._visits[group]
        yards[yard] -= 1
        if not yards[yard]:
            del yards[yard]
        if not yards:
            del self._visits[group]


def named(facets: Facets, word: str) -> str:
    """What facets say at one word; '' for nothing."""
    return getattr(facets, word) or ""
