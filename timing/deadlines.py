"""Deadlines: the last instant at which a stage still keeps an allowance.

The inverse of net time: at the deadline the net time equals the allowance, a second later it is
over. A property test holds the two against each other.
"""

from collections.abc import Iterator

from timing.dwell import Stretch
from timing.holds import excuses
from timing.stages import Answers


def deadline(parts: tuple[Stretch, ...], answers: Answers, allowance_s: int) -> int | None:
    """Epoch second of the deadline, which may have passed already.

    None while the allowance lasts and nothing runs on, or the clock is stopped.
    """
    left = allowance_s
    for stretch in parts:
        for start, end in _counted(stretch, answers):
            if end is None or left < end - start:
                return start + left
            left -= end - start
    return None


def _counted(stretch: Stretch, answers: Answers) -> Iterator[tuple[int, int | None]]:
    """The spans of a stretch that count against an allowance: those that nobody else holds."""
    (cursor, finish), slices = stretch
    for start, end, party in slices:
        if excuses(party, answers):
            yield cursor, start
            if end is None:
                return
            cursor = end
    yield cursor, finish
