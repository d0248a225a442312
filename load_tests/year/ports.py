"""The ports of the year: how each differs, and how many of all visits it has in a month.

Knows ports.toml; must never know an event.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from timing.commitments.period import Period, month

PORTS: Final = Path(__file__).parent / "ports.toml"
MONTHS: Final = 12
CHUNK_VISITS: Final = 2_000
"""Visits that are told, judged and stored at once: some 60 MB, and inserts of 20,000 rows."""

Share = Annotated[float, Field(ge=0, le=1)]


class PortOfYear(BaseModel):
    """One port; the keys are explained in ports.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    weight: float
    mean_h: float
    inspected: Share
    advance: Share
    exports: Share
    air: Share
    rail: Share
    companies: Annotated[int, Field(ge=1)]
    facilities: Annotated[tuple[str, ...], Field(min_length=1)]


class Chunk(NamedTuple):
    """Some visits that open in one month at one port: numbers from `first` to before `until`."""

    port: PortOfYear
    period: Period
    trend: float
    first: int
    until: int


@cache
def ports() -> tuple[PortOfYear, ...]:
    """The ports of the file."""
    rows = tomllib.loads(PORTS.read_text(encoding="utf-8"))["port"]
    return tuple(map(PortOfYear.model_validate, rows))


def chunks(year: int, visits: int) -> list[Chunk]:
    """So many visits of a year, dealt to ports and months. Over the year, times get a tenth shorter
    and the months differ in volume; every port has some visits in every month.

    In rounds: one chunk of every port and month, then another of each. So whatever has landed when
    it is cut off is a year too, of fewer visits.
    """
    dealt = list(_dealt(year, visits))
    return [chunk for _, chunk in sorted(dealt, key=lambda one: one[0])]


def _dealt(year: int, visits: int) -> Iterator[tuple[int, Chunk]]:
    """Every chunk, with its place among those of its port and month."""
    total = sum(port.weight for port in ports())
    number = 0
    for port in ports():
        for place in range(MONTHS):
            season = 0.9 + 0.2 * ((place * 5) % MONTHS) / (MONTHS - 1)
            here = max(3, round(visits * port.weight / total / MONTHS * season))
            period, trend = month(f"{year}-{place + 1:02d}"), 1 - 0.1 * place / (MONTHS - 1)
            for at, first in enumerate(range(number, number + here, CHUNK_VISITS)):
                until = min(first + CHUNK_VISITS, number + here)
                yield at, Chunk(port, period, trend, first, until)
            number += here
