"""Where a board begins: what stands in the tables, and from where in the log to read on.

Where to read on is what the writer has committed, asked BEFORE the rows: every record before it is
in the rows, some after it may be as well, and reading those again changes nothing. A partition
without a commit is read from its beginning. Deeds are few and kept long: they are read from the log
alone. Everything is asked through the Store, in SQL and plainly; must never know a board.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from kafka import KafkaAdminClient
from pydantic_core import from_json

from events.alerts import AlertDeed
from events.envelope import Unit
from events.outcomes import Alert, AppliedLimit, Outcome
from events.topics import LIMIT_ALERTS, STAGE_DWELLS
from events.vocabulary import UnitType
from sinks.accepted import EventRow
from sinks.rows import OFFSETS_MAX, LimitAlert, StageDwell, outcome_of
from sinks.settings import WriterSettings
from sinks.store import Parameters, Question, Store
from sinks.tables import ALERTS, DWELLS, EVENTS, Row

INSPECTED: Final = ("inspection-positioning", "inspection-wait", "inspection")
STEPS: Final = (*INSPECTED, "in-yard-transfer", "box-move")
"""Stages that inspections are told from, ended ones too."""
INSPECTED_WITHIN: Final = timedelta(days=1)
ALERTED_WITHIN: Final = timedelta(days=7)
"""How long ago what ended may have ended, before the newest row."""
UNITS_AT_ONCE: Final = 2_000
"""Units that one question names; it stays far below the longest statement that a server takes."""

Offsets = Mapping[tuple[str, int], int]


class Place(NamedTuple):
    """A place in the log, from the version of a row."""

    era: int
    offset: int


class Seen(NamedTuple):
    """Where a unit was last seen, and when; epoch seconds."""

    port: str
    unit_id: str
    spot: str
    occurred_at: int


def committed(settings: WriterSettings, within_s: float = 10.0) -> dict[tuple[str, int], int]:
    """How far the writer has landed outcomes and alerts, by topic and partition.

    Raises KafkaError when the broker does not say so in time.
    """
    wait_ms = int(within_s * 1000)
    admin = KafkaAdminClient(
        bootstrap_servers=list(settings.brokers),
        client_id="portclock-beginning",
        bootstrap_timeout_ms=wait_ms,
        request_timeout_ms=wait_ms,
        **settings.kafka_python,
    )
    try:
        found = admin.list_group_offsets({settings.group: None}).get(settings.group, {})
    finally:
        admin.close()
    wanted = {STAGE_DWELLS.name, LIMIT_ALERTS.name}
    return {
        (place.topic, place.partition): at.offset
        for place, at in found.items()
        if place.topic in wanted and at.offset >= 0
    }


class TableBeginning:
    """What stood in the tables when somebody began to read on from `upto`.

    Every method that asks the store may raise StoreUnavailable and StoreRefused.
    """

    def __init__(self, store: Store, upto: Offsets) -> None:
        self._store, self._upto = store, upto

    def outcomes(self) -> Iterator[tuple[Outcome, Place]]:
        """Every open stage, and of visits with an open stage, or whose inspection ended within
        INSPECTED_WITHIN, the stages that inspections are told from."""
        newest = next(self._store.ask(NEWEST_DECISION, {}), (None,))[0]
        since_s = 0 if newest is None else _epoch(newest - INSPECTED_WITHIN)
        for row in self._store.ask(STANDING, {"since_s": since_s}):
            yield outcome_of(StageDwell._make(row)), _place(row[-2])

    def alerts(self) -> Iterator[tuple[Alert, Place]]:
        """Every alert of an incident that is open, or ended within ALERTED_WITHIN."""
        newest = next(self._store.ask(NEWEST_ALERT, {}), (None,))[0]
        since_s = 0 if newest is None else _epoch(newest - ALERTED_WITHIN)
        for row in self._store.ask(INCIDENTS, {"since_s": since_s}):
            yield _alert_of(LimitAlert._make(row)), _place(row[-1])

    def deeds(self) -> Iterator[AlertDeed]:
        """None: the log has them all, and is read from its beginning."""
        return iter(())

    def spots(self) -> Iterator[Seen]:
        """Where the units of open visits were last seen."""
        by_port: dict[str, list[str]] = {}
        for port, unit_id in self._store.ask(OPEN_UNITS, {}):
            by_port.setdefault(port, []).append(unit_id)
        for port, units in by_port.items():
            for first in range(0, len(units), UNITS_AT_ONCE):
                asked = {"port": port, "units": tuple(units[first : first + UNITS_AT_ONCE])}
                for unit_id, spot, occurred_at in self._store.ask(SPOTS, asked):
                    yield Seen(port, unit_id, spot, _epoch(occurred_at))

    def upto(self) -> Offsets:
        """By topic and partition, the offset to read on from: all before it is in the rows."""
        return self._upto


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())


def _place(version: int) -> Place:
    return Place(*divmod(version, OFFSETS_MAX))


def _alert_of(row: LimitAlert) -> Alert:
    said = {name: value for name, value in row._asdict().items() if name in Alert.model_fields}
    extra = from_json(row.unit_extra) if row.unit_extra else {}
    limit = AppliedLimit(
        id=row.limit_id, edition=row.limit_edition, kind=row.limit_kind, limit_s=row.limit_s
    )
    cause = {"what": row.cause_what, "id": row.cause_id} if row.cause_what else None
    unit = Unit.model_validate({**extra, "type": row.unit_type, "id": row.unit_id})
    return Alert.model_validate({**said, "unit": unit, "limit": limit, "cause": cause})


def _since(parameters: Parameters) -> datetime:
    return datetime.fromtimestamp(parameters["since_s"], UTC)


def _newest_decision(rows: Iterable[StageDwell], parameters: Parameters) -> Iterable[Row]:
    return [(max((row.decided_at for row in rows), default=None),)]


def _standing(rows: Iterable[StageDwell], parameters: Parameters) -> Iterable[Row]:
    since, known = _since(parameters), list(rows)
    told = {
        (row.port, row.visit_id)
        for row in known
        if row.closed_at is None or (row.stage in INSPECTED and row.closed_at >= since)
    }
    return (
        row
        for row in known
        if row.closed_at is None or (row.stage in STEPS and (row.port, row.visit_id) in told)
    )


def _newest_alert(rows: Iterable[LimitAlert], parameters: Parameters) -> Iterable[Row]:
    return [(max((row.raised_at for row in rows), default=None),)]


def _incident(row: LimitAlert) -> Row:
    return row.port, row.stage, row.visit_id, row.occurrence, row.limit_id


def _incidents(rows: Iterable[LimitAlert], parameters: Parameters) -> Iterable[Row]:
    since, known = _since(parameters), list(rows)
    last: dict[Row, LimitAlert] = {}
    for row in known:
        if row.version >= last.setdefault(_incident(row), row).version:
            last[_incident(row)] = row
    return (
        row
        for row in known
        if (end := last[_incident(row)]).state in ("at-risk", "breached") or end.raised_at >= since
    )


def _open_units(rows: Iterable[StageDwell], parameters: Parameters) -> Iterable[Row]:
    return sorted({(row.port, row.unit_id) for row in rows if row.closed_at is None})


def _spots(rows: Iterable[EventRow], parameters: Parameters) -> Iterable[Row]:
    last: dict[str, tuple[datetime, str]] = {}
    for row in rows:
        if row.port != parameters["port"] or row.unit_id not in parameters["units"]:
            continue
        spot = from_json(row.message)["place"].get("spot")
        if row.unit_type != UnitType.PLACE and spot:
            last[row.unit_id] = max(last.get(row.unit_id, (row.occurred_at, "")),
                                    (row.occurred_at, spot))  # fmt: skip
    return ((unit_id, spot, at) for unit_id, (at, spot) in sorted(last.items()))


_STEPS: Final = ", ".join(f"'{stage}'" for stage in STEPS)
_INSPECTED: Final = ", ".join(f"'{stage}'" for stage in INSPECTED)
_SINCE: Final = "toDateTime64(%(since_s)s, 0, 'UTC')"
_INCIDENT: Final = "port, stage, visit_id, occurrence, limit_id"

NEWEST_DECISION: Final = Question(
    DWELLS,
    "SELECT maxOrNull(decided_at) FROM stage_dwells FINAL WHERE withdrawn = 0",
    _newest_decision,
)
STANDING: Final = Question(
    DWELLS,
    f"SELECT {', '.join(DWELLS.columns)} FROM stage_dwells FINAL WHERE withdrawn = 0 "
    f"AND (closed_at IS NULL OR stage IN ({_STEPS}) AND (port, visit_id) GLOBAL IN ("
    "SELECT port, visit_id FROM stage_dwells FINAL WHERE withdrawn = 0 AND (closed_at IS NULL "
    f"OR stage IN ({_INSPECTED}) AND closed_at >= {_SINCE}))) ORDER BY {', '.join(DWELLS.key)}",
    _standing,
)
NEWEST_ALERT: Final = Question(
    ALERTS,
    "SELECT maxOrNull(raised_at) FROM limit_alerts FINAL",
    _newest_alert,
)
INCIDENTS: Final = Question(
    ALERTS,
    f"SELECT {', '.join(ALERTS.columns)} FROM limit_alerts FINAL WHERE ({_INCIDENT}) GLOBAL IN ("
    f"SELECT {_INCIDENT} FROM limit_alerts FINAL GROUP BY {_INCIDENT} "
    "HAVING argMax(state, version) IN ('at-risk', 'breached') "
    f"OR argMax(raised_at, version) >= {_SINCE}) ORDER BY {', '.join(ALERTS.key)}",
    _incidents,
)
OPEN_UNITS: Final = Question(
    DWELLS,
    "SELECT DISTINCT port, unit_id FROM stage_dwells FINAL "
    "WHERE withdrawn = 0 AND closed_at IS NULL ORDER BY port, unit_id",
    _open_units,
)
SPOTS: Final = Question(
    EVENTS,
    "SELECT unit_id, last.2, last.1 FROM (SELECT unit_id, max((occurred_at, spot)) AS last FROM ("
    "SELECT unit_id, occurred_at, JSONExtractString(message, 'place', 'spot') AS spot FROM events "
    f"WHERE port = %(port)s AND unit_type != '{UnitType.PLACE.value}' AND unit_id IN %(units)s) "
    "WHERE spot != '' GROUP BY unit_id) ORDER BY unit_id",
    _spots,
)
