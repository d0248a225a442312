"""Baselines: what a place's clearance took in 2017, which cuts are measured against.

The national ones are those of `timing.series`. Local ones are a file of the same form that somebody
loads, each with the page where it was published: a port is never measured by another's baseline.
Knows published figures; must never know a cell.
"""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import ValidationError

from timing.series import Figure, series
from timing.written import Written

NATIONAL: Final = "national"
OVERALL: Final = {"import": "overall-clearance-import/1", "export": "overall-clearance-export/1"}
"""The definition of the overall clearance time of each direction."""


class BaselinesError(Exception):
    """The file of baselines cannot be used; the message names it and what is wrong."""


class Baselines(NamedTuple):
    """Local baselines as loaded, and the bytes they were read from."""

    figures: tuple[Figure, ...] = ()
    written: bytes = b""

    def of(self, direction: str, place: str) -> Figure | None:
        """The baseline of a place: `national`, or the code of a province or port."""
        if place == NATIONAL:
            return series().baseline(OVERALL[direction])
        for figure in self.figures:
            if (figure.definition, figure.place) == (OVERALL[direction], place):
                return figure
        return None

    def hours(self, direction: str, place: str) -> Decimal | None:
        """Its hours, as printed."""
        found = self.of(direction, place)
        return None if found is None else found.hours


class _File(Written):
    figure: tuple[Figure, ...]


def load_baselines(file: Path) -> Baselines:
    """Read local baselines. Raises BaselinesError naming the file and every finding."""
    try:
        written = file.read_bytes()
        return read_baselines(written)
    except OSError as error:
        raise BaselinesError(f"{file}: {error.strerror}; name a file of baselines") from error
    except BaselinesError as error:
        raise BaselinesError(f"{file}: {error}") from error


def read_baselines(written: bytes) -> Baselines:
    """The same from bytes, as a published folder keeps them; none from no bytes."""
    try:
        document = tomllib.loads(written.decode("utf-8"), parse_float=Decimal)
        found = _File.model_validate(document).figure if written else ()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BaselinesError(f"not TOML: {error}") from error
    except ValidationError as error:
        said = (f"  {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise BaselinesError("correct these keys:\n" + "\n".join(said)) from error
    _refuse_others(found)
    return Baselines(found, written)


def _refuse_others(figures: tuple[Figure, ...]) -> None:
    for figure in figures:
        if figure.status != "baseline" or figure.definition not in OVERALL.values():
            raise BaselinesError(
                f"{figure.place} {figure.period} is no baseline of the overall clearance time; "
                f'write status = "baseline" and one of {", ".join(OVERALL.values())}'
            )
    named = [(figure.definition, figure.place) for figure in figures]
    if twice := {f"{place} ({id})" for id, place in named if named.count((id, place)) > 1}:
        raise BaselinesError(f"{', '.join(sorted(twice))} stands there twice; keep one")
