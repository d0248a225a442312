"""Cells over the facts that are not the same in two vintages of a month, for disclosure control.

Whoever has both vintages can subtract one from the other; what is left speaks of these facts alone,
so it is protected like a table of its own. A fact counts once in each cell that it left, came to or
stayed in. Pure; must never know what is hidden, or why.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from reports.datasets import Dataset
from reports.facts import FrozenFact
from reports.plain import counted_of
from reports.shapes import Cell, Exposure, Key
from timing.measures.summary import Summary

Counts = tuple[int, int, str, str, str]
"""All of a fact that a cell counts: seconds, age, standing, why it is left out, verdict."""


class Pair(NamedTuple):
    """One fact in both vintages; None where it is not in one of them."""

    older: FrozenFact | None
    newer: FrozenFact | None

    @property
    def stands(self) -> FrozenFact:
        """As it is known now, or was when it was last known."""
        found = self.newer or self.older
        assert found is not None
        return found


def affected(pairs: Iterable[Pair], dataset: Dataset) -> list[Cell]:
    """The cells of a dataset that these facts bear on, by key; summaries are empty.

    Open and left-out facts count, since their numbers are published too. A fact that a cell counts
    just as before is not in it: it would make the few that differ look like many.
    """
    inside: dict[Key, list[Pair]] = defaultdict(list)
    for pair in pairs:
        older, newer = _counts(pair.older, dataset), _counts(pair.newer, dataset)
        for key in older.keys() | newer.keys():
            if older.get(key) != newer.get(key):
                inside[key].append(pair)
    return [Cell(key, Summary(), _exposure(inside[key], dataset)) for key in sorted(inside)]


def _counts(fact: FrozenFact | None, dataset: Dataset) -> dict[Key, list[Counts]]:
    """What a fact adds to each cell: by several limits it may add to one cell more than once."""
    found: dict[Key, list[Counts]] = defaultdict(list)
    for one in counted_of(fact, dataset) if fact else ():
        said = (one.seconds, one.fact.age_s, one.fact.standing, one.left_out, one.verdict)
        for named in dataset.groupings:
            found[dataset.key({d: one.words[d] for d in named})].append(said)
    return found


def _exposure(pairs: Iterable[Pair], dataset: Dataset) -> Exposure:
    units: set[tuple[str, str]] = set()
    by_trader: dict[str, tuple[int, int]] = {}
    for pair in pairs:
        fact = pair.stands
        units.add((fact.unit_type, fact.unit_id))
        if fact.trader:
            number, seconds = by_trader.get(fact.trader, (0, 0))
            by_trader[fact.trader] = number + 1, seconds + _moved_s(pair, dataset)
    most = sorted((number for number, _ in by_trader.values()), reverse=True)
    most_s = sorted((seconds for _, seconds in by_trader.values()), reverse=True)
    return Exposure(len(units), len(by_trader), *_two(most), *_two(most_s))


def _moved_s(pair: Pair, dataset: Dataset) -> int:
    """By how much a fact moved the seconds of a cell, at most."""
    gross = dataset.basis == "gross"
    times = [(one.gross_s if gross else one.net_s) if one else 0 for one in pair]
    return abs(times[1] - times[0])


def _two(largest: list[int]) -> tuple[int, int]:
    first, second = (*largest[:2], 0, 0)[:2]
    return first, second
