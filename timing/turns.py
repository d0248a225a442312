"""Turns: in whose hands a unit is from milestone to milestone of its clearance.

Where all answer together for a stage, each second of it belongs to the one whose turn it was, as in
the additive model of 国家口岸办. Reads `timing.stages` as data; must never know a limit.
"""

from collections.abc import Iterator

from events.vocabulary import Party
from timing.dwell import Turns
from timing.holds import Hold, stopping
from timing.instants import NEVER
from timing.stages import CHAINS, Answers, Stage
from timing.visits import Visit


def turns_of(answers: Answers, visit: Visit) -> Turns:
    """Whose turn it is, from which instant on. Who answers alone has the unit all the time."""
    if answers != "all":
        return ((0, answers),)
    return tuple((since, _party(stage)) for since, stage in _handovers(visit))


def held_in_turn(holds: tuple[Hold, ...], visit: Visit) -> tuple[Hold, ...]:
    """What of the holds counts where all answer together: within each turn, what stops the clock of
    the one whose turn it is. So the whole tells the same hours as its parts.
    """
    turns = _handovers(visit)
    ends = [since for since, _ in turns[1:]] + [NEVER]
    return tuple(
        clipped
        for (since, stage), until in zip(turns, ends, strict=True)
        for clipped in _within(stopping(holds, stage), since, until)
    )


def _within(holds: tuple[Hold, ...], since: int, until: int) -> Iterator[Hold]:
    for hold in holds:
        start, end = max(hold.start, since), until if hold.end is None else min(hold.end, until)
        if start < end:
            yield hold._replace(start=start, end=None if end == NEVER else end)


def _handovers(visit: Visit) -> list[tuple[int, Stage]]:
    """Before the first milestone it is the first party's turn, whatever is known."""
    chain = next(c for c in CHAINS if visit.traits.direction in (c.whole.directions or ()))
    found = [(0, chain.stages[0])]
    for place, kinds in enumerate(chain.milestones[1:-1], start=1):
        at = next((r.occurred_at for r in visit.heard if r.kind in kinds), None)
        if at is not None:
            found.append((max(at, found[-1][0]), chain.stages[place]))
    return found


def _party(stage: Stage) -> Party:
    assert stage.answers != "all", "the parts of a chain are answered for by one party each"
    return stage.answers
