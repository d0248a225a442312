"""Figures by day: every stage under every limit, over what ended on one local day.

Asked through the Store, the same on every store; the question is said in SQL and plainly, and one
suite holds the two together. Days are those of the port's clock, UTC+8 all year. Must never know a
client, and judges nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final, NamedTuple

from sinks.rows import StageDwell
from sinks.store import Parameters, Question, Store
from sinks.tables import DWELLS, Row

PORT_OFFSET: Final = timedelta(hours=8)


class StageDay(NamedTuple):
    """One stage under one limit on one day of a port and facility, over stages that ended then.

    `day` is an ISO date; `limit_id` and `limit_edition` are empty under no limit. `limit_s` is the
    longest allowance of that day, where it differs by unit. `ended` = `met` + `breached` +
    `excused` under a limit; without one all three are 0. Times are net seconds; a percentile is the
    value at that rank, none between two.
    """

    day: str
    port: str
    facility: str | None
    stage: str
    answers: str
    limit_id: str
    limit_edition: str
    limit_s: int
    ended: int
    met: int
    breached: int
    excused: int
    net_mean_s: float
    net_p50_s: float
    net_p90_s: float


def days(store: Store, port: str, first: str, last: str) -> list[StageDay]:
    """Every stage from one local day to another, both included, ISO dates; by day and name.

    Raises StoreUnavailable and StoreRefused.
    """
    asked = {"port": port, "first": first, "last": last}
    return [StageDay._make(row) for row in store.ask(DAYS, asked)]


def _day(closed_at: datetime) -> str:
    return (closed_at + PORT_OFFSET).date().isoformat()


def _days(rows: Iterable[StageDwell], parameters: Parameters) -> Iterable[Row]:
    ended = [
        (_group(row), row)
        for row in rows
        if row.closed_at is not None and row.port == parameters["port"]
    ]
    within = [
        (group, row)
        for group, row in ended
        if parameters["first"] <= group[0] <= parameters["last"]
    ]
    within.sort(key=lambda found: _sortable(found[0]))
    for group, same in groupby(within, key=lambda found: found[0]):
        yield _figures(group, [row for _, row in same])


def _group(row: StageDwell) -> tuple[Any, ...]:
    assert row.closed_at is not None, "only what has ended has a day"
    return (
        _day(row.closed_at), row.port, row.facility, row.stage, row.answers, row.limit_id,
        row.limit_edition,
    )  # fmt: skip


def _sortable(group: tuple[Any, ...]) -> tuple[Any, ...]:
    """No facility sorts as an empty one."""
    return (*group[:2], group[2] or "", *group[3:])


def _figures(group: tuple[Any, ...], rows: list[StageDwell]) -> Row:
    verdicts = [row.verdict for row in rows]
    times = sorted(row.net_s or 0 for row in rows)
    counts = (verdicts.count(verdict) for verdict in ("met", "breached", "excused"))
    ranks = (float(times[len(times) * percent // 100]) for percent in (50, 90))
    limit_s = max(row.limit_s for row in rows)
    return (*group, limit_s, len(rows), *counts, sum(times) / len(times), *ranks)


def _columns() -> Iterator[str]:
    yield "toString(toDate32(assumeNotNull(closed_at) + toIntervalHour(8))) AS day"
    yield from ("port", "facility", "stage", "answers", "limit_id", "limit_edition")
    yield from ("max(limit_s)", "count()")
    yield from (f"countIf(verdict = '{verdict}')" for verdict in ("met", "breached", "excused"))
    yield "avg(assumeNotNull(net_s))"
    yield from (f"toFloat64(quantileExact({q})(assumeNotNull(net_s)))" for q in (0.5, 0.9))


DAYS: Final = Question(
    DWELLS,
    f"SELECT {', '.join(_columns())} FROM stage_dwells FINAL "
    "WHERE withdrawn = 0 AND closed_at IS NOT NULL AND port = %(port)s "
    "AND day >= %(first)s AND day <= %(last)s "
    "GROUP BY day, port, facility, stage, answers, limit_id, limit_edition "
    "ORDER BY day, port, ifNull(facility, ''), stage, answers, limit_id, limit_edition",
    _days,
)
