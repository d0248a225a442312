"""Cohorts landed: the traits of every visit that a month speaks of, found by the law and kept.

Only units of which something new was told are looked at again, so the close of a month costs what
the month brought. Knows the tables `events`, `stage_dwells` and `visit_cohorts`; must never know
how a trait is found (`timing.measures.cohorts`).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from events.reading import read
from reports.facts import NO, UNSAID, YES
from reports.tables import Row, Tables
from timing.commitments.period import Period
from timing.measures.cohorts import Cohort, cohorts_of
from timing.patience import Patience

UNITS_AT_ONCE: Final = 2_000
"""Units whose events are read by one question: at a few dozen events each, some 30 MB."""

WAY_OF_FINDING: Final = 1
"""Raised whenever `timing.measures.cohorts` finds a trait in another way: what was kept is found
anew then, since the events alone would not show it."""

COLUMNS: Final = (
    "port", "unit_id", "visit_id", "goods", "laden", "inspected", "advance", "trader", "told",
)  # fmt: skip

OF_PERIOD: Final = (
    "opened_at < toDateTime64(%(ends_s)s, 0, 'UTC') "
    "AND (closed_at IS NULL OR closed_at >= toDateTime64(%(begins_s)s, 0, 'UTC'))"
)
"""Stages that a period speaks of: not ended before it, and begun before its end."""


class _Unit(NamedTuple):
    """A unit of which something was told that its cohorts do not know of. `told` sums it up."""

    id: str
    told: int


def land_cohorts(tables: Tables, period: Period, patience: Patience) -> int:
    """Bring the cohorts of all visits of a period up to what was told; returns how many visits were
    looked at. Raises TablesUnavailable; called again, it goes on where it was.
    """
    asked = {"begins_s": period.begins_at, "ends_s": period.ends_at, "way": WAY_OF_FINDING}
    ports = [port for (port,) in tables.rows(_PORTS, asked)]
    return sum(_land_port(tables, port, asked, patience) for port in ports)


def _land_port(tables: Tables, port: str, asked: dict[str, int], patience: Patience) -> int:
    stale = [_Unit._make(row) for row in tables.rows(_STALE, {**asked, "port": port})]
    landed = 0
    for first in range(0, len(stale), UNITS_AT_ONCE):
        units = stale[first : first + UNITS_AT_ONCE]
        rows = _rows(_cohorts(tables, port, units, patience), units)
        tables.insert("visit_cohorts", COLUMNS, rows, _token(port, units))
        landed += len(rows)
    return landed


def _cohorts(
    tables: Tables, port: str, units: Sequence[_Unit], patience: Patience
) -> Iterator[Cohort]:
    ids = [unit.id for unit in units]
    asked = {"port": port, "first": ids[0], "last": ids[-1], "ids": ids}
    messages = (message for (message,) in tables.rows(_MESSAGES, asked))
    events = (event for message in messages for event in read(_as_bytes(message)))
    yield from cohorts_of(events, patience)


def _rows(cohorts: Iterable[Cohort], units: Sequence[_Unit]) -> list[Row]:
    told = {unit.id: unit.told for unit in units}
    rows: list[Row] = []
    for cohort in cohorts:
        port, unit_id, _ = cohort.visit_id.split("/")
        rows.append(
            (
                port, unit_id, cohort.visit_id, cohort.goods or UNSAID, word(cohort.laden),
                word(cohort.inspected), word(cohort.advance), cohort.trader or UNSAID,
                told[unit_id],
            )
        )  # fmt: skip
    return rows


def word(said: bool | None) -> str:
    """Yes, no, or nothing said."""
    return UNSAID if said is None else YES if said else NO


def _token(port: str, units: Sequence[_Unit]) -> str:
    """The same units told the same make the same rows, so they may share a token."""
    summed = sum(unit.told for unit in units) % 2**64
    return f"visit_cohorts:{port}:{units[0].id}:{units[-1].id}:{len(units)}:{summed}"


def _as_bytes(message: bytes | str) -> bytes:
    """A driver reads bytes that are a text as a text."""
    return message.encode() if isinstance(message, str) else message


_PORTS: Final = f"SELECT DISTINCT port FROM stage_dwells WHERE {OF_PERIOD} ORDER BY port"
_STALE: Final = f"""
SELECT e.unit_id, e.told
FROM
(
    SELECT unit_id, arraySum(groupUniqArray(digest)) + %(way)s AS told
    FROM events
    WHERE port = %(port)s AND unit_type != 'place' AND unit_id GLOBAL IN
    (
        SELECT unit_id FROM stage_dwells WHERE port = %(port)s AND {OF_PERIOD}
    )
    GROUP BY unit_id
) AS e
GLOBAL LEFT ANTI JOIN
(
    SELECT DISTINCT unit_id, told FROM visit_cohorts WHERE port = %(port)s
) AS c ON c.unit_id = e.unit_id AND c.told = e.told
ORDER BY e.unit_id
"""
_MESSAGES: Final = (
    "SELECT message FROM events WHERE port = %(port)s AND unit_type != 'place' "
    "AND unit_id >= %(first)s AND unit_id <= %(last)s AND unit_id IN %(ids)s"
)
