"""Dwell: gross and net time of an occurrence, and who held how much of it. Whole seconds.

Gross is the time worked or waited in its segments; net is gross less what others than the
answering party held. The parts by party never sum to more than the gross.
"""

from typing import NamedTuple

from events.vocabulary import Party
from timing.holds import Hold, Slice, attributed, excuses
from timing.occurrences import Occurrence, Segment
from timing.stages import Answers


class Stretch(NamedTuple):
    """A segment with the slices of it that someone held."""

    segment: Segment
    slices: tuple[Slice, ...]


def stretches(occurrence: Occurrence, holds: tuple[Hold, ...]) -> tuple[Stretch, ...]:
    """Lay the holds over the segments of an occurrence."""
    return tuple(Stretch(s, attributed(holds, s.start, s.end)) for s in occurrence.segments)


def gross_s(parts: tuple[Stretch, ...], until: int) -> int:
    """Time in the segments, up to `until` where they are still open."""
    return sum(_length(segment.start, segment.end, until) for segment, _ in parts)


def held_s(parts: tuple[Stretch, ...], until: int) -> dict[Party, int]:
    """Held time by party, up to `until`. Parties that held nothing are left out."""
    held: dict[Party, int] = {}
    if not any(slices for _, slices in parts):
        return held
    for _, slices in parts:
        for start, end, party in slices:
            if length := _length(start, end, until):
                held[party] = held.get(party, 0) + length
    return held


def net_s(parts: tuple[Stretch, ...], answers: Answers, until: int) -> int:
    """Gross time less what excuses the answering party."""
    gross = gross_s(parts, until)
    held = held_s(parts, until)
    return gross - sum(s for party, s in held.items() if excuses(party, answers)) if held else gross


def _length(start: int, end: int | None, until: int) -> int:
    finish = until if end is None else min(end, until)
    return max(0, finish - start)
