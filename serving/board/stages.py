"""The open stages, in buckets by facets and in others by yard block, each in the order of urgency.

The nearest of any choice of facets is a merge over its buckets, and a count is a sum over them;
within one yard block its own bucket is gone through. Bounded by what is open at the port, as the
tables and the law have it: nothing is left out, since the counts must be theirs. Knows neither
visits nor incidents.
"""

from collections.abc import Collection, Iterable, Iterator, Set
from heapq import merge
from itertools import chain
from math import inf
from typing import Final, NamedTuple

import msgspec
from sortedcontainers import SortedList

from serving.board.facets import Choices, Facets
from serving.board.judged import Judged, Slot
from serving.board.views import Level

HOPEFUL: Final = (Level.AT_RISK, Level.CALM)
"""Levels at which a promise can still be kept."""
LEVELS: Final = tuple(Level)
_PLACE: Final = {level: place for place, level in enumerate(LEVELS)}


class Held(msgspec.Struct, gc=False):
    """An open stage and where it stands in the index; `yard` is empty where no spot is known."""

    judged: Judged
    facets: Facets
    yard: str
    level: Level

    @property
    def rank(self) -> "Rank":
        """Its place in the order of urgency within its level."""
        said, at = self.judged, inf
        if said.deadline_at is not None:
            at = -said.deadline_at if self.level is Level.BREACHED else said.deadline_at
        return Rank(at, said.visit_id, said.slot, self)


class Rank(NamedTuple):
    """Sorts by deadline: what can be kept by the nearest, what is broken by the latest. No two
    have the same visit and slot, so what is held is never compared."""

    at: float
    visit_id: str
    slot: Slot
    held: Held


class Tally(NamedTuple):
    """How many stages under a limit are open, at risk and breached."""

    open: int
    at_risk: int
    breached: int


class _Bucket:
    """Open stages that have something in common. `unlimited` are those without a limit."""

    __slots__ = ("ranked", "unlimited")

    def __init__(self) -> None:
        self.ranked: dict[Level, SortedList[Rank]] = {}
        self.unlimited = 0

    def put(self, level: Level, rank: Rank) -> None:
        if not rank.held.judged.limit_id:
            self.unlimited += 1
        elif level in self.ranked:
            self.ranked[level].add(rank)
        else:
            self.ranked[level] = SortedList((rank,))

    def take(self, level: Level, rank: Rank) -> None:
        if not rank.held.judged.limit_id:
            self.unlimited -= 1
            return
        self.ranked[level].remove(rank)
        if not self.ranked[level]:
            del self.ranked[level]

    @property
    def empty(self) -> bool:
        return not self.unlimited and not self.ranked


class OpenStages:
    """Every open stage, put, moved and taken by whoever knows it."""

    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self._by_facets: dict[Facets, _Bucket] = {}
        self._by_yard: dict[str, _Bucket] = {}
        self._counted: dict[str, dict[Facets, list[int]]] = {}
        self.held = 0

    def put(self, held: Held) -> None:
        """A stage opened."""
        rank, bucket = held.rank, self._by_facets.get(held.facets)
        if bucket is None:
            bucket = self._by_facets[held.facets] = _Bucket()
            self._choices.add(held.facets)
        bucket.put(held.level, rank)
        self._by_yard.setdefault(held.yard, _Bucket()).put(held.level, rank)
        counted = self._counted.setdefault(held.yard, {}).setdefault(held.facets, [0, 0, 0, 0])
        counted[_counter(held)] += 1
        self.held += 1

    def take(self, held: Held) -> None:
        """A stage is open no longer, or is about to be put elsewhere."""
        rank, bucket, yard = held.rank, self._by_facets[held.facets], self._by_yard[held.yard]
        bucket.take(held.level, rank)
        yard.take(held.level, rank)
        counted = self._counted[held.yard]
        counted[held.facets][_counter(held)] -= 1
        self.held -= 1
        if not any(counted[held.facets]):
            del counted[held.facets]
        if yard.empty:
            del self._by_yard[held.yard], self._counted[held.yard]
        if bucket.empty:
            del self._by_facets[held.facets]
            self._choices.drop(held.facets)

    def tally(self, chosen: Collection[Facets], yard: str = "") -> Tally:
        """The counts over these facets, in one yard block or in all."""
        if yard:
            counted = self._counted.get(yard, {})
            return _total([counted[facets] for facets in counted.keys() & chosen])
        sums = [0, 0, 0]
        for facets in chosen:
            for level, ranked in self._by_facets[facets].ranked.items():
                sums[_PLACE[level]] += len(ranked)
        return Tally(sum(sums), *sums[1:])

    def yards(self, chosen: Set[Facets]) -> dict[str, Tally]:
        """The counts of every yard block that has a stage with one of these facets."""
        every = len(chosen) == len(self._by_facets)
        found: dict[str, Tally] = {}
        for yard, counted in self._counted.items():
            some = [sums for facets, sums in counted.items() if every or facets in chosen]
            if some:
                found[yard] = _total(some)
        return found

    def urgent(
        self, chosen: Set[Facets], yard: str = "", levels: Iterable[Level] = LEVELS
    ) -> Iterator[Held]:
        """What can still be kept by the nearest deadline, then what is broken, the latest first.
        Without a deadline a stage comes last of its kind."""
        if yard:
            buckets = [self._by_yard[yard]] if yard in self._by_yard else []
        else:
            buckets = [self._by_facets[facets] for facets in chosen]
        wanted = set(levels)
        kept = [b.ranked[v] for b in buckets for v in HOPEFUL if v in wanted and v in b.ranked]
        broken = [b.ranked[v] for b in buckets for v in wanted - {*HOPEFUL} if v in b.ranked]
        every = (rank.held for rank in chain(merge(*kept), merge(*broken)))
        return (held for held in every if not yard or held.facets in chosen)


def _counter(held: Held) -> int:
    return _PLACE[held.level] if held.judged.limit_id else len(LEVELS)


def _total(counted: list[list[int]]) -> Tally:
    calm, at_risk, breached, _ = map(sum, zip(*counted, strict=True)) if counted else (0, 0, 0, 0)
    return Tally(calm + at_risk + breached, at_risk, breached)
