"""What the tables know of one unit: its events, to be explained or judged again, and its outcomes.

Asked through the Store, the same on every store, parameters bound. An empty answer means that
nothing landed; whether a visit ever was is not for this module to say.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from events.outcomes import Outcome
from events.vocabulary import UnitType
from sinks.accepted import EventRow
from sinks.rows import StageDwell, opened_at_of, outcome_of
from sinks.store import Parameters, Question, Store
from sinks.tables import DWELLS, EVENTS, Row


def events_of(store: Store, port: str, unit_id: str) -> list[bytes]:
    """Every message about a unit at a port, in order of `occurred_at`, for `events.codec.decode`.

    All contents that an identity ever had are among them: which one stands is the judge's to say.
    """
    asked = {"port": port, "unit_id": unit_id}
    return [_as_bytes(message) for (message,) in store.ask(UNIT_EVENTS, asked)]


def place_events_of(store: Store, port: str) -> list[bytes]:
    """Every message about a place of a port (its suspensions), in order of `occurred_at`."""
    return [_as_bytes(message) for (message,) in store.ask(PLACE_EVENTS, {"port": port})]


def outcomes_of(store: Store, visit_id: str) -> list[Outcome]:
    """What stands of a visit, by the opening of its stages; withdrawn ones are left out.

    Raises ValueError for what is no visit id, `<port>/<unit id>/<instant>`.
    """
    opened_s = int(opened_at_of(visit_id).timestamp())
    asked = {"port": visit_id.partition("/")[0], "visit_id": visit_id, "opened_s": opened_s}
    return [outcome_of(StageDwell._make(row)) for row in store.ask(VISIT_OUTCOMES, asked)]


def _as_bytes(message: bytes | str) -> bytes:
    """The driver reads bytes that are a text as a text."""
    return message.encode() if isinstance(message, str) else message


def _in_time(rows: Iterable[EventRow]) -> Iterator[Row]:
    ordered = sorted(rows, key=lambda row: (row.occurred_at, row.source, row.event_id, row.digest))
    return ((row.message,) for row in ordered)


def _of_unit(rows: Iterable[EventRow], parameters: Parameters) -> Iterable[Row]:
    asked = (parameters["port"], parameters["unit_id"])
    return _in_time(row for row in rows if (row.port, row.unit_id) == asked)


def _of_places(rows: Iterable[EventRow], parameters: Parameters) -> Iterable[Row]:
    asked = (parameters["port"], UnitType.PLACE)
    return _in_time(row for row in rows if (row.port, row.unit_type) == asked)


def _of_visit(rows: Iterable[StageDwell], parameters: Parameters) -> Iterable[Row]:
    def place(row: StageDwell) -> tuple[datetime, str, int, str]:
        return row.opened_at, row.stage, row.occurrence, row.limit_id

    return sorted((row for row in rows if row.visit_id == parameters["visit_id"]), key=place)


# Not by FINAL, which merges all that stands near what is wanted: it takes ten times as long.
_IN_TIME_AND_ONCE: Final = (
    "ORDER BY occurred_at, source, event_id, digest LIMIT 1 BY source, event_id, digest"
)
"""Rows of one content are equal, so taking any of them is exact."""

UNIT_EVENTS: Final = Question(
    EVENTS,
    "SELECT message FROM events WHERE port = %(port)s AND unit_id = %(unit_id)s "
    f"{_IN_TIME_AND_ONCE}",
    _of_unit,
)
PLACE_EVENTS: Final = Question(
    EVENTS,
    f"SELECT message FROM events WHERE port = %(port)s AND unit_type = '{UnitType.PLACE.value}' "
    f"{_IN_TIME_AND_ONCE}",
    _of_places,
)
VISIT_OUTCOMES: Final = Question(
    DWELLS,
    f"SELECT {', '.join(DWELLS.columns)} FROM (SELECT * FROM stage_dwells WHERE port = %(port)s "
    "AND visit_opened_at = toDateTime64(%(opened_s)s, 0, 'UTC') AND visit_id = %(visit_id)s "
    "ORDER BY version DESC LIMIT 1 BY stage, occurrence, limit_id) "
    "WHERE withdrawn = 0 ORDER BY opened_at, stage, occurrence, limit_id",
    _of_visit,
)
