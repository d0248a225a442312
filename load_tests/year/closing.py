"""The months of the year counted: what it takes to land cohorts, freeze, hash and count each.

Under a name of its own, which is forgotten again: nothing is published here.
"""

from collections.abc import Iterator
from time import perf_counter
from typing import NamedTuple

from portclock.vintages import counted_now
from reports.cells import count_cells
from reports.cohorts import land_cohorts
from reports.datasets import with_rest
from reports.freezing import forget, freeze
from reports.frozen import hashed
from reports.tables import Tables
from timing.commitments.period import Period
from timing.patience import Patience


class Measured(NamedTuple):
    """One month: how much there was of what, and what each part took in seconds."""

    month: str
    visits: int
    facts: int
    cells: int
    landed_s: float
    frozen_s: float
    hashed_s: float
    counted_s: float


def measure(tables: Tables, periods: list[Period]) -> Iterator[Measured]:
    """Each month in turn; what is counted is what `portclock vintage close` counts."""
    datasets = with_rest(counted_now(None))
    for period in periods:
        name = f"measured-{period.name}"
        forget(tables, name)
        began = perf_counter()
        visits = land_cohorts(tables, period, Patience())
        landed = perf_counter()
        freeze(tables, name, period)
        frozen = perf_counter()
        facts, _ = hashed(tables, name)
        hashes = perf_counter()
        cells = sum(len(count_cells(tables, [name], one)) for one in datasets)
        counted = perf_counter()
        forget(tables, name)
        took = landed - began, frozen - landed, hashes - frozen, counted - hashes
        yield Measured(period.name, visits, facts, cells, *took)
