"""Cells that a vintage shows with the figures of the one before: too few units have changed.

Disclosure control carries them so, and says nothing of it where anybody could read it. What a later
span takes from such a month is another number than the one shown, so the cell counts as hidden
there, and what must not come out of it are the facts that changed. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence

from reports.shapes import Cell, Key, PublishedCell
from timing.measures.printed import figures_of


def carried(counted: Iterable[Cell], shown: Iterable[PublishedCell]) -> frozenset[Key]:
    """The keys of cells whose figures are not those of their own facts."""
    summaries = {cell.key: cell.summary for cell in counted}
    found = set()
    for cell in shown:
        own = figures_of(summaries[cell.key]) if cell.key in summaries else {}
        if any(own.get(name) != value for name, value in cell.figures.items()):
            found.add(cell.key)
    return frozenset(found)


def without_carried(
    shown: Mapping[str, Sequence[PublishedCell]], keys: Mapping[str, frozenset[Key]]
) -> dict[str, list[PublishedCell]]:
    """What is shown by dataset, without those cells."""
    return {
        name: [cell for cell in cells if cell.key not in keys.get(name, frozenset())]
        for name, cells in shown.items()
    }


def with_changes(
    counted: Iterable[Cell], keys: frozenset[Key], changed: Iterable[Cell]
) -> list[Cell]:
    """The cells as counted; those carried have the exposure of what changed in them."""
    exposures = {cell.key: cell.exposure for cell in changed}
    return [
        cell._replace(exposure=exposures.get(cell.key, cell.exposure)) if cell.key in keys else cell
        for cell in counted
    ]
