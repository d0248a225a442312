"""The reading side: what the tables say, asked through the Store and the same on every store.

Every question is said in SQL and, beside it, plainly; one suite holds the two together. Parameters
are bound, never formatted in; an empty `port` means all ports. Must never know a client.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Final, NamedTuple

from events.codec import canonical
from events.outcomes import Outcome
from events.vocabulary import Fate
from sinks.names import quoted_name, quoted_names
from sinks.rows import FateRow, RefusalRow, StageDwell, outcome_of
from sinks.store import Parameters, Question, Store
from sinks.tables import DWELLS, FATES, REFUSALS, Row, Table


class VerdictCount(NamedTuple):
    """How many stages of one kind got one verdict under one edition; '' when under none."""

    port: str
    stage: str
    limit_id: str
    limit_edition: str
    verdict: str
    outcomes: int


class AtRisk(NamedTuple):
    """An open stage that can still keep its limit, or has just not: until `deadline_at`."""

    deadline_at: datetime
    port: str
    unit_id: str
    stage: str
    occurrence: int
    limit_id: str
    visit_id: str
    facility: str | None
    answers: str
    decided_at: datetime


class Quarantined(NamedTuple):
    """One refused message; `settled_at` is None while nobody has dealt with it."""

    topic: str
    partition: int
    offset: int
    reason: str
    detail: str
    remedy: str
    received_at: datetime | None
    settled_at: datetime | None


def outcomes(store: Store, *, port: str = "") -> Iterator[Outcome]:
    """The outcome of every stage, by key; withdrawn ones are left out. Memory stays flat."""
    for row in store.ask(OUTCOMES, {"port": port}):
        yield outcome_of(StageDwell._make(row))


def canonical_lines(store: Store, *, port: str = "") -> list[bytes]:
    """The outcomes in canonical form, sorted as bytes: what the offline judge prints."""
    return sorted(canonical(outcome) for outcome in outcomes(store, port=port))


def fates(store: Store, *, port: str = "") -> dict[Fate, int]:
    """How many accepted events met each fate; 0 for a fate that none met."""
    counted = {fate: 0 for fate in Fate}
    for fate, events in store.ask(FATE_COUNTS, {"port": port}):
        counted[Fate(fate)] = events
    return counted


def verdicts(store: Store, *, port: str = "") -> list[VerdictCount]:
    """The verdict table, per stage, limit and edition."""
    return [VerdictCount._make(row) for row in store.ask(VERDICTS, {"port": port})]


def at_risk(store: Store, *, port: str = "", limit: int = 100) -> list[AtRisk]:
    """Open stages with a deadline, the nearest first, at most `limit` of them."""
    rows = store.ask(AT_RISK, {"port": port, "limit": limit})
    return [AtRisk._make(row)._replace(deadline_at=_utc(row[0])) for row in rows]


def refusals(
    store: Store, *, reason: str = "", settled: bool = False, limit: int = 1_000
) -> list[Quarantined]:
    """Refused messages by place, at most `limit`; the settled ones only when asked for."""
    asked = {"reason": reason, "settled": int(settled), "limit": limit}
    return [Quarantined._make(row) for row in store.ask(REFUSED, asked)]


def refusal_counts(store: Store) -> dict[str, int]:
    """How many messages were ever refused, by reason, settled or not."""
    return {reason: messages for reason, messages in store.ask(REFUSAL_COUNTS, {})}


def standing(table: Table) -> Question:
    """Every row of a table that stands, whole, by key."""
    hidden = f" WHERE {quoted_name(table.withdrawn)} = 0" if table.withdrawn else ""
    return Question(
        table,
        f"SELECT {quoted_names(table.columns)} FROM {quoted_name(table.name)} FINAL{hidden} "
        f"ORDER BY {quoted_names(table.key)}",
        lambda rows, parameters: rows,
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _at(rows: Iterable[StageDwell], parameters: Parameters) -> Iterator[StageDwell]:
    port = parameters["port"]
    return (row for row in rows if port in ("", row.port))


def _outcomes(rows: Iterable[StageDwell], parameters: Parameters) -> Iterable[Row]:
    return _at(rows, parameters)


def _verdicts(rows: Iterable[StageDwell], parameters: Parameters) -> Iterable[Row]:
    counted = Counter(
        (row.port, row.stage, row.limit_id, row.limit_edition, row.verdict)
        for row in _at(rows, parameters)
    )
    return ((*group, counted[group]) for group in sorted(counted))


def _at_risk(rows: Iterable[StageDwell], parameters: Parameters) -> Iterable[Row]:
    found = (
        AtRisk(
            row.deadline_at,
            row.port,
            row.unit_id,
            row.stage,
            row.occurrence,
            row.limit_id,
            row.visit_id,
            row.facility,
            row.answers,
            row.decided_at,
        )
        for row in _at(rows, parameters)
        if row.verdict == "open" and row.deadline_at is not None
    )
    return islice(sorted(found, key=lambda risk: risk[:7]), parameters["limit"])


def _fates(rows: Iterable[FateRow], parameters: Parameters) -> Iterable[Row]:
    port = parameters["port"]
    return Counter(row.fate for row in rows if port in ("", row.port)).items()


def _settled(rows: Iterable[RefusalRow]) -> Iterator[Quarantined]:
    """Refusals, each joined with its settlement. Rows come by key: a place's are neighbours."""
    found: dict[Row, Quarantined] = {}
    times: dict[Row, datetime | None] = {}
    for row in rows:
        place = (row.topic, row.partition, row.offset)
        if row.record == "settlement":
            times[place] = row.settled_at
        else:
            found[place] = Quarantined(
                *place, row.reason, row.detail, row.remedy, row.received_at, None
            )
    return (found[place]._replace(settled_at=times.get(place)) for place in found)


