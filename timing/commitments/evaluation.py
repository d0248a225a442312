"""Evaluation: every commitment in force in a period, edition by edition.

An edition answers for what began while it was in force, so that two editions which divide a month
divide its cohort and no unit counts twice. Knows editions; must never know a file or a clock.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from timing.commitments.facts import Facts
from timing.commitments.kept import Kept, kept
from timing.commitments.period import Period
from timing.editions import Edition
from timing.succession import terms_of


class Evaluated(NamedTuple):
    """What one commitment of one edition came to."""

    edition: Edition
    kept: Kept


def evaluate(editions: Iterable[Edition], facts: Facts, period: Period) -> Iterator[Evaluated]:
    """Every commitment that judges anything in the period: its edition was in force in it, or what
    began under it ended or was open in it. Editions in their order, commitments in theirs.
    """
    for edition, begins_at, ends_at in terms_of(tuple(editions)):
        mine = facts.begun(edition.port, begins_at, ends_at)
        limits = {limit.id: limit for limit in edition.limit}
        current = begins_at < period.ends_at and period.begins_at < ends_at
        for promise in edition.commitment:
            found = kept(promise, mine, period, limits)
            if current or found.measures[0].cohort:
                yield Evaluated(edition, found)
