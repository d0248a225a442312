"""A place's mean beside what it was: in 2017, the month before, a year before.

Every cut follows from the two means as printed, as in the published series. Knows cells of two or
three vintages and baselines; must never know a language.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from reports.baselines import NATIONAL, Baselines
from reports.documents.sheet import Publication, Sheet, hours_of
from reports.shapes import PublishedCell
from timing.measures.change import Change, change

DIRECTIONS: Final = ("import", "export")
EVERYWHERE: Final = ""
"""Stands for all ports together, which are held against the national baseline."""


class Months(NamedTuple):
    """What a bulletin is made of: its month, those it is held against where they were published,
    and local baselines."""

    now: Publication
    month_before: Publication | None = None
    year_before: Publication | None = None
    baselines: Baselines = Baselines()


class Compared(NamedTuple):
    """A place (all of them: the empty word), its cell, and its changes as far as they are known."""

    place: str
    cell: PublishedCell | None
    mean_h: Decimal | None
    baseline: Change | None
    month: Change | None
    year: Change | None


class Beside(NamedTuple):
    """The clearance cells of the three months, one direction."""

    direction: str
    now: Sheet
    month: Sheet | None
    year: Sheet | None
    baselines: Baselines

    def compared(self, kind: str, place: str) -> Compared:
        """One place of a kind (`port`, `province`), or all."""
        words = {"direction": self.direction, **({kind: place} if place else {})}
        cell = self.now.cell(**words)
        mean = hours_of(cell, "mean_h")
        baseline = self.baselines.hours(self.direction, place or NATIONAL)
        return Compared(
            place,
            cell,
            mean,
            _change(mean, baseline),
            _change(mean, _mean(self.month, words)),
            _change(mean, _mean(self.year, words)),
        )

    def each(self, kind: str) -> Iterator[Compared]:
        """All places of a kind that have a cell, by code."""
        for place in self.now.words(kind, direction=self.direction):
            yield self.compared(kind, place)


def beside(months: Months, direction: str) -> Beside:
    """What a direction's places are compared from."""
    return Beside(
        direction,
        months.now.sheet("clearance"),
        _sheet(months.month_before),
        _sheet(months.year_before),
        months.baselines,
    )


def _sheet(of: Publication | None) -> Sheet | None:
    return None if of is None else of.sheet("clearance")


def _change(now: Decimal | None, before: Decimal | None) -> Change | None:
    return None if now is None or before is None else change(now, before)


def _mean(sheet: Sheet | None, words: dict[str, str]) -> Decimal | None:
    return None if sheet is None else hours_of(sheet.cell(**words), "mean_h")
