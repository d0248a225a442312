"""Deadlines: the last instant at which a stage still keeps an allowance.

The inverse of net time: at the deadline the net time equals the allowance, a second later it is
over. A property test holds the two against each other.
"""

from collections.abc import Iterator

from timing.dwell import Clock, Stretch, counted
from timing.stages import Answers


def deadline(
    parts: tuple[Stretch, ...], answers: Answers, allowance_s: int, clock: Clock
) -> int | None:
    """Epoch second of the deadline, which may have passed already.

    None while the allowance lasts and nothing runs on, or the clock is stopped. Raises UnknownYear
    where the calendar ends before the allowance does.
    """
    left = allowance_s
    for start, end in _running(parts, answers, clock):
        if end is None or left < end - start:
            return start + left
        left -= end - start
    return None


def _running(
    parts: tuple[Stretch, ...], answers: Answers, clock: Clock
) -> Iterator[tuple[int, int | None]]:
    """The spans that count and that the calendar counts, too."""
    if clock.calendar.continuous:
        return counted(parts, answers)
    return (
        span
        for start, end in counted(parts, answers)
        for span in clock.calendar.working(start, end, clock.booked)
    )
