"""Ranks of ports: by their means, and by what their means would be with the traffic of all.

The arithmetic is that of timing.measures; here it is fed from published cells. Must never know a
language.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from reports.documents.sheet import Sheet, count_of, hours_of
from timing.measures.ranking import Entry, Place, entry, ranked
from timing.measures.standard import (
    NoStandard,
    Part,
    Standard,
    Stratum,
    standard_of,
    standardised,
)

STRATA: Final = ("inspected", "advance")
"""What is held alike: inspected or not, declared ahead or not. They are published crossed with
ports; the mode of transport is not, so it is shown beside."""


class Standardising(NamedTuple):
    """The common mix, and the places under it, ranked; refused ones last."""

    standard: Standard
    places: tuple[Place, ...]


def ranks(sheet: Sheet, direction: str) -> Mapping[str, Place]:
    """The places of all ports of a direction by code, the fastest first."""
    found = ranked(
        entry(
            port,
            count_of(cell, "n"),
            hours_of(cell, "mean_h"),
            hours_of(cell, "sd_h"),
        )
        for port in sheet.words("port", direction=direction)
        if (cell := sheet.cell(direction=direction, port=port))
    )
    return {place.name: place for place in found}


def standardising(sheet: Sheet, direction: str) -> Standardising | None:
    """The same under the common mix, or None where there is no such mix."""
    strata = _strata(sheet, direction)
    units = {
        s: count_of(sheet.cell(direction=direction, **named), "n") for s, named in strata.items()
    }
    try:
        standard = standard_of(units)
    except NoStandard:
        return None
    ports = sheet.words("port", direction=direction)
    entries = [_under(sheet, direction, port, standard) for port in ports]
    return Standardising(standard, ranked(entries))


def _under(sheet: Sheet, direction: str, port: str, standard: Standard) -> Entry:
    parts = {
        stratum: _part(sheet, direction=direction, port=port, **named)
        for stratum, named in _strata(sheet, direction).items()
    }
    return standardised(port, parts, standard).entry


def _strata(sheet: Sheet, direction: str) -> dict[Stratum, dict[str, str]]:
    return {
        (inspected, advance): {"inspected": inspected, "advance": advance}
        for inspected in sheet.words("inspected", direction=direction)
        for advance in sheet.words("advance", direction=direction)
    }


def _part(sheet: Sheet, **words: str) -> Part | None:
    cell = sheet.cell(**words)
    n, mean, sd = count_of(cell, "n"), hours_of(cell, "mean_h"), hours_of(cell, "sd_h")
    return None if n is None or mean is None or sd is None else Part(n, mean, sd)
