"""Kept: whether what was promised of many was kept in a period, in numbers that add up.

Every unit or call that a promise speaks of is judged or left out with a reason, and the two sum to
the cohort. On nothing, nothing is kept. Knows promises and facts; reads no file and no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from timing.commitments import ships, units
from timing.commitments.facts import Facts
from timing.commitments.measure import Measure
from timing.commitments.period import Period
from timing.commitments.promise import BracketPromise, CallPromise, RatePromise, UnitPromise
from timing.kinds.limit import Limit


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise and what it came to. A percentile has a measure per point, anything else one."""

    promise: UnitPromise | CallPromise
    period: Period
    measures: tuple[Measure, ...]

    @property
    def kept(self) -> bool | None:
        """Whether every measure keeps its bound; None if none is broken but one is on nothing."""
        said = {measure.kept for measure in self.measures}
        if False in said:
            return False
        return None if None in said else True


def kept(
    promise: UnitPromise | CallPromise,
    facts: Facts,
    period: Period,
    limits: Mapping[str, Limit] | None = None,
) -> Kept:
    """Evaluate one promise over the facts of its port that began while its edition was in force.

    `limits` are those of its edition, by id. Raises KeyError if it is about one that is not there.
    """
    if isinstance(promise, RatePromise | BracketPromise):
        return Kept(promise, period, ships.measures(promise, facts, period))
    return Kept(promise, period, units.measures(promise, facts, period, limits or {}))
