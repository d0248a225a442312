"""Vessel calls: what the reports of its boxes say of a ship at a berth.

No event speaks of a ship; a call is every box that one voyage (`refs.voyage`) brought or took by
water at one facility. What boxes cannot tell (how many cranes worked, tugs, pilots) is not here.
Must never know a promise.

A ship that comes under one voyage number and leaves under another makes two calls. One that comes
again under a number used before makes another call.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple

from events.vocabulary import Direction, Kind, Mode, UnitType
from timing.gathered import Gathered
from timing.suspensions import Suspension, suspensions_in
from timing.written import Size, size_of

Trade = Literal["foreign", "domestic"]
Spell = tuple[int, int]

LIFTS = frozenset({Kind.DISCHARGED, Kind.LOADED})
_SPEAK = LIFTS | {Kind.ARRIVED, Kind.DEPARTED}

QUIET_S = 12 * 3600
"""A ship of which nothing was lifted for so long, though work did not stand still, has finished
even if nobody reports that it left. Our assumption; whole calls are promised within 12 to 36 h."""

AGAIN_S = 14 * 24 * 3600
"""Nothing heard of a voyage for so long: what comes then is another call under the same number."""


class Call(NamedTuple):
    """One call. Epoch seconds. `finished_at` is the last lift, None while more may follow.

    `boxes`: each box once, however often it was lifted; `sizes`: how many of each length, None for
    boxes whose length nobody told. `trade` is foreign as soon as one box is; None if untold.
    `halts`: when work stood still by force majeure, in order and without overlap.
    """

    port: str
    facility: str | None
    voyage: str
    trade: Trade | None
    service: str | None
    berthed_at: int | None
    first_lift_at: int
    last_lift_at: int
    finished_at: int | None
    boxes: int
    sizes: tuple[tuple[Size | None, int], ...]
    halts: tuple[Spell, ...]

    def halted_s(self, begin: int, end: int) -> int:
        """How long work stood still between two instants."""
        return sum(max(0, min(end, until) - max(begin, since)) for since, until in self.halts)


class Calls(NamedTuple):
    """All calls, by port, facility, voyage and time; and how many lifts named no voyage."""

    calls: tuple[Call, ...]
    nameless: int


class _Entry(NamedTuple):
    """What one box's report says of a call."""

    at: int
    kind: Kind
    unit: str
    facility: str | None
    direction: Direction | None
    service: str | None
    size: Size | None


@dataclass(slots=True)
class Logbook:
    """What boxes tell of ships, voyage by voyage at each port: enough to know the calls by, and
    much less than their reports. Those of several parts of the units can be put together.

    `nameless`: how many lifts named no voyage.
    """

    entries: dict[tuple[str, str], list[_Entry]] = field(default_factory=dict)
    places: dict[str, tuple[Suspension, ...]] = field(default_factory=dict)
    nameless: int = 0

    def take(self, unit: Gathered) -> None:
        """All that stands of what was said of one unit, or of a place."""
        if unit.type is UnitType.PLACE:
            halted = suspensions_in(unit.unit, unit.port, unit.reports)
            self.places[unit.port] = (*self.places.get(unit.port, ()), *halted)
        for voyage, entry in _entries(unit):
            if voyage is None:
                self.nameless += entry.kind in LIFTS
            else:
                self.entries.setdefault((unit.port, voyage), []).append(entry)

    def join(self, other: "Logbook") -> None:
        """What was told of other units."""
        for voyage, entries in other.entries.items():
            self.entries.setdefault(voyage, []).extend(entries)
        for port, halted in other.places.items():
            self.places[port] = (*self.places.get(port, ()), *halted)
        self.nameless += other.nameless

    def calls(self, now: int) -> Calls:
        """The calls that all of this amounts to, as known at `now` (epoch seconds)."""
        found = [
            call
            for (port, voyage), said in self.entries.items()
            for call in _calls(_Ship(port, voyage, self.places.get(port, ()), now), said)
        ]
        return Calls(tuple(sorted(found, key=_place)), self.nameless)


