"""Cohorts: by what the visits of a unit are told apart in published figures.

Every trait is what was stated first in the visit by a report that stands: which reports those are,
and which visit they belong to, is for the law to say (`timing.corrections`, `timing.visits`), so
that a correction moves a figure as it moves a verdict. Must never know a stage or a limit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from events.identifiers import Identity
from events.reading import Reported
from events.vocabulary import Kind, UnitType
from timing.corrections import standing
from timing.observation import Observation, merged, observation_of, unit_key
from timing.patience import Patience
from timing.visits import Visit, stays

INSPECTING: Final = frozenset(
    {
        Kind.INSPECTION_ORDERED, Kind.SCAN_ORDERED, Kind.INSPECTION_SCHEDULED, Kind.POSITIONED,
        Kind.INSPECTION_STARTED, Kind.INSPECTION_ENDED,
    }
)  # fmt: skip
"""Any of these shows that the unit was selected: ordered, or done without a word of the order."""


class Cohort(NamedTuple):
    """The traits of one visit that its outcomes do not tell; None where nobody stated one.

    `goods` is the cargo category, `advance` whether it was declared ahead (提前申报), `trader` the
    company whose goods they are. `inspected` is never unknown: what nobody ordered was not done.
    """

    visit_id: str
    goods: str | None
    laden: bool | None
    inspected: bool
    advance: bool | None
    trader: str | None


class _Told(NamedTuple):
    """A report, and what it says that no rule of timing reads."""

    report: Observation
    advance: bool | None
    trader: str | None


def cohorts_of(events: Iterable[Reported], patience: Patience) -> Iterator[Cohort]:
    """The cohort of every visit that these events make, unit by unit. A place makes none.

    The same for any order of the events and for repetitions; all that was told of a unit at a port
    must be there, since one report may correct another.
    """
    known: dict[str, dict[Identity, _Told]] = defaultdict(dict)
    for event in events:
        if event.unit.type is not UnitType.PLACE:
            _hear(known[unit_key(event)], event)
    for key, told in known.items():
        facts = standing(one.report for one in told.values()).facts
        for visit in stays(key, facts, patience).visits:
            yield _cohort(visit, told)


def _hear(known: dict[Identity, _Told], event: Reported) -> None:
    """Of two contents of one event, the one that stands; what it says of customs comes with it."""
    customs = event.customs
    told = _Told(
        observation_of(event),
        customs.advance if customs else None,
        customs.trader if customs else None,
    )
    identity = told.report.identity
    before = known.get(identity)
    if before is None or _stands(told, before):
        known[identity] = told


def _stands(told: _Told, before: _Told) -> bool:
    """As the law has it; where it sees no difference, whichever says more, whatever came first."""
    if told.report == before.report:
        return _rank(told) > _rank(before)
    return merged(before.report, told.report).digest == told.report.digest


def _rank(told: _Told) -> tuple[bool, bool, str]:
    return told.advance is not None, told.advance is True, told.trader or ""


def _cohort(visit: Visit, told: dict[Identity, _Told]) -> Cohort:
    traits = visit.traits
    said = [told[report.identity] for report in visit.reports]
    return Cohort(
        visit_id=visit.visit_id,
        goods=traits.category.value if traits.category else None,
        laden=traits.laden,
        inspected=not INSPECTING.isdisjoint(visit.kinds),
        advance=next((one.advance for one in said if one.advance is not None), None),
        trader=next((one.trader for one in said if one.trader is not None), None),
    )
