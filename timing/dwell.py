"""Dwell: what time of an occurrence counts, and who had how much of it. Whole seconds.

Gross is the time worked or waited in its segments. Worked is that part of it which the calendar
counts; net is worked less what others than the answering party held. The split by party sums to the
gross to the second. Knows holds and calendars; must never know a limit.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from events.vocabulary import Party
from timing.calendars import CONTINUOUS, Calendar
from timing.holds import Hold, Slice, attributed, excuses
from timing.instants import NEVER
from timing.occurrences import Occurrence, Segment
from timing.stages import Answers

Span = tuple[int, int]
Held = tuple[tuple[Party, int], ...]
"""Seconds by party, in the order of their names."""
Turns = tuple[tuple[int, Party], ...]
"""From which instant on who has the unit in hand, in order; before the first, that one too."""


class Stretch(NamedTuple):
    """A segment with the slices of it that someone held."""

    segment: Segment
    slices: tuple[Slice, ...]


class Clock(NamedTuple):
    """What counts as time: a calendar, and the overtime booked beside it."""

    calendar: Calendar = CONTINUOUS
    booked: tuple[Span, ...] = ()


ROUND_THE_CLOCK = Clock()


def stretches(occurrence: Occurrence, holds: tuple[Hold, ...]) -> tuple[Stretch, ...]:
    """Lay the holds over the segments of an occurrence."""
    return tuple(Stretch(s, attributed(holds, s.start, s.end)) for s in occurrence.segments)


def gross_s(parts: tuple[Stretch, ...], until: int) -> int:
    """Time in the segments, up to `until` where they are still open."""
    return sum(_length(segment.start, segment.end, until) for segment, _ in parts)


def worked_s(parts: tuple[Stretch, ...], until: int, clock: Clock) -> int:
    """Time in the segments that the clock counts, up to `until`, held or not."""
    whole = ((segment.start, segment.end) for segment, _ in parts)
    return _elapsed_s(whole, until, clock)


def net_s(parts: tuple[Stretch, ...], answers: Answers, until: int, clock: Clock) -> int:
    """Worked time less what excuses the answering party."""
    return _elapsed_s(counted(parts, answers), until, clock)


def held_s(parts: tuple[Stretch, ...], until: int) -> Held:
    """Held time by party, up to `until`. Parties that held nothing are left out."""
    if not any(slices for _, slices in parts):
        return ()
    slices = (each for _, some in parts for each in some)
    return _summed((party, _length(start, end, until)) for start, end, party in slices)


def counted(parts: tuple[Stretch, ...], answers: Answers) -> Iterator[tuple[int, int | None]]:
    """The spans that count against an allowance: those that nobody holds who would excuse."""
    for (cursor, finish), slices in parts:
        running = True
        for start, end, party in slices:
            if excuses(party, answers):
                yield cursor, start
                if end is None:
                    running = False
                    break
                cursor = end
        if running:
            yield cursor, finish


def split_s(parts: tuple[Stretch, ...], turns: Turns, until: int) -> Held:
    """Every second up to `until` by the party that had it: the one that held it; unheld, the one
    whose turn it was. The parts sum to the gross."""
    slices = (each for part in parts for each in _owned(part, turns))
    return _summed((party, _length(start, end, until)) for start, end, party in slices)


def split_in_turn(start: int, end: int, turns: Turns) -> Held:
    """The same for a time that nobody held: each second is that of the one whose turn it was."""
    sums: dict[Party, int] = {}
    cursor, owner = start, turns[0][1]
    for since, following in turns[1:]:
        until = since if since < end else end
        if cursor < until:
            sums[owner] = sums.get(owner, 0) + until - cursor
            cursor = until
        owner = following
    if cursor < end:
        sums[owner] = sums.get(owner, 0) + end - cursor
    return tuple(sorted(sums.items()))


def _owned(part: Stretch, turns: Turns) -> Iterator[Slice]:
    (cursor, finish), slices = part
    for held in slices:
        yield from _in_turn(cursor, held.start, turns)
        yield held
        cursor = NEVER if held.end is None else held.end
    yield from _in_turn(cursor, finish, turns)


def _in_turn(start: int, end: int | None, turns: Turns) -> Iterator[Slice]:
    for number, (since, party) in enumerate(turns):
        begin = start if number == 0 else max(start, since)
        finish = turns[number + 1][0] if number + 1 < len(turns) else NEVER
        finish = finish if end is None else min(end, finish)
        if begin < finish:
            yield Slice(begin, finish, party)


def _summed(parts: Iterable[tuple[Party, int]]) -> Held:
    sums: dict[Party, int] = {}
    for party, length in parts:
        if length:
            sums[party] = sums.get(party, 0) + length
    return tuple(sorted(sums.items()))


def _elapsed_s(spans: Iterable[tuple[int, int | None]], until: int, clock: Clock) -> int:
    calendar, booked = clock
    if calendar.continuous:
        return sum(_length(start, end, until) for start, end in spans)
    clipped = ((start, until if end is None else min(end, until)) for start, end in spans)
    return sum(calendar.elapsed_s(start, end, booked) for start, end in clipped if start < end)


def _length(start: int, end: int | None, until: int) -> int:
    finish = until if end is None else min(end, until)
    return max(0, finish - start)
