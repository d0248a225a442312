"""Disclosure control: which cells and figures of a period may be seen.

Everything that is published together goes through here together: the sheets of one period, the
vintages before it and the periods beside it. Knows rules and sheets; must never know who asks, nor
where cells are kept. docs/disclosure.md has the attacks it is built against.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from timing.disclosure.beside import Beside, beside
from timing.disclosure.families import FAMILIES, printed_on, withheld
from timing.disclosure.figures import refused, rounded_counts
from timing.disclosure.lattice import Place
from timing.disclosure.protection import Held, held
from timing.disclosure.rules import Rules
from timing.disclosure.shapes import PROTECTED, Counted, Earlier, Key, Neighbour, Seen, Sheet, Shown
from timing.disclosure.standing import with_vanished
from timing.measures.printed import MEASURES, figures_of

Shields = Mapping[str, frozenset[Place]]
"""By measure, the cells that may not show it."""

_KNOWN: Final = frozenset(MEASURES)


def disclosed(
    sheets: Sequence[Sheet],
    rules: Rules,
    earlier: Sequence[Earlier] = (),
    neighbours: Sequence[Neighbour] = (),
    parts: Sequence[str] = (),
) -> dict[str, list[Shown]]:
    """The cells of a period by sheet, as anybody may see them, in the order of their keys.

    `earlier` are all vintages of this period, the oldest first; `neighbours` other periods that are
    published and share units with it, and `parts` the names of those that it is the sum of. Raises
    ValueError for a measure that no rule covers, or a part that is not given.
    """
    for sheet in sheets:
        if unknown := set(sheet.measures) - _KNOWN:
            raise ValueError(f"no rule covers {', '.join(sorted(unknown))}; it is not published")
    whole = [with_vanished(sheet, earlier) for sheet in sheets]
    scene = beside(whole, neighbours, parts)
    cells = held(scene, earlier, rules)
    shields = _shields(scene, earlier, cells, rules)
    last = _last(earlier)
    again = cells.carried | cells.unchanged
    return {
        sheet.name: [
            _again(last[sheet.name, cell.key], cells, sheet.name)
            if (sheet.name, cell.key) in again
            else _shown(sheet, cell, cells, shields, rules)
            for cell in sorted(sheet.cells, key=_key)
        ]
        for sheet in whole
        if sheet.left_of is None
    }


def _shields(
    scene: Beside, earlier: Sequence[Earlier], cells: Held, rules: Rules
) -> dict[str, frozenset[Place]]:
    found: dict[str, frozenset[Place]] = {}
    for family in FAMILIES:
        if any(printed_on(sheet, family) for sheet in scene.sheets):
            places = withheld(family, scene, earlier, cells, rules)
            found |= dict.fromkeys(family.measures, places)
    return found


def _shown(sheet: Sheet, cell: Counted, cells: Held, shields: Shields, rules: Rules) -> Shown:
    place = sheet.name, cell.key
    if place in cells.suppressed:
        return Shown(cell.key, {}, PROTECTED)
    told = figures_of(cell.summary)
    reasons: dict[str, str] = {}
    for measure in sheet.measures:
        if measure in told:
            shielded = place in shields.get(measure, ())
            why = PROTECTED if shielded else refused(measure, cell.summary, rules)
            if why is not None:
                reasons[measure] = why
    figures = {m: told[m] for m in sheet.measures if m in told and m not in reasons}
    return Shown(cell.key, rounded_counts(figures, rules), None, reasons)


def _last(earlier: Sequence[Earlier]) -> dict[Place, Seen]:
    """What the vintage before shows."""
    shown = earlier[-1].shown if earlier else {}
    return {(sheet, cell.key): cell for sheet, cells in shown.items() for cell in cells}


def _again(seen: Seen, cells: Held, sheet: str) -> Shown:
    carried = (sheet, seen.key) in cells.carried
    return Shown(seen.key, seen.figures, seen.suppressed, seen.withheld, carried)


def _key(cell: Counted) -> Key:
    return cell.key
