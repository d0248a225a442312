"""What Grafana makes of an answer, and the rules that an answer must keep for it.

The plugin hands rows to Grafana's SQL library: as a table, or as lines, where the first time column
is the axis, text is a label and every other column a value. Must never know a board.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

Value = Any
"""A number, a text, an aware datetime, or None."""


class Answer(NamedTuple):
    """Columns with their ClickHouse types, and rows."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Value, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(name for name, _ in self.columns)


Run = Callable[[str], Answer]
"""Runs one statement on a ClickHouse engine; raises what that raises."""


def is_time(kind: str) -> bool:
    """Whether a type is a time, nullable or not."""
    return kind.removeprefix("Nullable(").startswith("DateTime")


def is_text(kind: str) -> bool:
    """Whether a type is text, of which labels are made."""
    bare = kind.replace("LowCardinality(", "").replace("Nullable(", "")
    return bare.startswith("String")


def line_complaints(answer: Answer) -> Iterator[str]:
    """Where rows could not be drawn as lines: no time, null, not sorted, one label twice."""
    times = [place for place, (_, kind) in enumerate(answer.columns) if is_time(kind)]
    if not times:
        yield "there is no time column"
        return
    moments = [row[times[0]] for row in answer.rows]
    if any(not isinstance(moment, datetime) for moment in moments):
        yield "a time is null"
        return
    if any(later < earlier for earlier, later in pairwise(moments)):
        yield "rows are not sorted by time"
    labels = [place for place, (_, kind) in enumerate(answer.columns) if is_text(kind)]
    yield from _twice([(row[times[0]], *(row[place] for place in labels)) for row in answer.rows])


def alert_complaints(answer: Answer) -> Iterator[str]:
    """Where rows could not be the instances of an alert: one number each, told apart by texts."""
    if any(is_time(kind) for _, kind in answer.columns):
        yield "a time column makes lines of what should be instances"
    labels = [place for place, (_, kind) in enumerate(answer.columns) if is_text(kind)]
    if len(answer.columns) - len(labels) != 1:
        yield "there must be exactly one number"
    yield from _twice([tuple(row[place] for place in labels) for row in answer.rows])


def _twice(keys: Sequence[tuple[Value, ...]]) -> Iterator[str]:
    if len(set(keys)) < len(keys):
        yield "two rows have the same labels"
