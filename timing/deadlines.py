"""Deadlines: the last instant at which an open stage still keeps an allowance.

The inverse of net time: at the deadline the net time equals the allowance, a second later it is
over. A property test holds the two against each other.
"""

from timing.dwell import Stretch
from timing.holds import excuses
from timing.stages import Answers


def deadline(parts: tuple[Stretch, ...], answers: Answers, allowance_s: int) -> int | None:
    """Epoch second of the deadline; None while nothing runs or the clock is stopped.

    The stretches before the last have ended; what they used up is gone.
    """
    *ended, (segment, slices) = parts
    if segment.end is not None:
        return None
    left = allowance_s - sum(_worked(stretch, answers) for stretch in ended)
    cursor = segment.start
    for start, end, party in slices:
        if not excuses(party, answers):
            continue
        if cursor + left < start:
            return cursor + left
        left -= start - cursor
        if end is None:
            return None
        cursor = end
    return cursor + left


def _worked(stretch: Stretch, answers: Answers) -> int:
    segment, slices = stretch
    assert segment.end is not None, "only the last stretch of an occurrence may be open"
    excused = sum(s.end - s.start for s in slices if s.end is not None and excuses(s.party, answers))
    return segment.end - segment.start - excused
