"""The timeline of a story: lanes of blocks, in percent of the time that is drawn. Pure.

Knows a story document; must never know markup, colours or words.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from events.instants import parse_instant
from serving.asks import Document
from timing.story.words import DAY_S, HOUR_S, MINUTE_S
from timing.written import LOCAL_TIME

MARKS_MAX: Final = 7
STRIDES_S: Final = (
    *(n * MINUTE_S for n in (1, 2, 5, 10, 15, 30)),
    *(n * HOUR_S for n in (1, 2, 3, 6, 12)),
    *(n * DAY_S for n in (1, 2, 7, 14, 30, 90, 365)),
)
"""What may lie between two marks of the axis."""
NARROWEST: Final = 0.4
"""Percent: a block of a minute in a stay of a week is still seen."""


class Block(NamedTuple):
    """A stretch of one lane. `what` is counted, held, rested or over."""

    what: str
    x: float
    width: float


class Lane(NamedTuple):
    """One stage: `number` is its place among the stages of the document."""

    number: int
    stage: Document
    opened_at: int
    until: int
    blocks: tuple[Block, ...]
    due: float | None


class Mark(NamedTuple):
    """A mark of the axis."""

    at: int
    x: float


class Drawing(NamedTuple):
    """All lanes, the marks, and where the events lie."""

    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    events: tuple[float, ...]


class Span(NamedTuple):
    """The time that is drawn, in epoch seconds."""

    start: int
    end: int

    def x(self, at: int) -> float:
        """Where an instant lies, in percent; outside falls on the edge."""
        share = (at - self.start) / max(1, self.end - self.start)
        return round(min(max(share, 0.0), 1.0) * 100, 2)


def instant(text: str) -> int:
    """Epoch seconds of an instant of a document."""
    return int(parse_instant(text).timestamp())


def drawing(document: Document) -> Drawing:
    """The lanes of a story; where several limits judge one stage, the first of them draws it."""
    judged_at = instant(document["judged_up_to"])
    drawn: dict[tuple[str, int], int] = {}
    for number, stage in enumerate(document["stages"]):
        outcome = stage["outcome"]
        drawn.setdefault((outcome["stage"], outcome["occurrence"]), number)
    numbers = list(drawn.values())
    span = _span([document["stages"][number] for number in numbers], judged_at)
    return Drawing(
        tuple(_lane(number, document["stages"][number], span, judged_at) for number in numbers),
        tuple(marks(span)),
        tuple(sorted({span.x(instant(event["occurred_at"])) for event in document["events"]})),
    )


def _span(stages: Sequence[Document], judged_at: int) -> Span:
    starts = [instant(stage["outcome"]["opened_at"]) for stage in stages]
    ends = [_until(stage, judged_at) for stage in stages]
    ends += [
        instant(stage["outcome"]["deadline_at"])
        for stage in stages
        if stage["outcome"]["deadline_at"] is not None
    ]
    return Span(min(starts), max(ends))


def _until(stage: Document, judged_at: int) -> int:
    closed = stage["outcome"]["closed_at"]
    opened = instant(stage["outcome"]["opened_at"])
    return max(opened, judged_at) if closed is None else instant(closed)


def _lane(number: int, stage: Document, span: Span, judged_at: int) -> Lane:
    outcome = stage["outcome"]
    opened_at, until = instant(outcome["opened_at"]), _until(stage, judged_at)
    due_at = None if outcome["deadline_at"] is None else instant(outcome["deadline_at"])
    over = outcome["verdict"] == "breached" and due_at is not None and due_at < until
    blocks = [*_blocks(stage, span)] or [_block("counted", opened_at, until, span)]
    if over and due_at is not None:
        blocks.append(_block("over", due_at, until, span))
    return Lane(
        number, stage, opened_at, until, tuple(blocks), None if due_at is None else span.x(due_at)
    )


def _blocks(stage: Document, span: Span) -> Iterator[Block]:
    """What counts is drawn last, so that a short stretch of it is not hidden by a neighbour."""
    found = [(_what(step), instant(step["from"]), instant(step["to"])) for step in stage["steps"]]
    for wanted in ("rested", "held", "counted"):
        for what, start, end in found:
            if what == wanted:
                yield _block(what, start, end, span)


def _what(step: Document) -> str:
    if step["rests"]:
        return "rested"
    return "counted" if step["counts"] else "held"


def _block(what: str, start: int, end: int, span: Span) -> Block:
    x = span.x(start)
    width = max(NARROWEST, round(span.x(end) - x, 2))
    return Block(what, min(x, 100 - width), width)


def marks(span: Span) -> Iterator[Mark]:
    """Marks at round times of the port, at most `MARKS_MAX` of them."""
    length = max(1, span.end - span.start)
    stride = next((one for one in STRIDES_S if length / one < MARKS_MAX), length)
    offset = int(LOCAL_TIME.utcoffset(None).total_seconds())
    first = -(-(span.start + offset) // stride) * stride - offset
    for at in range(first, span.end + 1, stride):
        yield Mark(at, span.x(at))
