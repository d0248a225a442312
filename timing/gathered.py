"""What was said of each unit at a port, corrections heard: for figures over many units.

Keeps beside each observation what only such figures need: the voyage, and the service it sails in.
Knows events and corrections; must never know a stage or a limit.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from events.envelope import Event
from events.identifiers import Identity
from events.vocabulary import UnitType
from timing.corrections import standing
from timing.observation import Observation, merged, observation_of, unit_key


class Told(NamedTuple):
    """A report, and the ship it names."""

    report: Observation
    voyage: str | None
    service: str | None


class Gathered(NamedTuple):
    """All that stands of what was said of one unit at one port, in the order of the work."""

    port: str
    unit: str
    type: UnitType
    told: tuple[Told, ...]

    @property
    def key(self) -> str:
        """`<port>/<unit id>`."""
        return f"{self.port}/{self.unit}"

    @property
    def reports(self) -> tuple[Observation, ...]:
        """The reports alone."""
        return tuple(one.report for one in self.told)


def gather(events: Iterable[Event]) -> tuple[Gathered, ...]:
    """Sort events by unit and hear their corrections. The same for any order and for repetitions;
    all reports of a unit must be there, since one may correct another.
    """
    known: dict[str, dict[Identity, Told]] = defaultdict(dict)
    types: dict[str, UnitType] = {}
    for event in events:
        key = unit_key(event)
        types[key] = event.unit.type
        _hear(known[key], event)
    return tuple(_gathered(key, types[key], known[key]) for key in sorted(known))


def _hear(known: dict[Identity, Told], event: Event) -> None:
    """Of two contents of one event, the one that stands; what it says of its ship comes with it."""
    refs = event.refs
    report = observation_of(event)
    told = Told(report, refs.voyage if refs else None, refs.service if refs else None)
    before = known.get(told.report.identity)
    if before is None or _stands(told, before):
        known[told.report.identity] = told


def _stands(told: Told, before: Told) -> bool:
    if told.report == before.report:
        return (told.voyage or "", told.service or "") > (before.voyage or "", before.service or "")
    return merged(before.report, told.report).digest == told.report.digest


def _gathered(key: str, type: UnitType, known: dict[Identity, Told]) -> Gathered:
    port, _, unit = key.partition("/")
    facts = standing(told.report for told in known.values()).facts
    return Gathered(port, unit, type, tuple(known[fact.identity] for fact in facts))
