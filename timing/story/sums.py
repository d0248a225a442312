"""The arithmetic of one occurrence: its time cut into steps, each of which counts or does not.

The steps are laid by the same holds and the same calendar as the verdict, but summed by themselves,
so that a story and a verdict that part ways are noticed. Must never know a limit.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from events.vocabulary import Party
from timing.dwell import Clock, Stretch
from timing.holds import excuses
from timing.stages import Answers
from timing.story.words import Sentence


class Step(NamedTuple):
    """[start, end) of an occurrence, in epoch seconds. `party` held it; nobody, if None.

    `rests`: outside the working time of the calendar. `counts`: against the allowance.
    """

    start: int
    end: int
    party: Party | None
    rests: bool
    counts: bool

    @property
    def took_s(self) -> int:
        """Its length."""
        return self.end - self.start


class Sum(NamedTuple):
    """The steps, in order, and what they come to."""

    steps: tuple[Step, ...]

    @property
    def gross_s(self) -> int:
        """All of it."""
        return sum(step.took_s for step in self.steps)

    @property
    def worked_s(self) -> int:
        """What the calendar counts, held or not."""
        return sum(step.took_s for step in self.steps if not step.rests)

    @property
    def net_s(self) -> int:
        """What counts against the allowance."""
        return sum(step.took_s for step in self.steps if step.counts)

    def held_s(self) -> dict[Party, int]:
        """Held time by party."""
        held: dict[Party, int] = {}
        for step in self.steps:
            if step.party is not None:
                held[step.party] = held.get(step.party, 0) + step.took_s
        return held


def why(step: Step, clock: Clock) -> Sentence:
    """Why a step counts, or why it does not."""
    if step.rests:
        return Sentence("rested", {})
    if step.party is not None:
        return Sentence("own" if step.counts else "held", {"party": step.party})
    booked = any(begin <= step.start and step.end <= end for begin, end in clock.booked)
    return Sentence("overtime" if booked else "ran", {})


def summed(parts: Iterable[Stretch], answers: Answers, until: int, clock: Clock) -> Sum:
    """Cut the stretches of an occurrence, up to `until` where they are open, into steps."""
    pieces = (piece for part in parts for piece in _pieces(part, until))
    return Sum(tuple(step for piece in pieces for step in _steps(piece, answers, clock)))


class _Piece(NamedTuple):
    """Time held by one party, or by nobody."""

    start: int
    end: int
    party: Party | None


def _pieces(part: Stretch, until: int) -> Iterator[_Piece]:
    (cursor, finish), slices = part
    finish = until if finish is None else min(finish, until)
    for start, end, party in slices:
        end = finish if end is None else min(end, finish)
        for piece in (_Piece(cursor, min(start, finish), None), _Piece(start, end, party)):
            if piece.start < piece.end:
                yield piece
        cursor = max(cursor, end)
    if cursor < finish:
        yield _Piece(cursor, finish, None)


def _steps(piece: _Piece, answers: Answers, clock: Clock) -> Iterator[Step]:
    start, end, party = piece
    counts = party is None or not excuses(party, answers)
    cursor = start
    for begin, to in clock.calendar.working(start, end, clock.booked):
        if cursor < begin:
            yield Step(cursor, begin, party, True, False)
        yield Step(begin, to, party, False, counts)
        cursor = to
    if cursor < end:
        yield Step(cursor, end, party, True, False)
