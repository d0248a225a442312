"""Visits told: the messages of one stay of one box in the year of ten ports.

Times are skewed, as such times are: most are short, a few are very long. Inspection makes them
longer, declaring ahead makes them shorter. Must never know a rule that judges them.
"""

from collections.abc import Iterator
from random import Random
from typing import Any, Final, NamedTuple

import orjson

from events.vocabulary import Kind
from load_tests.year.ports import Chunk, PortOfYear
from portclock.traffic.boxes import number as box_number
from portclock.traffic.telling import container, written

HOUR_S: Final = 3600
DAY_S: Final = 24 * HOUR_S
HOURS: Final = (1, 1, 1, 1, 1, 2, 3, 5, 8, 9, 9, 8, 6, 7, 8, 8, 7, 6, 4, 3, 2, 2, 1, 1)
"""How often things begin at an hour of the day; by night ships still come."""
GOODS: Final = ("general",) * 14 + ("reefer", "reefer", "perishable", "dangerous", "mineral", None)
SIZES: Final = ("22G1", "45G1", "45G1", "42G1")
UNENDED: Final = 0.004
"""Visits whose last report never comes."""
TALLIED: Final = 0.5
"""Imports whose tally is reported, which some ports have promised to do in time."""
NAMELESS: Final = 0.03
"""Declarations that do not say whose goods they are."""


class _Visit(NamedTuple):
    """Who it is, and what was drawn of it."""

    port: PortOfYear
    number: int
    rolls: Random
    shared: dict[str, Any]
    customs: dict[str, Any]
    took_s: int
    inspected: bool


def messages(chunk: Chunk, seed: int) -> Iterator[list[bytes]]:
    """The messages of each visit of a chunk, in the order of what happened."""
    rolls = Random(f"{seed}/{chunk.port.code}/{chunk.first}")
    for number in range(chunk.first, chunk.until):
        began_at = _began(rolls, chunk)
        visit = _visit(rolls, chunk, number, seed)
        told = (
            _export(visit, began_at)
            if visit.shared["direction"] == "export"
            else _import(visit, began_at)
        )
        if rolls.random() < UNENDED:
            told.pop()
        yield [
            _message(visit, place, kind, at, more)
            for place, (kind, at, more) in enumerate(sorted(told, key=lambda one: one[1]))
        ]


Told = list[tuple[Kind, int, dict[str, Any]]]


def _began(rolls: Random, chunk: Chunk) -> int:
    days = (chunk.period.ends_at - chunk.period.begins_at) // DAY_S
    hour = rolls.choices(range(24), HOURS)[0]
    return (
        chunk.period.begins_at
        + rolls.randrange(days) * DAY_S
        + hour * HOUR_S
        + rolls.randrange(HOUR_S)
    )


def _visit(rolls: Random, chunk: Chunk, number: int, seed: int) -> _Visit:
    port = chunk.port
    exported = rolls.random() < port.exports
    mode = rolls.choices(("air", "rail", "water"), (port.air, port.rail, 1 - port.air - port.rail))
    inspected = rolls.random() < port.inspected * (0.2 if exported else 1)
    advance = not exported and rolls.random() < port.advance
    facility = port.facilities[min(int(rolls.expovariate(1.6)), len(port.facilities) - 1)]
    factor = chunk.trend * (2.6 if inspected else 0.9) * (0.45 if advance else 1.35)
    mean_h = port.mean_h / (12 if exported else 1) * (0.4 if mode[0] == "air" else 1)
    shared = {
        "unit": container(box_number(seed, number)),
        "place": {"port": port.code, "facility": facility},
        "mode": mode[0],
        "direction": "export" if exported else "import",
        "cargo": {"size_type": rolls.choice(SIZES), "laden": True, "category": rolls.choice(GOODS)},
    }
    customs = {"declaration": f"{number:018d}", "advance": advance}
    if rolls.random() >= NAMELESS:
        company = min(int(rolls.expovariate(5 / port.companies)), port.companies - 1)
        customs["trader"] = f"{sum(map(ord, port.code)):04d}9{company:05d}"
    took_s = 60 + int(rolls.lognormvariate(-0.32, 0.8) * mean_h * factor * HOUR_S)
    return _Visit(port, number, rolls, shared, customs, took_s, inspected)


