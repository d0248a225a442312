"""A small drawing of a visit: one line for each stage, one column for a stretch of time. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from timing.story.chapters import Chapter
from timing.story.sums import Step

RAN, HELD, RESTED, DUE, NOTHING = "━", "╌", "·", "┊", " "
"""Time that counts, that somebody else holds, outside working time; the deadline; none of these."""


class Scale(NamedTuple):
    """Columns of equal length from `start` to `end`, in epoch seconds."""

    start: int
    end: int
    columns: int

    def column(self, at: int) -> int:
        """The column of an instant; those outside fall on the edge."""
        share = (at - self.start) * self.columns // max(1, self.end - self.start)
        return min(max(share, 0), self.columns - 1)


class Row(NamedTuple):
    """One line: whose, and one character per column."""

    chapter: Chapter
    cells: str


def scale(chapters: Sequence[Chapter], columns: int) -> Scale:
    """From the first beginning to the last end or deadline of what is drawn."""
    starts = [c.finding.occurrence.opened_at for c in chapters]
    ends = [c.until for c in chapters] + [c.finding.deadline_at or 0 for c in chapters]
    return Scale(min(starts), max(ends), columns)


def rows(chapters: Sequence[Chapter], drawn_on: Scale) -> list[Row]:
    """The chapters, each on its line. What is shorter than a column fills one."""
    return [Row(chapter, _cells(chapter, drawn_on)) for chapter in chapters]


def _cells(chapter: Chapter, drawn_on: Scale) -> str:
    cells = [NOTHING] * drawn_on.columns
    for mark, steps in _by_mark(chapter.sum.steps):
        for step in steps:
            first, last = drawn_on.column(step.start), drawn_on.column(step.end - 1)
            cells[first : last + 1] = mark * (last - first + 1)
    if not chapter.sum.steps:
        cells[drawn_on.column(chapter.until)] = RAN
    if chapter.finding.deadline_at is not None:
        cells[drawn_on.column(chapter.finding.deadline_at)] = DUE
    return "".join(cells)


def _by_mark(steps: Sequence[Step]) -> Iterable[tuple[str, list[Step]]]:
    """What counts is drawn last, so that a short stretch of it is not hidden by a neighbour."""
    yield RESTED, [step for step in steps if step.rests]
    yield HELD, [step for step in steps if not step.rests and not step.counts]
    yield RAN, [step for step in steps if step.counts]
