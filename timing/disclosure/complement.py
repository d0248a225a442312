"""Which further cells must be hidden, so that no hidden one comes back from the rest.

The attacker is asked for the best computation on each sensitive cell (`timing.disclosure.attack`).
Where that tells too much, the cheapest cells that stop it are hidden as well
(`timing.disclosure.moves`), and the attacker is asked again. Hiding more never helps an attacker,
so one pass is enough, and it ends: at the latest when nothing is left to compute with. The choice
is not always the smallest possible; that it is safe rests on the attacker alone.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from timing.disclosure.attack import ANY, Attacker, Recipe
from timing.disclosure.lattice import Equation
from timing.disclosure.moves import Movement
from timing.disclosure.regions import Region, regions

SLACK: Final = 1e-6


class Guard(NamedTuple):
    """What must be possible for each of some unknowns, for all that anybody can compute.

    `weights` are by unknown, what it has in truth. `reach` gives the value that each could as well
    have: above its weight, or below it. A `balance` has weights below nought and asks less: where
    one equation gives the sum of hidden cells, and one of `reach` is among them, their weights come
    to nought or more.
    """

    name: str
    weights: Sequence[float]
    reach: Mapping[int, float]
    balance: bool = False


class Unprotectable(Exception):
    """What is published already gives a cell away, whatever is hidden now. Names no cell."""


def complemented(
    equations: Sequence[Equation],
    hidden: Collection[int],
    guards: Sequence[Guard],
    costs: Sequence[float],
) -> set[int]:
    """All that is to be hidden: `hidden`, and what it takes to keep every guard.

    `costs` say by unknown what is lost by hiding it; infinite where it is published for good.
    Raises Unprotectable if those alone give a cell away.
    """
    found = set(hidden)
    known = {number for number, cost in enumerate(costs) if cost == ANY} - found
    for region in regions(equations, known):
        local = [_local(guard, region) for guard in guards]
        if any(guard.reach for guard in local):
            away = {at for at, number in enumerate(region.numbers) if number in found}
            prices = [costs[number] for number in region.numbers]
            away = _complemented(region, away, [one for one in local if one.reach], prices)
            found |= {region.numbers[at] for at in away}
    return found


def _local(guard: Guard, region: Region) -> Guard:
    """A guard as it is in one region."""
    weights = [guard.weights[number] for number in region.numbers]
    reach = {
        at: guard.reach[number] for at, number in enumerate(region.numbers) if number in guard.reach
    }
    return guard._replace(weights=weights, reach=reach)


def _complemented(
    region: Region, found: set[int], guards: Sequence[Guard], costs: Sequence[float]
) -> set[int]:
    for guard in guards:
        if guard.balance:
            _balance(region.equations, guard, found, costs)
    for guard in guards:
        if not guard.balance:
            _keep(region.equations, guard, found, costs)
    return found


def _keep(
    equations: Sequence[Equation], guard: Guard, found: set[int], costs: Sequence[float]
) -> None:
    """Hide, in `found`, until the attacker cannot break a guard."""
    attacker = Attacker(equations, guard.weights, found)
    movement = Movement(equations, found, guard.weights, costs)
    for number in sorted(guard.reach, key=lambda one: (guard.weights[one], one)):
        while (recipe := _broken(attacker, guard, number)) is not None:
            chosen = movement.to(number, guard.reach[number]) or {_cheapest(recipe, guard, costs)}
            found |= chosen
            for one in chosen:
                attacker.hide(one)


def _broken(attacker: Attacker, guard: Guard, number: int) -> Recipe | None:
    """The computation that breaks a guard."""
    reach = guard.reach[number]
    if reach > guard.weights[number]:
        recipe = attacker.weakest_union(number)
        return recipe if recipe is not None and recipe.weight < reach - SLACK else None
    recipe = attacker.floor(number)
    return recipe if recipe is not None and recipe.weight > reach + SLACK else None


def _balance(
    equations: Sequence[Equation], guard: Guard, found: set[int], costs: Sequence[float]
) -> None:
    """Hide, in `found`, until no equation gives a sum out of balance."""
    for equation in equations:
        while not _balanced(equation, guard, found):
            published = [number for number in equation if number not in found]
            found.add(_cheapest(Recipe(0, tuple(published)), guard, costs))


def _balanced(equation: Equation, guard: Guard, found: Collection[int]) -> bool:
    hidden = [number for number in equation if number in found]
    if not any(number in guard.reach for number in hidden):
        return True
    sides = {equation[number] > 0 for number in hidden}
    return len(sides) > 1 or sum(guard.weights[number] for number in hidden) > -SLACK


def _cheapest(recipe: Recipe, guard: Guard, costs: Sequence[float]) -> int:
    """What to hide of all that a computation needs; what has no weight would not help."""
    usable = [number for number in recipe.uses if costs[number] < ANY]
    if not usable:
        raise Unprotectable(f"{guard.name}: nothing is left to hide")
    return min(usable, key=lambda one: (guard.weights[one] <= 0, costs[one], one))
