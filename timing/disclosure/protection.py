"""Which cells may not be shown anew: sensitive ones, those hidden before, and what protects them.

Brings together rules, lattice and past. Must never know a figure that is printed.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from timing.disclosure.attack import ANY
from timing.disclosure.beside import Beside
from timing.disclosure.complement import Guard, Unprotectable, complemented
from timing.disclosure.guards import Part, Parts, change_guards, primary_guards
from timing.disclosure.lattice import Equation, Lattice, Place, lattice
from timing.disclosure.rules import Rules
from timing.disclosure.sensitivity import cause
from timing.disclosure.shapes import Counted, Earlier, Sheet
from timing.disclosure.standing import Past, few_changed, past_of

NONE: Final[frozenset[Place]] = frozenset()


class Held(NamedTuple):
    """Places that are not shown anew. `carried` ones show what the vintage before showed, and so do
    those that are `unchanged`: what is extreme in them may be another now."""

    suppressed: frozenset[Place] = NONE
    carried: frozenset[Place] = NONE
    unchanged: frozenset[Place] = NONE


def held(scene: Beside, earlier: Sequence[Earlier], rules: Rules) -> Held:
    """Which cells of a period, and of those beside it, are suppressed or carried."""
    found = lattice(scene.sheets, [*scene.sums, *scene.ties])
    cells = {(sheet.name, cell.key): cell for sheet in scene.sheets for cell in sheet.cells}
    by_number = [[cells[place] for place in places] for places in found.places]
    state = _state(found, by_number, [past_of(found, one) for one in earlier], scene, rules)
    suppressed, carried = _hidden(state, _parts(scene.sheets, state), rules)
    changed = {number for past in state.pasts for number in past.changed}
    return _places(found, suppressed, carried, set(state.seen - changed - suppressed))


class _State(NamedTuple):
    """What is known of each unknown before anything is chosen.

    `away` were hidden in some earlier vintage, or are of another period and hidden there. `seen`
    were published by the last vintage and hidden by none. `known` is what everybody knows, whatever
    is done: published for good, or shown before and unchanged.
    """

    lattice: Lattice
    cells: Sequence[Sequence[Counted]]
    sensitive: frozenset[int]
    pasts: Sequence[Past]
    away: frozenset[int]
    seen: frozenset[int]
    known: frozenset[int]


def _state(
    found: Lattice,
    cells: Sequence[Sequence[Counted]],
    pasts: Sequence[Past],
    scene: Beside,
    rules: Rules,
) -> _State:
    settled = {found.unknown_of[place] for place in scene.settled}
    before = {number for past in pasts for number in past.hidden}
    elsewhere = {found.unknown_of[place] for place in scene.away} - settled
    seen = pasts[-1].shown - before if pasts else frozenset()
    changed = {number for past in pasts for number in past.changed}
    known = frozenset(settled | (seen - changed))
    sensitive = _sensitive(cells, rules) - known
    return _State(found, cells, sensitive, pasts, frozenset(before | elsewhere), seen, known)


def _sensitive(by_number: Sequence[Sequence[Counted]], rules: Rules) -> frozenset[int]:
    return frozenset(
        number
        for number, cells in enumerate(by_number)
        if any(cause(cell.exposure, cell.summary.sum_s, rules) for cell in cells)
    )


def _hidden(state: _State, parts: Parts, rules: Rules) -> tuple[set[int], set[int]]:
    """What is suppressed, and what is carried."""
    tell = frozenset(number for past in state.pasts for number in few_changed(past, rules))
    start = state.sensitive | state.away | tell
    guards = primary_guards(parts, state.sensitive, rules)
    for past in state.pasts:
        changes = [past.changed.get(number) for number in range(len(parts))]
        guards += change_guards(changes, few_changed(past, rules), rules)
    found = protected(state.lattice.equations, start, guards, _costs(state))
    carried = (found & state.seen) - state.sensitive
    return found - carried, carried


def protected(
    equations: Sequence[Equation],
    start: Collection[int],
    guards: Sequence[Guard],
    costs: Sequence[float],
) -> set[int]:
    """What is to be hidden. If what is published already leaves no choice, then everything that is
    not: nothing new is said, so nobody learns more than before."""
    try:
        return complemented(equations, start, guards, costs)
    except Unprotectable:
        return {number for number, cost in enumerate(costs) if cost < ANY} | set(start)


def _parts(sheets: Sequence[Sheet], state: _State) -> Parts:
    """What is unknown of each unknown: of one that was shown, no more than what changed."""
    words = {sheet.name: _words(sheet) for sheet in sheets}
    found: list[list[Part]] = []
    for number, places in enumerate(state.lattice.places):
        if number in state.known:
            found.append([])
        elif number in state.seen - state.sensitive:
            changed = state.pasts[-1].changed.get(number)
            found.append([Part("", changed, 0)] if changed else [])
        else:
            found.append(
                [
                    Part(words[place[0]][place[1]], cell.exposure, cell.summary.sum_s)
                    for place, cell in zip(places, state.cells[number], strict=True)
                ]
            )
    return found


def _words(sheet: Sheet) -> Mapping[tuple[str, ...], str]:
    """What tells the cells of the same units apart."""
    at = [place for place, name in enumerate(sheet.dimensions) if name in sheet.together]
    return {cell.key: " ".join(cell.key[place] for place in at) for cell in sheet.cells}


def _costs(state: _State) -> list[float]:
    """What is lost by hiding: the units of a cell; of one that was shown, what is news in it."""
    costs = [1.0 + max(cell.summary.n for cell in cells) for cells in state.cells]
    for number in state.seen:
        changed = state.pasts[-1].changed.get(number)
        costs[number] = 1.0 + (changed.units if changed else 0)
    for number in state.known:
        costs[number] = ANY
    return costs


def _places(lattice: Lattice, *numbers: set[int]) -> Held:
    return Held(
        *(frozenset(place for one in some for place in lattice.places[one]) for some in numbers)
    )
