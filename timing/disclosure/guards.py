"""The primary rules as guards: what must hold of every group of cells that can be computed.

Each rule of `timing.disclosure.sensitivity` as weights that add up, so that it can be asked of a
sum of cells without knowing whose units are in two of them: companies count where one cell has
enough of them, the largest of a sum has at most what the largest have. So every answer errs on the
safe side. Must never know an equation.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Final, NamedTuple

from timing.disclosure.complement import Guard
from timing.disclosure.rules import Rules
from timing.disclosure.sensitivity import slacks
from timing.disclosure.shapes import Exposed
from timing.patience import HOUR_S

MOST: Final = 1_000_000.0
"""Weights above this are cut to it: the solver works in floating point, and more is not safer."""

_DOMINANCE: Final = ("largest", "two-largest", "largest-seconds", "two-largest-seconds")


class Part(NamedTuple):
    """What one unknown has in one cell: exposure and seconds. Cells of the same units that differ
    in their times (the links of a chain) have one each; `word` tells them apart."""

    word: str
    exposure: Exposed
    total_s: int


Parts = Sequence[Sequence[Part]]
"""By unknown, what it has: at least one, but for an unknown of which nothing is unknown."""


def primary_guards(parts: Parts, sensitive: Collection[int], rules: Rules) -> list[Guard]:
    """The guards of the rules on units, companies and dominance, and of intervals of seconds."""
    units = _least(parts, lambda part: part.exposure.units)
    rich = _least(parts, lambda part: part.exposure.companies >= rules.companies)
    return [
        at_least("units", units, rules.units, sensitive),
        at_least("companies", rich, min(rules.companies, 1), sensitive),
        at_least("rest", _rest(parts, sensitive, rules), rules.units, sensitive),
        *_intervals(parts, sensitive, rules),
        *_dominance(parts, sensitive, rules),
    ]


def _rest(parts: Parts, sensitive: Collection[int], rules: Rules) -> list[float]:
    """What a company leaves that takes its own units away. One that has a cell to itself knows that
    cell, so what it is hidden with must still be no secret, or be enough."""
    rest = _least(parts, lambda part: part.exposure.units - part.exposure.largest_units)
    return [
        weight if number in sensitive or not parts[number] else max(weight, float(rules.units))
        for number, weight in enumerate(rest)
    ]


def at_least(name: str, weights: Sequence[float], number: int, sensitive: Collection[int]) -> Guard:
    """A guard that asks a weight of every group with a sensitive cell that has less itself."""
    reach = {one: float(number) for one in sensitive if weights[one] < number}
    return Guard(name, weights, reach)


def _least(parts: Parts, of: Callable[[Part], int]) -> list[float]:
    return [min(MOST, *map(of, some)) if some else 0.0 for some in parts]


def _intervals(parts: Parts, sensitive: Collection[int], rules: Rules) -> list[Guard]:
    """The seconds of a sensitive cell could be so much more, and so much less."""
    guards = []
    for word in sorted({part.word for some in parts for part in some}):
        hours = [min(MOST, _seconds(some, word) / HOUR_S) for some in parts]
        told = [one for one in sensitive if any(part.word == word for part in parts[one])]
        for sign in (1, -1):
            by = 1 + sign * rules.interval_pct / 100
            reach = {one: hours[one] * by for one in told if 0 < hours[one] < MOST}
            guards.append(Guard(f"seconds {word}".strip(), hours, reach))
    return guards


def _seconds(some: Sequence[Part], word: str) -> int:
    """Those of that word; of a cell that has no such word, its least."""
    found = [part.total_s for part in some if part.word == word]
    return min(found or [part.total_s for part in some], default=0)


def _dominance(parts: Parts, sensitive: Collection[int], rules: Rules) -> list[Guard]:
    """No group with a dominated cell is dominated: it has others with as much slack as that one
    lacks, and no less than all of its dominated ones lack together."""
    guards = []
    for at, name in enumerate(_DOMINANCE):
        scale = 100 * HOUR_S if at > 1 else 100
        weights = [max(-MOST, min(MOST, _slack(some, at, rules) / scale)) for some in parts]
        dominated = [one for one in sensitive if weights[one] < 0]
        lacking = {one: -weights[one] for one in dominated}
        guards.append(Guard(name, [max(0.0, weight) for weight in weights], lacking))
        guards.append(Guard(name, weights, dict.fromkeys(dominated, 0.0), balance=True))
    return guards


def _slack(some: Sequence[Part], at: int, rules: Rules) -> int:
    return min((slacks(part.exposure, part.total_s, rules)[at] for part in some), default=0)


def change_guards(
    changed: Sequence[Exposed | None], sensitive: Collection[int], rules: Rules
) -> list[Guard]:
    """The guards of what changed between two vintages: by unknown, and of those whose change is
    sensitive."""
    parts = [[] if one is None else [Part("", one, 0)] for one in changed]
    units = _least(parts, lambda part: part.exposure.units)
    rich = _least(parts, lambda part: part.exposure.companies >= rules.companies)
    rest = _least(parts, lambda part: part.exposure.units - part.exposure.largest_units)
    return [
        at_least("changed units", units, rules.units, sensitive),
        at_least("companies of changes", rich, min(rules.companies, 1), sensitive),
        at_least("rest of changes", rest, rules.rest_units, sensitive),
    ]
