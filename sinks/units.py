"""What the tables know of some units at once: their events, what was said of these, what stands.

For judging units again as a whole. Asked through the Store, the same on every store; lists are
bound as parameters, never formatted in. Must never know a client, and judges nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from events.outcomes import Outcome
from events.vocabulary import UnitType
from sinks.accepted import EventRow
from sinks.rows import FateRow, StageDwell, opened_at_of, outcome_of
from sinks.store import Parameters, Question, Store
from sinks.tables import DWELLS, EVENTS, FATES, Row

UNITS_MAX: Final = 1_000
"""How many units one question may name: a text of some ten kilobytes."""
IDS_AT_ONCE: Final = 500
"""How many ids: a store refuses questions of more than 256 KiB, and an id may have 200 letters."""
_PLACE: Final = UnitType.PLACE.value


class Span(NamedTuple):
    """From `first_s` until before `last_s`, epoch seconds."""

    first_s: int
    last_s: int


def messages_of(store: Store, port: str, units: Sequence[str]) -> dict[str, list[bytes]]:
    """Every message about each of these units at a port, in order of `occurred_at`; units of which
    nothing landed are left out."""
    found: dict[str, list[bytes]] = defaultdict(list)
    for unit_id, message in store.ask(MESSAGES, {"port": port, "units": tuple(units)}):
        found[unit_id].append(message.encode() if isinstance(message, str) else message)
    return dict(found)


def visits_said(
    store: Store, port: str, units: Sequence[str], named: Iterable[tuple[str, str]]
) -> dict[tuple[str, str, str], str | None]:
    """By unit, source and id: the visit that each of the `named` events (source and id) was last
    said to be of, None for none. What was never said is left out."""
    by_source: dict[str, list[str]] = defaultdict(list)
    for source, event_id in named:
        by_source[source].append(event_id)
    found: dict[tuple[str, str, str], str | None] = {}
    for source, ids in by_source.items():
        for first in range(0, len(ids), IDS_AT_ONCE):
            some = tuple(ids[first : first + IDS_AT_ONCE])
            asked = {"port": port, "units": tuple(units), "source": source, "ids": some}
            for unit_id, event_id, visit_id in store.ask(VISITS, asked):
                found[unit_id, source, event_id] = visit_id
    return found


def outcomes_standing(store: Store, port: str, visits: Sequence[str]) -> list[Outcome]:
    """What stands of these visits; withdrawn outcomes are left out."""
    found: list[Outcome] = []
    for first in range(0, len(visits), IDS_AT_ONCE):
        some = tuple(visits[first : first + IDS_AT_ONCE])
        opened = [int(opened_at_of(visit).timestamp()) for visit in some]
        asked = {"port": port, "visits": some, "first_s": min(opened), "last_s": max(opened)}
        found += [outcome_of(StageDwell._make(row)) for row in store.ask(OUTCOMES, asked)]
    return found


def units_during(store: Store, port: str, span: Span, after: str, most: int) -> list[str]:
    """The units that were at a port at any time in the span, or of which anything happened then:
    in order, the first `most` behind `after`."""
    asked = {"port": port, "after": after, "most": most, **span._asdict()}
    there = [unit_id for (unit_id,) in store.ask(STAYED, asked)]
    told = [unit_id for (unit_id,) in store.ask(TOLD, asked)]
    return sorted({*there, *told})[:most]


def ports_told(store: Store) -> list[str]:
    """Every port of which an event landed, sorted."""
    return [port for (port,) in store.ask(PORTS, {})]


def _messages(rows: Iterable[EventRow], asked: Parameters) -> Iterable[Row]:
    wanted = [row for row in rows if row.port == asked["port"] and row.unit_id in asked["units"]]
    wanted = [row for row in wanted if row.unit_type != _PLACE]
    wanted.sort(key=lambda row: (row.unit_id, row.occurred_at, row.source, row.event_id))
    return ((row.unit_id, row.message) for row in wanted)


def _visits(rows: Iterable[FateRow], asked: Parameters) -> Iterable[Row]:
    return (
        (row.unit_id, row.event_id, row.visit_id)
        for row in rows
        if (row.port, row.source) == (asked["port"], asked["source"])
        and row.event_id in asked["ids"]
        and row.unit_id in asked["units"]
    )


def _outcomes(rows: Iterable[StageDwell], asked: Parameters) -> Iterable[Row]:
    return (row for row in rows if row.visit_id in asked["visits"])


def _first(units: Iterable[str], asked: Parameters) -> Iterable[Row]:
    behind = sorted({unit for unit in units if unit > asked["after"]})
    return ((unit,) for unit in behind[: asked["most"]])


def _stayed(rows: Iterable[StageDwell], asked: Parameters) -> Iterable[Row]:
    def there(row: StageDwell) -> bool:
        first_s, last_s = asked["first_s"], asked["last_s"]
        begun = row.opened_at.timestamp() < last_s
        return begun and (row.closed_at is None or row.closed_at.timestamp() >= first_s)

    return _first((row.unit_id for row in rows if row.port == asked["port"] and there(row)), asked)


def _told(rows: Iterable[EventRow], asked: Parameters) -> Iterable[Row]:
    def then(at: datetime) -> bool:
        return bool(asked["first_s"] <= at.timestamp() < asked["last_s"])

    of_port = (r for r in rows if r.port == asked["port"] and r.unit_type != _PLACE)
    return _first((row.unit_id for row in of_port if then(row.occurred_at)), asked)


def _ports(rows: Iterable[Any], asked: Parameters) -> Iterable[Row]:
    return ((port,) for port in sorted({row.port for row in rows}))


def _instant(name: str) -> str:
    return f"toDateTime64(%({name})s, 0, 'UTC')"


_WITHIN: Final = "unit_id > %(after)s ORDER BY unit_id LIMIT %(most)s"

MESSAGES: Final = Question(
    EVENTS,
    "SELECT unit_id, message FROM events WHERE port = %(port)s "
    f"AND unit_type != '{_PLACE}' AND unit_id IN %(units)s "
    "ORDER BY unit_id, occurred_at, source, event_id, digest "
    "LIMIT 1 BY unit_id, source, event_id, digest",
    _messages,
)
VISITS: Final = Question(
    FATES,
    "SELECT unit_id, event_id, visit_id FROM event_fates WHERE source = %(source)s "
    "AND event_id IN %(ids)s AND port = %(port)s AND unit_id IN %(units)s "
    "ORDER BY version DESC LIMIT 1 BY event_id, unit_id",
    _visits,
)
OUTCOMES: Final = Question(
    DWELLS,
    f"SELECT {', '.join(DWELLS.columns)} FROM (SELECT * FROM stage_dwells WHERE port = %(port)s "
    f"AND visit_opened_at >= {_instant('first_s')} AND visit_opened_at <= {_instant('last_s')} "
    "AND visit_id IN %(visits)s "
    "ORDER BY version DESC LIMIT 1 BY visit_id, stage, occurrence, limit_id) "
    "WHERE withdrawn = 0 ORDER BY visit_id, opened_at, stage, occurrence, limit_id",
    _outcomes,
)
STAYED: Final = Question(
    DWELLS,
    "SELECT DISTINCT unit_id FROM stage_dwells WHERE port = %(port)s "
    f"AND opened_at < {_instant('last_s')} "
    f"AND (closed_at IS NULL OR closed_at >= {_instant('first_s')}) AND {_WITHIN}",
    _stayed,
)
TOLD: Final = Question(
    EVENTS,
    f"SELECT DISTINCT unit_id FROM events WHERE port = %(port)s AND unit_type != '{_PLACE}' "
    f"AND occurred_at >= {_instant('first_s')} AND occurred_at < {_instant('last_s')} "
    f"AND {_WITHIN}",
    _told,
)
PORTS: Final = Question(EVENTS, "SELECT DISTINCT port FROM events ORDER BY port", _ports)
