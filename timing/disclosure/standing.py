"""What a vintage may not show anew: cells that were hidden before, and changes of few units.

Whoever holds two vintages subtracts one from the other. So a cell that was hidden stays hidden, and
one of which too few units have changed shows its earlier figures again. Knows one lattice and what
was published; must never know a figure.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from timing.disclosure.lattice import Lattice
from timing.disclosure.rules import Rules
from timing.disclosure.sensitivity import NOBODY, changes_tell
from timing.disclosure.shapes import Earlier, Exposed, Sheet
from timing.measures.summary import Summary


class Empty(NamedTuple):
    """A cell that an earlier vintage has and this one counts nothing in. It stays, since its
    absence would say that it is empty."""

    key: tuple[str, ...]
    summary: Summary = Summary()
    exposure: Exposed = NOBODY


class Past(NamedTuple):
    """What became of each unknown in one earlier vintage.

    `shown` were published, `hidden` were not; what is in neither was not there. `changed` has the
    exposure of what changed, where anything did.
    """

    shown: frozenset[int]
    hidden: frozenset[int]
    changed: Mapping[int, Exposed]


def with_vanished(sheet: Sheet, earlier: Sequence[Earlier]) -> Sheet:
    """A sheet with the cells that earlier vintages have and it has not."""
    known = {cell.key for cell in sheet.cells}
    before = {cell.key for past in earlier for cell in past.shown.get(sheet.name, ())}
    vanished = [Empty(key) for key in sorted(before - known)]
    return sheet._replace(cells=[*sheet.cells, *vanished])


def past_of(lattice: Lattice, earlier: Earlier) -> Past:
    """An earlier vintage by unknown. One that is hidden in any of its cells was hidden."""
    shown: set[int] = set()
    hidden: set[int] = set()
    for sheet, cells in earlier.shown.items():
        for cell in cells:
            number = lattice.unknown_of.get((sheet, cell.key))
            if number is not None:
                (shown if cell.suppressed is None else hidden).add(number)
    changed: dict[int, Exposed] = {}
    for sheet, counted in earlier.changed.items():
        for one in counted:
            number = lattice.unknown_of.get((sheet, one.key))
            if number is not None and one.exposure.units:
                changed[number] = one.exposure
    return Past(frozenset(shown - hidden), frozenset(hidden), changed)


def few_changed(past: Past, rules: Rules) -> frozenset[int]:
    """Unknowns whose change is that of few units or companies."""
    return frozenset(
        number for number, exposure in past.changed.items() if changes_tell(exposure, rules)
    )
