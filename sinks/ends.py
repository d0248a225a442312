"""Completeness: how stages ended, over the visits that began in a span.

Every stage has a beginning and an end that somebody is to report, so stages are the pairs of events
that are expected. Asked through the Store, in SQL and plainly. Must never know a client, or which
kind of event ends a stage.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sinks.quality import MOST, Span, between, ranks, within
from sinks.rows import StageDwell
from sinks.store import Parameters, Question, Store
from sinks.tables import DWELLS, Row

OVERDUE: Final = 2
"""A stage is overdue when it is open for so many times what 19 of 20 took that ended, and more."""


class StageEnds(NamedTuple):
    """How one stage ended at a place, over visits that began in the span. `inferred`: no report
    told the end, a later one implied it. `overdue`: open for so long that a report seems missing;
    none is while not one has ended."""

    port: str
    facility: str
    stage: str
    begun: int
    ended: int
    inferred: int
    open: int
    overdue: int


def stage_ends(store: Store, span: Span) -> list[StageEnds]:
    """Every stage at every place, in order of their names. Raises StoreUnavailable
    and StoreRefused."""
    return [StageEnds._make(row) for row in store.ask(STAGE_ENDS, span._asdict())]


def _stage_ends(rows: Iterable[StageDwell], asked: Parameters) -> Iterable[Row]:
    once: dict[tuple[Any, ...], StageDwell] = {}
    for row in rows:  # by key, so that of one occurrence the first limit comes first
        if within(row.visit_opened_at, asked):
            once.setdefault((row.port, row.stage, row.visit_id, row.occurrence), row)
    places: dict[tuple[str, str, str], list[StageDwell]] = defaultdict(list)
    for row in once.values():
        places[row.port, row.facility or "", row.stage].append(row)
    return (_ends(name, places[name], asked) for name in sorted(places))


def _ends(name: tuple[str, str, str], rows: list[StageDwell], asked: Parameters) -> StageEnds:
    closed = [row for row in rows if row.closed_at is not None]
    took = [row.gross_s or 0 for row in closed if "inferred-close" not in row.flags]
    ages = [asked["until_s"] - r.opened_at.timestamp() for r in rows if r.closed_at is None]
    (usual_s,) = ranks(took, MOST)
    overdue = sum(age > OVERDUE * usual_s for age in ages) if took else 0
    return StageEnds(
        *name, len(rows), len(took), len(closed) - len(took), len(ages), overdue
    )  # fmt: skip


_ENDED: Final = "(isNotNull(closed_at) AND NOT has(flags, 'inferred-close'))"

STAGE_ENDS: Final = Question(
    DWELLS,
    "SELECT port, place, stage, begun, ended, inferred, length(ages), "
    f"if(ended = 0, 0, arrayCount(age -> age > {OVERDUE} * usual_s, ages)) FROM ("
    "SELECT port, ifNull(facility, '') AS place, stage, count() AS begun, "
    f"countIf({_ENDED}) AS ended, countIf(isNotNull(closed_at)) - ended AS inferred, "
    f"toInt64(quantileExactIf({MOST})(assumeNotNull(gross_s), {_ENDED})) AS usual_s, "
    "groupArrayIf(dateDiff('second', opened_at, toDateTime64(%(until_s)s, 0, 'UTC')), "
    "isNull(closed_at)) AS ages FROM ("
    "SELECT port, facility, stage, opened_at, closed_at, gross_s, flags FROM stage_dwells FINAL "
    f"WHERE withdrawn = 0 AND {between('visit_opened_at')} "
    "ORDER BY limit_id LIMIT 1 BY port, stage, visit_id, occurrence) "
    "GROUP BY port, place, stage) ORDER BY port, place, stage",
    _stage_ends,
)
