"""Which months a change touches: those whose figures rest on an outcome as it stood or as it is.

A month's figures count what ended in it, and what was open at its end. Pure.
"""

from collections.abc import Iterable

from events.outcomes import Outcome
from portclock.restating.whole import Pair
from timing.commitments.period import month_of


def touched(pairs: Iterable[Pair], until_s: int) -> list[str]:
    """The months of these differences, sorted. What is open is so until `until_s` at least."""
    found: set[str] = set()
    for pair in pairs:
        for one in pair:
            if one is not None:
                found |= _of(one, until_s)
    return sorted(found)


def _of(one: Outcome, until_s: int) -> set[str]:
    at = int(one.opened_at.timestamp())
    end = until_s if one.closed_at is None else int(one.closed_at.timestamp())
    names = set()
    while at <= max(end, at):
        month = month_of(at)
        names.add(month.name)
        if month.ends_at > end:
            return names
        at = month.ends_at
    return names
