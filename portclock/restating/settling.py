"""Settling: suspects are looked at some at a time until none is left, with rests between looks.

The clock and the waiting are handed in. Tables that are away are waited for; nothing is lost by it.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from portclock.restating.rounds import Rounds
from portclock.restating.settings import Bounds
from portclock.restating.suspects import Suspect
from sinks.store import StoreUnavailable

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """`clock` in seconds; `wait` waits so long, and says whether it is to end now."""

    clock: Callable[[], float]
    wait: Callable[[float], bool]


def settle(rounds: Rounds, suspects: Iterable[Suspect], bounds: Bounds, pace: Pace) -> bool:
    """Settle all of these, `units_max` at a time. False if it was to end before."""
    return all(_settled(rounds, some, bounds, pace) for some in some_of(suspects, bounds.units_max))


def some_of(suspects: Iterable[Suspect], most: int) -> Iterator[list[Suspect]]:
    """So many of them at a time."""
    left = iter(suspects)
    while some := list(islice(left, most)):
        yield some


def _settled(rounds: Rounds, some: list[Suspect], bounds: Bounds, pace: Pace) -> bool:
    rounds.suspect(some)
    while len(rounds):
        began_at = pace.clock()
        rest_s = bounds.look_again_max_s
        try:
            rounds.look()
            rest_s = (pace.clock() - began_at) * bounds.rest_share
        except StoreUnavailable as error:
            _LOG.warning("the tables do not answer, and are asked again: %s", error)
        if len(rounds):
            rest_s = max(rest_s, bounds.look_again_after(rounds.looks))
        if pace.wait(rest_s):
            return False
    return True
