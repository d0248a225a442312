"""Where the time goes: a whole stay by its stages, in parts that add up as printed.

Means of one set of visits add up exactly; once rounded they may miss the whole by a hundredth or
two. What is printed is brought back to it (`apportioned`). Must never know a language.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from reports.documents.sheet import Sheet, count_of, hours_of
from reports.documents.writing import apportioned
from timing.stages import CHAINS


class Split(NamedTuple):
    """One port (all of them: the empty word). `parts_h` stand in the order of the stages and sum
    to `whole_h`; without figures, the cell was withheld."""

    port: str
    parts_h: tuple[Decimal, ...]
    whole_h: Decimal | None
    n: int | None


class Splitting(NamedTuple):
    """A direction: the stages in their order, all ports together, and each port, the shortest stay
    first and those without figures last."""

    stages: tuple[str, ...]
    together: Split
    ports: tuple[Split, ...]


def splitting(sheet: Sheet, direction: str) -> Splitting:
    """The split of a direction. Raises KeyError for a direction that has no chain of stages."""
    stages, whole = chain(direction)
    together, *ports = _splits(sheet, direction, (*stages, whole))
    ports.sort(key=lambda one: (one.whole_h is None, one.whole_h or 0, one.port))
    return Splitting(stages, together, tuple(ports))


def chain(direction: str) -> tuple[tuple[str, ...], str]:
    """The stages of a whole stay in their order, and the whole."""
    for one in CHAINS:
        if direction in (one.whole.directions or ()):
            return tuple(stage.id for stage in one.stages), one.whole.id
    raise KeyError(f"a stay of direction {direction!r} has no chain of stages")


def _splits(sheet: Sheet, direction: str, stages: tuple[str, ...]) -> Iterator[Split]:
    whole = stages[-1]
    for port in ("", *sheet.words("port", direction=direction, stage=whole)):
        words = {"direction": direction, **({"port": port} if port else {})}
        cells = [sheet.cell(stage=stage, **words) for stage in stages]
        means = [hours_of(cell, "mean_h") for cell in cells]
        known = [mean for mean in means if mean is not None]
        if len(known) < len(stages):
            yield Split(port, (), None, count_of(cells[-1], "n"))
        else:
            parts = apportioned(known[:-1], known[-1])
            yield Split(port, parts, known[-1], count_of(cells[-1], "n"))
