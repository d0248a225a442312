"""How surely a mean is known: intervals from what is printed of it, in exact decimals.

Knows a cell's n, mean and standard deviation and nothing else, so that everybody can find the same
interval from the published cell. It must never know a unit, a place or a store.

Times are skewed: a few long ones carry much of the mean. The usual interval (mean and t times the
standard error) misses the truth too often then, and nearly always because it ends too low. So
Hall's transformation of t takes the skewness out (P. Hall, "On the removal of skewness by
transformation", J. R. Stat. Soc. B 54 (1992) 221-228). The skewness is that of a lognormal time
with this mean and deviation, 3c + c**3 for c = sd / mean, but never more than n values can show.
What was measured of it stands in docs/whatif.md.
"""

from collections.abc import Iterable
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import cache
from typing import Final, NamedTuple

from timing.series import rounded

_EXACT: Final = Context(prec=40)
_PI: Final = Decimal("3.14159265358979323846264338327950288419716939937510582")
_ENOUGH: Final = Decimal("1e-30")


class Estimate(NamedTuple):
    """A mean, and what is known of its error: its variance, its third cumulant, and the degrees of
    freedom behind the variance. In hours, hours squared and hours cubed."""

    mean: Decimal
    variance: Decimal
    third: Decimal
    freedom: Decimal


class Interval(NamedTuple):
    """Where a mean is, with a stated confidence; both ends belong to it, as printed."""

    low: Decimal
    high: Decimal

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two share a value; a common end is enough."""
        return self.low <= other.high and other.low <= self.high


def estimated(n: int, mean: Decimal, sd: Decimal, design_effect: Decimal = Decimal(1)) -> Estimate:
    """The estimate behind a printed cell, whose `sd` divides by n.

    `design_effect` is how many units tell as much as one independent one. Raises ValueError where
    there are too few of these to know any error.
    """
    with localcontext(_EXACT):
        alone = n / design_effect
        if alone <= 1:
            raise ValueError(f"{n} units with a design effect of {design_effect} have no error")
        spread = sd * sd * n / (n - 1)
        return Estimate(
            mean=mean,
            variance=spread / alone,
            third=_skewness(alone, mean, spread.sqrt()) * spread * spread.sqrt() / alone**2,
            freedom=alone - 1,
        )


def _skewness(n: Decimal, mean: Decimal, sd: Decimal) -> Decimal:
    """Of a lognormal time, bounded by the most that n values can have, (n - 2) / sqrt(n - 1)."""
    most = max(Decimal(0), n - 2) / (n - 1).sqrt()
    if mean <= 0:
        return Decimal(0)
    variation = sd / mean
    return min(3 * variation + variation**3, most)


def combined(parts: Iterable[tuple[Decimal, Estimate]]) -> Estimate:
    """The sum of independent estimates, each times its weight; -1 takes one from another.

    Degrees of freedom as Welch and Satterthwaite have them. Raises ValueError on no parts.
    """
    with localcontext(_EXACT):
        found = tuple(parts)
        if not found:
            raise ValueError("nothing to combine")
        variances = [weight**2 * one.variance for weight, one in found]
        variance = sum(variances, Decimal(0))
        shares = [part**2 / one.freedom for part, (_, one) in zip(variances, found, strict=True)]
        return Estimate(
            mean=sum((weight * one.mean for weight, one in found), Decimal(0)),
            variance=variance,
            third=sum((weight**3 * one.third for weight, one in found), Decimal(0)),
            freedom=variance**2 / sum(shares, Decimal(0))
            if variance
            else min(one.freedom for _, one in found),
        )


def interval(estimate: Estimate, confidence_pct: Decimal, places: int = 2) -> Interval:
    """Where the mean is with so much confidence, both ends rounded half up to so many decimals.

    A mean without spread is known exactly. Raises ValueError for a confidence not between 0 and
    100.
    """
    with localcontext(_EXACT):
        error = estimate.variance.sqrt()
        if error == 0:
            exactly = rounded(Fraction(estimate.mean), places)
            return Interval(exactly, exactly)
        t = student(Decimal("0.5") + confidence_pct / 200, estimate.freedom)
        skew = estimate.third / error**3
        low = estimate.mean - error * _untransformed(t, skew)
        high = estimate.mean - error * _untransformed(-t, skew)
    return Interval(rounded(Fraction(low), places), rounded(Fraction(high), places))


def _untransformed(t: Decimal, skew: Decimal) -> Decimal:
    """Which studentised error Hall's transformation makes t of: the inverse of
    x + skew x**2 / 3 + skew**2 x**3 / 27 + skew / 6."""
    if abs(skew) < _ENOUGH:
        return t
    return 3 / skew * (_cube_root(1 + skew * (t - skew / 6)) - 1)


def _cube_root(x: Decimal) -> Decimal:
    if x == 0:
        return x
    root = (abs(x).ln() / 3).exp()
    return root if x > 0 else -root


@cache
def student(probability: Decimal, freedom: Decimal) -> Decimal:
    """The quantile of Student's t, by its expansion in the normal one (Abramowitz and Stegun
    26.7.5). Right to two decimals from ten degrees of freedom on and up to 99.9 %."""
    with localcontext(_EXACT):
        z = normal(probability)
        return (
            z
            + (z**3 + z) / (4 * freedom)
            + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
            + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
            + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * freedom**4)
        )


@cache
def normal(probability: Decimal) -> Decimal:
    """The quantile of the normal distribution, by Newton's method: the same digits everywhere.

    Raises ValueError for a probability that is not between 0 and 1.
    """
    if not 0 < probability < 1:
        raise ValueError(f"a probability lies between 0 and 1, not at {probability}")
    if probability < Decimal("0.5"):
        return -normal(1 - probability)
    with localcontext(_EXACT):
        z, step = Decimal(0), Decimal(1)
        while abs(step) > _ENOUGH:
            step = (probability - _below(z)) / _density(z)
            z += step
        return z


def _density(z: Decimal) -> Decimal:
    return (-z * z / 2).exp() / (2 * _PI).sqrt()


def _below(z: Decimal) -> Decimal:
    """How much of the normal distribution lies below z (Abramowitz and Stegun 26.2.11)."""
    term, total, odd = z, z, 1
    while abs(term) > _ENOUGH:
        odd += 2
        term = term * z * z / odd
        total += term
    return Decimal("0.5") + _density(z) * total