def _refused(rows: Iterable[RefusalRow], parameters: Parameters) -> Iterable[Row]:
    wanted = (
        letter
        for letter in _settled(rows)
        if parameters["reason"] in ("", letter.reason)
        and (parameters["settled"] or letter.settled_at is None)
    )
    return islice(wanted, parameters["limit"])


def _refusal_counts(rows: Iterable[RefusalRow], parameters: Parameters) -> Iterable[Row]:
    return sorted(Counter(row.reason for row in rows if row.record == "refusal").items())


_PORT: Final = "(%(port)s = '' OR port = %(port)s)"

OUTCOMES: Final = Question(
    DWELLS,
    f"SELECT {', '.join(DWELLS.columns)} FROM stage_dwells FINAL "
    f"WHERE withdrawn = 0 AND {_PORT} ORDER BY {', '.join(DWELLS.key)}",
    _outcomes,
)
VERDICTS: Final = Question(
    DWELLS,
    "SELECT port, stage, limit_id, limit_edition, verdict, count() FROM stage_dwells FINAL "
    f"WHERE withdrawn = 0 AND {_PORT} GROUP BY port, stage, limit_id, limit_edition, verdict "
    "ORDER BY port, stage, limit_id, limit_edition, verdict",
    _verdicts,
)
AT_RISK: Final = Question(
    DWELLS,
    f"SELECT {', '.join(AtRisk._fields)} FROM stage_dwells FINAL "
    f"WHERE withdrawn = 0 AND verdict = 'open' AND deadline_at IS NOT NULL AND {_PORT} "
    f"ORDER BY {', '.join(AtRisk._fields[:7])} LIMIT %(limit)s",
    _at_risk,
)
FATE_COUNTS: Final = Question(
    FATES,
    f"SELECT fate, count() FROM event_fates FINAL WHERE {_PORT} GROUP BY fate",
    _fates,
)
REFUSED: Final = Question(
    REFUSALS,
    f"SELECT {', '.join(Quarantined._fields)} FROM refusals_latest "
    "WHERE (%(reason)s = '' OR reason = %(reason)s) "
    "AND (%(settled)s = 1 OR settled_at IS NULL) "
    "ORDER BY topic, partition, offset LIMIT %(limit)s",
    _refused,
)
REFUSAL_COUNTS: Final = Question(
    REFUSALS,
    "SELECT reason, count() FROM refusals FINAL WHERE record = 'refusal' "
    "GROUP BY reason ORDER BY reason",
    _refusal_counts,
)
