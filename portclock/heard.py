"""What was heard of the units that a person asks about: from files of events, or from the tables.

Gathers the messages as they came, repetitions included, and the suspensions of their places. Judges
nothing; which visit is meant is decided once they are told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from events.codec import decode
from events.envelope import Event, Unit
from events.identifiers import Identity
from events.refusals import InvalidEvent
from events.vocabulary import UnitType
from sinks.history import events_of, place_events_of
from sinks.store import Store
from timing.history import History
from timing.observation import Observation, observation_of, unit_key, unit_of
from timing.places import closures_of
from timing.rules import Rules
from timing.story.telling import Telling, tell
from timing.suspensions import Closures


class Wanted(NamedTuple):
    """What a person named: a unit, perhaps with its port, perhaps one of its visits."""

    port: str | None
    unit_id: str
    visit_id: str | None

    @classmethod
    def of(cls, text: str) -> "Wanted":
        """Read `PORT/UNIT/INSTANT`, `PORT/UNIT` or `UNIT`. Raises ValueError."""
        parts = text.split("/")
        if not all(parts) or len(parts) > 3:
            raise ValueError(f"{text!r} names no visit")
        if len(parts) == 1:
            return cls(None, text, None)
        return cls(parts[0], parts[1], text if len(parts) == 3 else None)

    def names(self, event: Event) -> bool:
        """Whether an event is one of the unit's."""
        return event.unit.id == self.unit_id and self.port in (None, event.place.port)


@dataclass(slots=True)
class Heard:
    """Messages by unit and port, as keyed in the stream.

    `reasons` are what senders gave as such, in their words; no rule reads them. `latest` is the
    last instant in any of the messages read, `refused` how many could not be read.
    """

    units: dict[str, Unit] = field(default_factory=dict)
    reasons: dict[Identity, str] = field(default_factory=dict)
    reports: dict[str, list[Observation]] = field(default_factory=dict)
    places: dict[str, History] = field(default_factory=dict)
    latest: int | None = None
    refused: int = 0

    @property
    def closures(self) -> Closures:
        """Where work stood still."""
        return closures_of(self.places.values())

    def told(self, rules: Rules, watermark: int) -> list["Told"]:
        """Every unit that was asked about with its visits, by key. Raises Unexplained."""
        law = rules.under(self.closures)
        return [
            Told(self.units[key], tell(key, reports, law, watermark))
            for key, reports in sorted(self.reports.items())
        ]


class Told(NamedTuple):
    """A unit at one port, and its visits told."""

    unit: Unit
    telling: Telling


def in_files(wanted: Wanted, lines: Iterable[bytes], received_at: datetime | None = None) -> Heard:
    """What messages, one per line, say of a unit. `received_at` bounds their times, as for the
    judge."""
    heard = Heard()
    for line in lines:
        try:
            events = decode(line, received_at=received_at)
        except InvalidEvent:
            heard.refused += 1
        else:
            for event in events:
                _hear(heard, wanted, event)
    return heard


def in_tables(wanted: Wanted, store: Store, ports: Sequence[str]) -> Heard:
    """What the tables hold of a unit at these ports. Raises StoreUnavailable and StoreRefused."""
    heard = Heard()
    for port in ports if wanted.port is None else (wanted.port,):
        for event in _decoded(events_of(store, port, wanted.unit_id)):
            _hear(heard, wanted, event)
    for port in {key.partition("/")[0] for key in heard.reports}:
        for event in _decoded(place_events_of(store, port)):
            _hear(heard, wanted, event)
    return heard


def _decoded(messages: Iterable[bytes]) -> Iterator[Event]:
    """The tables hold only what was accepted: one event in each message."""
    return (event for message in messages for event in decode(message))


def _hear(heard: Heard, wanted: Wanted, event: Event) -> None:
    report, key = observation_of(event), unit_key(event)
    if event.reason:
        heard.reasons[event.identity] = event.reason
    heard.latest = max(heard.latest or 0, report.occurred_at, report.recorded_at)
    if event.unit.type is UnitType.PLACE:
        history = heard.places.get(key) or History.of(key, unit_of(event))
        heard.places[key] = history.with_report(report)
    elif wanted.names(event):
        heard.units.setdefault(key, unit_of(event))
        heard.reports.setdefault(key, []).append(report)
