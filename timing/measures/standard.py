"""Standardised means: what each place's mean would be if all had the same mix of traffic.

A place with few inspections looks fast for its mix, not for its work. Direct standardisation
weighs the means of its strata (mode, inspected or not, advance declaration or not) by the common
mix in place of its own
(https://support.sas.com/documentation/cdl/en/statug/68162/HTML/default/statug_stdrate_details14.htm).
Weights are the same for every place, or nothing could be compared: thin strata are left out for
all, and a place without one of the rest is refused, not filled in.

Knows printed figures by stratum; must never know what a stratum is made of.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from timing.measures.comparison import Rules, comparison
from timing.measures.intervals import combined, estimated
from timing.measures.ranking import TOO_FEW, Entry
from timing.series import rounded

Stratum = tuple[str, ...]
"""One word for each trait that is held alike."""

_MISSING: Final = "stratum-missing"


class Part(NamedTuple):
    """A stratum of a place, as printed: units, mean and standard deviation in hours."""

    n: int
    mean_h: Decimal
    sd_h: Decimal


class Standard(NamedTuple):
    """The mix that all are weighed by: the share of each stratum, which sum to 1, and how much of
    the units they were found from, in per cent, has a stratum here."""

    shares: Mapping[Stratum, Fraction]
    coverage_pct: Decimal


class Standardised(NamedTuple):
    """A place under the common mix, ready to be ranked, or refused for the strata it lacks."""

    entry: Entry
    missing: tuple[Stratum, ...] = ()


class NoStandard(Exception):
    """There is no mix that all could be weighed by; the message says why."""


def standard_of(units: Mapping[Stratum, int | None], rules: Rules | None = None) -> Standard:
    """The common mix, from the units of each stratum in all places together.

    A stratum whose number was suppressed counts as none: it is thin. Raises NoStandard where no
    units are known, or where what is left after the thin strata covers too little.
    """
    said = rules or comparison()
    known = {stratum: n for stratum, n in units.items() if n}
    total = sum(known.values())
    thick = {stratum: n for stratum, n in known.items() if n * 100 >= said.stratum_min_pct * total}
    kept = sum(thick.values())
    if not total or kept * 100 < said.coverage_min_pct * total:
        raise NoStandard(
            f"strata of at least {said.stratum_min_pct} % each hold {kept} of {total} units, and "
            f"{said.coverage_min_pct} % are asked for"
        )
    shares = {stratum: Fraction(thick[stratum], kept) for stratum in sorted(thick)}
    return Standard(shares, rounded(Fraction(kept * 100, total), 2))


def standardised(
    name: str,
    parts: Mapping[Stratum, Part | None],
    standard: Standard,
    rules: Rules | None = None,
) -> Standardised:
    """A place under the common mix. A part that is missing, suppressed or of too few units says
    nothing of its stratum; a place with such a one is refused. `n` counts the units that were used.
    """
    said = rules or comparison()
    usable = {
        stratum: part
        for stratum in standard.shares
        if (part := parts.get(stratum)) is not None and part.n >= said.stratum_n_min
    }
    n = sum(part.n for part in usable.values())
    if missing := tuple(stratum for stratum in standard.shares if stratum not in usable):
        return Standardised(Entry(name, n, None, None, _MISSING), missing)
    mean = sum(
        (share * Fraction(usable[stratum].mean_h) for stratum, share in standard.shares.items()),
        Fraction(0),
    )
    if n < said.n_min:
        return Standardised(Entry(name, n, rounded(mean, 2), None, TOO_FEW))
    weighted = combined(
        (
            Decimal(share.numerator) / share.denominator,
            estimated(*usable[stratum], said.design_effect),
        )
        for stratum, share in standard.shares.items()
    )
    return Standardised(Entry(name, n, rounded(mean, 2), weighted))
