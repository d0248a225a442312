"""Figures that ask for more than a cell does: shares and spread, ages, means without extremes.

Each family has a number of its own, which may be small where the cell is not. Its figures add up
like the cells do, so they are protected in the same way, family by family; the cell itself stands.
Must never know a company: those are asked of whole cells.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, NamedTuple

from timing.disclosure.attack import ANY
from timing.disclosure.beside import Beside
from timing.disclosure.guards import MOST, at_least
from timing.disclosure.lattice import Lattice, Place, lattice
from timing.disclosure.protection import Held, protected
from timing.disclosure.rules import Rules
from timing.disclosure.shapes import Counted, Earlier, Sheet
from timing.measures.summary import Summary


class Family(NamedTuple):
    """Figures, the numbers that they rest on, and which rule says how many those must be.

    `lasting` ones of a year are the sum of its months; a unit open at the end of two months, or
    beyond the fence of one of them, is not. `told` is the measure that says the first number, where
    it may be another although no unit has changed: a fence moves with the units of all ports.
    """

    measures: frozenset[str]
    counts: Sequence[Callable[[Summary], int]]
    least: Callable[[Rules], int]
    lasting: bool = False
    told: str | None = None


FAMILIES: Final = (
    Family(
        frozenset({
            "sd_h", "within_24h_pct", "within_48h_pct", "within_72h_pct",
            "judged", "kept_pct", "met", "breached", "excused",
        }),
        (lambda one: one.n, lambda one: one.met + one.breached),
        lambda rules: rules.share_units,
        lasting=True,
    ),
    Family(
        frozenset({"open_age_mean_h"}), (lambda one: one.open_n,), lambda rules: rules.open_units
    ),
    Family(
        frozenset({"mean_without_extremes_h"}),
        (lambda one: one.extreme_n, lambda one: one.n - one.extreme_n),
        lambda rules: rules.extreme_units,
        told="extreme_n",
    ),
)  # fmt: skip


def withheld(
    family: Family, scene: Beside, earlier: Sequence[Earlier], cells: Held, rules: Rules
) -> frozenset[Place]:
    """The cells that may not show the figures of a family."""
    all_sheets = scene.sheets if family.lasting else scene.own
    sheets = [sheet for sheet in all_sheets if family.measures & set(sheet.measures)]
    found = lattice(sheets, scene.sums if family.lasting else ())
    counted = {(sheet.name, cell.key): cell for sheet in sheets for cell in sheet.cells}
    by_number = [[counted[place] for place in places] for places in found.places]
    settled = _numbers(found, _settled(family, scene))
    before = _numbers(found, _before(family, earlier))
    away = before | _numbers(found, cells.suppressed | _elsewhere(family, scene))
    again = _numbers(found, cells.carried | cells.unchanged)
    moved = {one: by for one, by in _moved(family, found, by_number, earlier).items() if by}
    carried = (_numbers(found, cells.carried) | moved.keys()) & again - before
    settled |= again - carried - before
    few = [
        (some - carried) | {one for one in carried if 0 < moved.get(one, 0) < family.least(rules)}
        for some in _few(family, by_number, rules)
    ]
    start = (away | carried | {one for some in few for one in some}) - settled
    guards = [
        at_least("family", _weights(of, by_number, carried, moved), family.least(rules), some)
        for of, some in zip(family.counts, few, strict=True)
    ]
    costs = _costs(family, by_number, settled)
    hidden = protected(found.equations, start, guards, costs)
    return frozenset(place for number in hidden for place in found.places[number])


def _few(
    family: Family, by_number: Sequence[Sequence[Counted]], rules: Rules
) -> list[frozenset[int]]:
    """By count, the unknowns that have some and not enough."""
    least = family.least(rules)
    return [
        frozenset(
            number
            for number, cells in enumerate(by_number)
            if any(0 < of(cell.summary) < least for cell in cells)
        )
        for of in family.counts
    ]


def _weights(
    of: Callable[[Summary], int],
    by_number: Sequence[Sequence[Counted]],
    carried: Collection[int],
    moved: Mapping[int, int],
) -> list[float]:
    """The count of each unknown; of a carried one no more is unknown than by how much it moved."""
    least = [min(MOST, min(of(cell.summary) for cell in cells)) for cells in by_number]
    return [
        float(moved.get(number, 0)) if number in carried else count
        for number, count in enumerate(least)
    ]


def _moved(
    family: Family,
    lattice: Lattice,
    by_number: Sequence[Sequence[Counted]],
    earlier: Sequence[Earlier],
) -> dict[int, int]:
    """By how many units the first count of a cell differs from what was told of it before."""
    found: dict[int, int] = {}
    for sheet, cells in earlier[-1].shown.items() if earlier else ():
        for cell in cells:
            number = lattice.unknown_of.get((sheet, cell.key))
            told = cell.figures.get(family.told or "")
            if number is not None and told is not None:
                now = family.counts[0](by_number[number][0].summary)
                found[number] = abs(now - int(told))
    return found


def _costs(
    family: Family, by_number: Sequence[Sequence[Counted]], settled: Collection[int]
) -> list[float]:
    """What the figures of a cell rest on. One that has none of it is known to have none."""
    costs = []
    for number, cells in enumerate(by_number):
        most = max(of(cell.summary) for cell in cells for of in family.counts)
        costs.append(ANY if most == 0 or number in settled else 1.0 + most)
    return costs


def _before(family: Family, earlier: Sequence[Earlier]) -> frozenset[Place]:
    """Cells that an earlier vintage showed without these figures."""
    return frozenset(
        (sheet, cell.key)
        for past in earlier
        for sheet, cells in past.shown.items()
        for cell in cells
        if family.measures & set(cell.withheld)
    )


def _settled(family: Family, scene: Beside) -> frozenset[Place]:
    return frozenset(
        place for place, cell in scene.settled.items() if not family.measures & set(cell.withheld)
    )


def _elsewhere(family: Family, scene: Beside) -> frozenset[Place]:
    return frozenset({*scene.away, *scene.settled} - _settled(family, scene))


def _numbers(lattice: Lattice, places: Collection[Place]) -> frozenset[int]:
    of: Mapping[Place, int] = lattice.unknown_of
    return frozenset(of[place] for place in places if place in of)


def printed_on(sheet: Sheet, family: Family) -> list[str]:
    """Which figures of a family a sheet prints."""
    return [measure for measure in sheet.measures if measure in family.measures]
