"""Units brought back whole: what was told of each, what that comes to, and what stands of it.

Reads the tables and judges; sends nothing. How far time has come is the workers' to know: each
visit is judged at an instant up to which the tables can have been.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from events.codec import decode
from events.envelope import Event, Unit
from events.identifiers import Identity
from events.outcomes import Outcome
from portclock.agreement import watermark_of_tables
from sinks.history import place_events_of
from sinks.store import Store
from sinks.units import messages_of, outcomes_standing, visits_said
from timing.announce import outcome
from timing.findings import Findings, Key, find
from timing.history import History
from timing.observation import observation_of, unit_key, unit_of
from timing.places import closures_of
from timing.recalling import joined, key_of
from timing.rules import Rules

Pair = tuple[Outcome | None, Outcome | None]
"""What stands, and what a judge of everything says; None for nothing."""


@dataclass(frozen=True, slots=True)
class Whole:
    """One unit at one port. `judged` is what its events come to at a watermark; `outcomes` stand in
    the tables, and `visits` is where these say that its events belong. `until_s` is how far time
    has come at least."""

    key: str
    unit: Unit
    messages: tuple[bytes, ...]
    events: frozenset[Identity]
    judged: Callable[[int], Findings]
    outcomes: tuple[Outcome, ...]
    visits: Mapping[Identity, str | None]
    until_s: int

    @property
    def port(self) -> str:
        """Where it is."""
        return self.key.partition("/")[0]

    def differences(self) -> list[Pair]:
        """The outcomes that stand otherwise than a judge of everything says, visit by visit."""
        stood: dict[str, dict[Key, Outcome]] = defaultdict(dict)
        for one in self.outcomes:
            stood[one.visit_id][key_of(one)] = one
        visits = [visit.visit_id for visit in self.judged(self.until_s).visits]
        return [
            pair
            for visit in dict.fromkeys((*stood, *visits))
            for pair in self._between(visit, stood.get(visit, {}))
        ]

    def _between(self, visit: str, stood: Mapping[Key, Outcome]) -> Iterator[Pair]:
        """The differences in one visit."""
        watermark = watermark_of_tables(list(stood.values()), self.until_s)
        found = self.judged(watermark).by_key
        now = {key: f for key, f in found.items() if key.visit_id == visit}
        for key in dict.fromkeys((*stood, *now)):
            finding = now.get(key)
            pair = stood.get(key), None if finding is None else outcome(self.unit, finding)
            if not _same(*pair):
                yield pair

    def moved(self) -> int:
        """How many events belong elsewhere than the tables say."""
        visits = self.visits
        return sum(
            identity not in visits or visits[identity] != visit
            for identity, visit in self.judged(self.until_s).visit_of.items()
        )


def brought_back(
    store: Store, rules: Rules, port: str, units: Sequence[str], now_s: int = 0
) -> dict[str, Whole]:
    """Some units of a port as the tables have them, by id; one of which nothing landed is left
    out. Judged as known at `now_s`, or at the last that was told of each.

    Raises StoreUnavailable and StoreRefused."""
    told = messages_of(store, port, units)
    if not told:
        return {}
    law = rules.under(closures_of(_places(store, port)))
    heard = {unit_id: _heard(messages) for unit_id, messages in told.items()}
    found = {unit_id: _judged(events, law) for unit_id, events in heard.items()}
    until = {unit_id: max(now_s, _latest(events)) for unit_id, events in heard.items()}
    named = dict.fromkeys(e.identity for events in heard.values() for e in events)
    said = visits_said(store, port, list(told), named)
    by_unit: dict[str, dict[Identity, str | None]] = {unit_id: {} for unit_id in told}
    for (unit_id, source, event_id), visit in said.items():
        by_unit[unit_id][Identity(source, event_id)] = visit
    now = [judged(until[unit_id]) for unit_id, judged in found.items()]
    standing = _standing(store, port, now, by_unit.values())
    return {
        unit_id: Whole(
            f"{port}/{unit_id}",
            unit_of(events[0]),
            tuple(told[unit_id]),
            frozenset(event.identity for event in events),
            found[unit_id],
            tuple(standing.get(unit_id, ())),
            by_unit[unit_id],
            until[unit_id],
        )
        for unit_id, events in heard.items()
    }


def _same(stood: Outcome | None, now: Outcome | None) -> bool:
    if stood is None or now is None:
        return stood is now
    return stood.model_dump(exclude=_UNCOMPARED) == now.model_dump(exclude=_UNCOMPARED)


_UNCOMPARED = {"cause", "unit"}
"""Causes belong to the stream; what a sender adds to a unit, to nobody."""


def _heard(messages: Iterable[bytes]) -> list[Event]:
    """The tables hold only what was accepted: one event in each message."""
    return [event for message in messages for event in decode(message)]


def _latest(events: Iterable[Event]) -> int:
    return max(max(e.occurred_s, e.recorded_s or 0) for e in events)


def _judged(events: Sequence[Event], law: Rules) -> Callable[[int], Findings]:
    """What these events come to at a watermark; found once for each."""
    reports = joined(observation_of(event) for event in events)
    return lru_cache(maxsize=8)(partial(find, unit_key(events[0]), reports, law))


def _places(store: Store, port: str) -> Iterator[History]:
    """What was said of the places of a port."""
    places: dict[str, list[Event]] = {}
    for event in _heard(place_events_of(store, port)):
        places.setdefault(unit_key(event), []).append(event)
    for key, events in places.items():
        yield History.of(key, unit_of(events[0]), joined(map(observation_of, events)))


def _standing(
    store: Store,
    port: str,
    found: Iterable[Findings],
    said: Iterable[Mapping[Identity, str | None]],
) -> dict[str, list[Outcome]]:
    """What stands of every visit that is, or that any event was said to be of; by unit."""
    visits = {visit.visit_id for one in found for visit in one.visits}
    visits |= {visit for one in said for visit in one.values() if visit is not None}
    by_unit: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes_standing(store, port, sorted(visits)):
        by_unit[one.unit.id].append(one)
    return by_unit
