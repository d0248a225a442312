"""Whether a cell tells on somebody by itself: the primary rules.

Pure arithmetic on an exposure. Must never know another cell.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from timing.disclosure.rules import Rules
from timing.disclosure.shapes import Exposed

Cause = Literal["few-units", "few-companies", "dominance"]
"""Why a cell is sensitive. For those who may see single units; never published."""


class Exposure(NamedTuple):
    """An exposure counted here; as `reports.shapes.Exposure`."""

    units: int
    companies: int
    largest_units: int
    second_units: int
    largest_s: int
    second_s: int


NOBODY: Final = Exposure(0, 0, 0, 0, 0, 0)


def exposed(rows: Iterable[tuple[str, str, int]]) -> Exposure:
    """The exposure of rows of unit, company and seconds. A company that is not known is empty."""
    units: set[str] = set()
    numbers: dict[str, int] = defaultdict(int)
    seconds: dict[str, int] = defaultdict(int)
    for unit, company, took_s in rows:
        units.add(unit)
        if company:
            numbers[company] += 1
            seconds[company] += took_s
    return Exposure(len(units), len(numbers), *_two(numbers.values()), *_two(seconds.values()))


def _two(values: Iterable[int]) -> tuple[int, int]:
    first, second = (*sorted(values, reverse=True)[:2], 0, 0)[:2]
    return first, second


def cause(exposure: Exposed, total_s: int, rules: Rules) -> Cause | None:
    """Why a cell of `total_s` seconds is sensitive; None if it is not. One of no units is not."""
    if exposure.units == 0:
        return None
    if exposure.units < rules.units:
        return "few-units"
    if exposure.companies < rules.companies:
        return "few-companies"
    return "dominance" if _dominated(exposure, total_s, rules) else None


def _dominated(exposure: Exposed, total_s: int, rules: Rules) -> bool:
    if exposure.units - exposure.largest_units < rules.rest_units:
        return True
    return any(slack < 0 for slack in slacks(exposure, total_s, rules))


def changes_tell(changed: Exposed, rules: Rules) -> bool:
    """Whether what changed is so little that the difference of two vintages tells on somebody."""
    few = 0 < changed.units < rules.units
    one_sided = changed.units - changed.largest_units < rules.rest_units
    return changed.units > 0 and (few or one_sided or changed.companies < rules.companies)


def slacks(exposure: Exposed, total_s: int, rules: Rules) -> tuple[int, int, int, int]:
    """By how much, in hundredths, a cell keeps the four rules of dominance: of the largest and of
    the two largest, in units and in seconds. Below nought is broken. Sums of cells have at least
    the sum of their slacks, since the largest of a sum has at most what the largest have."""
    units, one, two = exposure.units, rules.largest_pct, rules.two_largest_pct
    second = exposure.largest_units + exposure.second_units
    second_s = exposure.largest_s + exposure.second_s
    return (
        one * units - 100 * exposure.largest_units,
        two * units - 100 * second,
        one * total_s - 100 * exposure.largest_s,
        two * total_s - 100 * second_s,
    )
