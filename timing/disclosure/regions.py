"""A lattice in parts that share no equation, without what everybody knows.

Import and export have no cell in common, nor two stages: what is hidden in one cannot matter in the
other, and small programs are solved faster than a large one. Must never know a rule.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from timing.disclosure.lattice import Equation


class Region(NamedTuple):
    """Unknowns that hang together, by their numbers in the whole, and their equations, in which
    they are numbered by their places here."""

    numbers: Sequence[int]
    equations: Sequence[Equation]


def regions(equations: Sequence[Equation], known: Collection[int]) -> Iterator[Region]:
    """The parts in which some equation has an unknown. Cost: linear in the entries, nearly."""
    left = [
        {number: times for number, times in equation.items() if number not in known}
        for equation in equations
    ]
    head: dict[int, int] = {}
    for equation in left:
        first, *others = [*equation] or [-1]
        for number in others:
            head[_top(head, number)] = _top(head, first)
    together: dict[int, list[Equation]] = defaultdict(list)
    for equation in left:
        if equation:
            together[_top(head, next(iter(equation)))].append(equation)
    for some in together.values():
        numbers = sorted({number for equation in some for number in equation})
        at = {number: place for place, number in enumerate(numbers)}
        own = [{at[number]: times for number, times in one.items()} for one in some]
        yield Region(numbers, own)


def _top(head: dict[int, int], number: int) -> int:
    while (above := head.get(number, number)) != number:
        head[number] = head.get(above, above)
        number = above
    return number