def _import(visit: _Visit, came_at: int) -> Told:
    """Arrived, off the ship, declared, released, fetched."""
    rolls, took_s = visit.rolls, visit.took_s
    landed_at = came_at + took_s // 12
    accepted_at = came_at - rolls.randrange(HOUR_S, 20 * HOUR_S)
    if not visit.customs["advance"]:
        accepted_at = landed_at + took_s * 7 // 10
    released_at = came_at + took_s
    left_at = released_at + int(rolls.lognormvariate(2.2, 0.7) * HOUR_S) + HOUR_S
    off = Kind.RAIL_UNLOADED if visit.shared["mode"] == "rail" else Kind.DISCHARGED
    told: Told = [
        (Kind.ARRIVED, came_at, {}),
        (off, landed_at, {}),
        (Kind.DECLARED, accepted_at - rolls.randrange(60, 900), {"customs": visit.customs}),
        (Kind.DECLARATION_ACCEPTED, accepted_at, {"customs": visit.customs}),
    ]
    if rolls.random() < TALLIED:
        counted_at = landed_at + rolls.randrange(300, 1800)
        reported_at = counted_at + int(rolls.lognormvariate(-0.6, 0.9) * HOUR_S)
        told += [(Kind.TALLY_ENDED, counted_at, {}), (Kind.TALLY_REPORTED, reported_at, {})]
    if visit.inspected:
        told += _inspection(rolls, max(accepted_at, landed_at), released_at)
    truck = {"mode": "road"}
    told += [
        (Kind.RELEASED, released_at, {}),
        (Kind.TRUCK_ARRIVED, left_at - rolls.randrange(420, 3300), truck),
        (Kind.GATED_OUT, left_at, truck),
    ]
    return told


def _export(visit: _Visit, came_at: int) -> Told:
    """Brought, reported in, declared, released, loaded, gone."""
    rolls = visit.rolls
    reported_at = came_at + rolls.randrange(300, 1800)
    accepted_at = reported_at + visit.took_s // 2
    released_at = reported_at + visit.took_s
    loaded_at = released_at + int(rolls.lognormvariate(3.2, 0.6) * HOUR_S)
    on = Kind.RAIL_LOADED if visit.shared["mode"] == "rail" else Kind.LOADED
    told: Told = [
        (Kind.TRUCK_ARRIVED, came_at - rolls.randrange(420, 2700), {"mode": "road"}),
        (Kind.GATED_IN, came_at, {"mode": "road"}),
        (Kind.ARRIVAL_REPORTED, reported_at, {}),
        (Kind.DECLARATION_ACCEPTED, accepted_at, {"customs": visit.customs}),
    ]
    if visit.inspected:
        told += _inspection(rolls, accepted_at, released_at)
    return [
        *told,
        (Kind.RELEASED, released_at, {}),
        (on, loaded_at, {}),
        (Kind.DEPARTED, loaded_at + rolls.randrange(HOUR_S, 15 * HOUR_S), {}),
    ]


def _inspection(rolls: Random, begins_at: int, ends_at: int) -> Told:
    """查验, somewhere in the time between acceptance and release."""
    span_s = max(ends_at - begins_at, 8)
    ordered_at = begins_at + span_s // 8
    positioned_at = ordered_at + min(span_s // 4, rolls.randrange(600, 4000))
    started_at = positioned_at + span_s // 8
    return [
        (Kind.INSPECTION_ORDERED, ordered_at, {}),
        (Kind.INSPECTION_SCHEDULED, ordered_at + 1, {"at": written(started_at)}),
        (Kind.POSITIONED, positioned_at, {}),
        (Kind.INSPECTION_STARTED, started_at, {}),
        (Kind.INSPECTION_ENDED, started_at + span_s // 8, {}),
    ]


def _message(visit: _Visit, place: int, kind: Kind, at: int, more: dict[str, Any]) -> bytes:
    said = written(at)
    return orjson.dumps(
        {
            "event_id": f"{visit.number:08d}-{place:02d}",
            "source": f"{visit.port.code.lower()}-year",
            "kind": kind.value,
            **visit.shared,
            "occurred_at": said,
            "recorded_at": said,
            **more,
        }
    )
