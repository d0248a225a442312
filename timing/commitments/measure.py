"""A measure: one number over a cohort, beside its bound and with everything that it leaves out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from timing.verdict import at_least, at_most

Sense = Literal["at-least", "at-most"]

FEW = 24
"""Fewer than so many is little to go by. The Container Port Performance Index asks as much of a
port's year; we ask it of any figure, and show the number instead of hiding the figure."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What is promised of a measure. `of` tells the measures of one promise apart (`PT30M`).

    `per`: the value is the numerator times this over the denominator (3600: per hour of seconds).
    """

    value: Fraction
    sense: Sense
    unit: Literal["share", "seconds", "boxes-per-hour"]
    of: str = ""
    per: int = 1


@dataclass(frozen=True, slots=True)
class Measure:
    """`judged` units or calls gave numerator and denominator; `left_out` says why others did not.

    Together they are the cohort.
    """

    bound: Bound
    numerator: int
    denominator: int
    judged: int
    left_out: Mapping[str, int]

    @property
    def value(self) -> Fraction | None:
        """The exact value; None on nothing."""
        if self.denominator == 0:
            return None
        return Fraction(self.numerator * self.bound.per, self.denominator)

    @property
    def kept(self) -> bool | None:
        """Whether the bound holds; None on nothing: what was not measured was not kept."""
        if self.value is None:
            return None
        holds = at_least if self.bound.sense == "at-least" else at_most
        return holds(self.value, self.bound.value)

    @property
    def few(self) -> bool:
        """Whether the number is little to go by."""
        return self.judged < FEW

    @property
    def cohort(self) -> int:
        """All units or calls that the promise speaks of in the period."""
        return self.judged + sum(self.left_out.values())


def share(bound: Bound, kept: Iterable[bool | str]) -> Measure:
    """A share: per unit whether it counts for the numerator, or the reason why it is left out."""
    counts = Counter(kept)
    hits, judged = counts[True], counts[True] + counts[False]
    return Measure(bound, hits, judged, judged, _reasons(counts))


def ratio(bound: Bound, parts: Iterable[tuple[int, int] | str]) -> Measure:
    """A ratio of sums: per unit what it adds above and below, or why it is left out."""
    told = list(parts)
    pairs = [part for part in told if not isinstance(part, str)]
    above, below = sum(a for a, _ in pairs), sum(b for _, b in pairs)
    reasons = Counter(part for part in told if isinstance(part, str))
    return Measure(bound, above, below, len(pairs), _reasons(reasons))


def _reasons(counts: Mapping[bool | str, int] | Mapping[str, int]) -> dict[str, int]:
    return {reason: counts[reason] for reason in sorted(r for r in counts if isinstance(r, str))}
