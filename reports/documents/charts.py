"""Three pictures of hours: means beside marks, parts that add up, and how values are spread.

A picture says nothing that the table beside it does not. Knows hours and labels; must never know a
port, a stage or a language.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from reports.documents.picture import (
    LABELS,
    PALE,
    ROW,
    TONES,
    TOP,
    WIDE,
    Scale,
    axis,
    bar,
    drawn,
    faint,
    line,
    scale,
    text,
)

_HALF = Decimal(ROW) / 2


class Bar(NamedTuple):
    """A value with `words` beside it, and an older one as a mark; no value: only the words."""

    label: str
    hours: Decimal | None
    words: str
    mark: Decimal | None = None


class Stack(NamedTuple):
    """Parts of a whole, in the order of the series; `words` stand beside it."""

    label: str
    parts: tuple[Decimal, ...]
    words: str


class Spread(NamedTuple):
    """P10, P25, median, P75 and P90 of values, and their mean."""

    label: str
    ranks: tuple[Decimal, Decimal, Decimal, Decimal, Decimal]
    mean: Decimal
    words: str


def bars(rows: Sequence[Bar], unit: str) -> str:
    """Means as bars, with a mark where an older value stood."""
    known = [h for row in rows for h in (row.hours, row.mark) if h is not None]
    along = scale(max(known, default=Decimal(1)))
    parts = axis(along, _bottom(len(rows)), unit)
    for at, row in enumerate(rows):
        parts += _row(at, row.label, row.words)
        if row.hours is not None:
            parts.append(_box(along, at, (Decimal(0), row.hours), ("tone0", TONES[0])))
        if row.mark is not None:
            parts.append(_mark(along, at, row.mark))
    return drawn(parts, _bottom(len(rows)) + 6)


def stacks(rows: Sequence[Stack], series: Sequence[str], unit: str) -> str:
    """Parts one after the other, in as many tones as there are series (at most four)."""
    along = scale(max((sum(row.parts, Decimal(0)) for row in rows), default=Decimal(1)))
    bottom = _bottom(len(rows))
    parts = axis(along, bottom, unit)
    for at, row in enumerate(rows):
        parts += _row(at, row.label, row.words)
        begin = Decimal(0)
        for number, one in enumerate(row.parts):
            tone = (f"tone{number}", TONES[number])
            parts.append(_box(along, at, (begin, begin + one), tone))
            begin += one
    return drawn([*parts, *_legend(series, bottom)], bottom + 28)


def spreads(rows: Sequence[Spread], unit: str) -> str:
    """From P10 to P90 a line, from P25 to P75 a box, the median a stroke, the mean a dot."""
    along = scale(max((max(*row.ranks, row.mean) for row in rows), default=Decimal(1)))
    parts = axis(along, _bottom(len(rows)), unit)
    for at, row in enumerate(rows):
        parts += [*_row(at, row.label, row.words), *_spread(along, at, row)]
    return drawn(parts, _bottom(len(rows)) + 6)


def _spread(along: Scale, at: int, row: Spread) -> list[str]:
    low, first, median, third, high = row.ranks
    middle = TOP + ROW * at + _HALF
    dot = f'<circle class="ink" cx="{along.place(row.mean)}" cy="{middle}" r="3.5" fill="#1b2733"/>'
    return [
        line((along.place(low), middle), (along.place(high), middle), "stroke", "1"),
        _box(along, at, (first, third), ("pale", PALE)),
        _mark(along, at, median),
        dot,
    ]


def _row(at: int, label: str, words: str) -> list[str]:
    y = TOP + ROW * at + _HALF + Decimal("4.5")
    return [text(LABELS - 10, y, label, anchor="end"), text(WIDE, y, words, anchor="end")]


def _box(along: Scale, at: int, ends: tuple[Decimal, Decimal], tone: tuple[str, str]) -> str:
    top = Decimal(TOP + ROW * at + 4)
    return bar((along.place(ends[0]), top, along.place(ends[1]), top + ROW - 9), *tone)


def _mark(along: Scale, at: int, hours: Decimal) -> str:
    x, top = along.place(hours), Decimal(TOP + ROW * at + 2)
    return line((x, top), (x, top + ROW - 4), "stroke", "2")


def _legend(series: Sequence[str], bottom: int) -> list[str]:
    parts, width = list[str](), (WIDE - LABELS) // max(len(series), 1)
    for at, name in enumerate(series):
        x, top = Decimal(LABELS + width * at), Decimal(bottom + 10)
        parts.append(bar((x, top, x + 11, top + 11), f"tone{at}", TONES[at]))
        parts.append(faint(x + 16, top + 10, name, anchor="start"))
    return parts


def _bottom(rows: int) -> int:
    return TOP + ROW * rows