def calls_of(units: Iterable[Gathered], now: int) -> Calls:
    """The calls that these units amount to, as known at `now` (epoch seconds)."""
    told = Logbook()
    for unit in units:
        told.take(unit)
    return told.calls(now)


def _place(call: Call) -> tuple[str, str, str, int]:
    return call.port, call.facility or "", call.voyage, call.first_lift_at


def _entries(unit: Gathered) -> Iterator[tuple[str | None, _Entry]]:
    if unit.type is not UnitType.CONTAINER:
        return
    sizes = (size_of(report.size_type) for report in unit.reports)
    size = next((size for size in sizes if size is not None), None)
    for report, voyage, service in unit.told:
        if report.kind in _SPEAK and report.mode is Mode.WATER:
            at, kind, direction = report.occurred_at, report.kind, report.direction
            yield voyage, _Entry(at, kind, unit.unit, report.facility, direction, service, size)


class _Ship(NamedTuple):
    """What all calls of one voyage at one port share."""

    port: str
    voyage: str
    suspensions: tuple[Suspension, ...]
    now: int


def _calls(ship: _Ship, entries: list[_Entry]) -> Iterator[Call]:
    """One call per facility and coming. What names no facility is of the only one named."""
    named = {entry.facility for entry in entries if entry.facility is not None}
    only = next(iter(named)) if len(named) == 1 else None
    by_facility: dict[str | None, list[_Entry]] = defaultdict(list)
    for entry in entries:
        by_facility[entry.facility or only].append(entry)
    for facility, said in by_facility.items():
        for coming in _comings(sorted(said, key=lambda entry: (entry.at, entry.unit, entry.kind))):
            if any(entry.kind in LIFTS for entry in coming):
                yield _call(ship, facility, coming)


def _comings(entries: list[_Entry]) -> Iterator[list[_Entry]]:
    begin = 0
    for place, (one, other) in enumerate(pairwise(entries), start=1):
        if other.at - one.at > AGAIN_S:
            yield entries[begin:place]
            begin = place
    yield entries[begin:]


def _call(ship: _Ship, facility: str | None, entries: list[_Entry]) -> Call:
    lifts = [entry for entry in entries if entry.kind in LIFTS]
    sizes = Counter({entry.unit: entry.size for entry in lifts}.values())
    call = Call(
        port=ship.port,
        facility=facility,
        voyage=ship.voyage,
        trade=_trade(lifts),
        service=next((entry.service for entry in entries if entry.service), None),
        berthed_at=next((entry.at for entry in entries if entry.kind is Kind.ARRIVED), None),
        first_lift_at=lifts[0].at,
        last_lift_at=lifts[-1].at,
        finished_at=None,
        boxes=sizes.total(),
        sizes=tuple(sorted(sizes.items(), key=lambda pair: pair[0] or "")),
        halts=_halts(ship, facility),
    )
    left = any(e.kind is Kind.DEPARTED and e.at >= call.last_lift_at for e in entries)
    quiet_s = ship.now - call.last_lift_at - call.halted_s(call.last_lift_at, ship.now)
    return call._replace(finished_at=call.last_lift_at) if left or quiet_s >= QUIET_S else call


def _trade(lifts: list[_Entry]) -> Trade | None:
    """内外贸同船 is a ship in foreign trade: customs has to be waited for."""
    told = {lift.direction for lift in lifts} - {None}
    if not told:
        return None
    return "domestic" if told == {Direction.DOMESTIC} else "foreign"


def _halts(ship: _Ship, facility: str | None) -> tuple[Spell, ...]:
    """Suspensions of the whole work by water there. One limited to stages or to a cargo speaks of
    boxes, not of ships."""
    spells: list[Spell] = []
    for one in sorted(ship.suspensions, key=lambda s: s.start):
        here = one.facility in (None, facility) and not one.stages and not one.categories
        if not here or (one.modes and Mode.WATER not in one.modes):
            continue
        start, end = one.start, ship.now if one.end is None else one.end
        if spells and start <= spells[-1][1]:
            start, end = spells[-1][0], max(spells.pop()[1], end)
        spells.append((start, end))
    return tuple(spells)
