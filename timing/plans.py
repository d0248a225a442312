"""Plans: which stages a visit of given traits can have, and which of them a report concerns.

Read off the table once for each sort of visit, so that a report is shown to the few stages that it
may begin or end, and to no other. Knows `timing.stages`; must never know a report.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from events.vocabulary import Direction, Kind, Mode
from timing.stages import CHAINS, SPANS, Chain, Stage

Numbers = tuple[int, ...]


class Plan(NamedTuple):
    """The stages and chains of one sort of visit, in the order of the table and numbered in it:
    first the spans, then the chains.

    `concerned`: by kind, the numbers of those that such a report may begin, end or prepare.
    `outliving`: of these, those that it still may when the unit has left.
    """

    spans: tuple[Stage, ...]
    chains: tuple[Chain, ...]
    concerned: Mapping[Kind, Numbers]
    outliving: Mapping[Kind, Numbers]


@cache  # As many as there are modes, directions and two sorts of box.
def plan_of(mode: Mode, direction: Direction | None, laden: bool) -> Plan:
    """What a visit of these traits can have."""
    spans = tuple(stage for stage in SPANS if _may_exist(stage, mode, direction, laden))
    chains = tuple(c for c in CHAINS if _may_exist(c.stages[0], mode, direction, laden))
    still = [_kinds_of(stage) if stage.outlives_visit else () for stage in spans]
    return Plan(
        spans,
        chains,
        _by_kind([*map(_kinds_of, spans), *(c.places for c in chains)]),
        _by_kind([*still, *map(_late_kinds_of, chains)]),
    )


def _may_exist(stage: Stage, mode: Mode, direction: Direction | None, laden: bool) -> bool:
    return (
        (stage.directions is None or direction in stage.directions)
        and (stage.modes is None or mode in stage.modes)
        and (stage.laden is None or laden is stage.laden)
    )


def _kinds_of(stage: Stage) -> frozenset[Kind]:
    """Every kind that a stage listens to."""
    others = (stage.appointments, stage.implied, *(stage.opens_after or ()))
    return stage.closers.union(stage.openers, (kind for kind in others if kind is not None))


def _late_kinds_of(chain: Chain) -> Iterator[Kind]:
    """What ends a part of a chain after the unit has left, as a ship's departure does."""
    return (kind for stage in chain.stages if stage.outlives_visit for kind in stage.closers)


def _by_kind(listening: Iterable[Iterable[Kind]]) -> Mapping[Kind, Numbers]:
    found: dict[Kind, list[int]] = {}
    for number, kinds in enumerate(listening):
        for kind in kinds:
            found.setdefault(kind, []).append(number)
    return {kind: tuple(numbers) for kind, numbers in found.items()}


NOBODY: Final[Numbers] = ()
"""A report that concerns no stage."""
