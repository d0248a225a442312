"""Looks at the running demo from outside and makes a scene of it: tables, groups, feeding, health.

Whatever cannot answer at the moment (it may just have been killed) keeps its last known value: a
view must not fall over with what it shows.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from events.topics import EVENT_TOPICS
from events.vocabulary import Fate, Verdict
from portclock.demo.balance import Landed
from portclock.demo.offsets import Groups, lags
from portclock.demo.scene import AtRisk, Breach, Feed, Service, StageCount
from portclock.replay import Accounts, Offsets
from portclock.standalone.health import SETTLED, Health
from portclock.verdicts import Cell, Tally
from sinks import read
from sinks.clickhouse import ClickHouseStore
from sinks.read import VerdictCount
from sinks.store import StoreRefused, StoreUnavailable

NEAREST = 40
_NEAREST_SQL = (
    "SELECT unit_id, port, stage, toUnixTimestamp(deadline_at), limit_s FROM stage_dwells FINAL "
    "WHERE withdrawn = 0 AND verdict = 'open' AND deadline_at >= toDateTime(%(now)s, 'UTC') "
    "ORDER BY deadline_at, visit_id, stage, limit_id LIMIT %(limit)s"
)
_BREACHES_SQL = (
    "SELECT unit_id, stage, if(isNull(closed_at), %(now)s - toUnixTimestamp(deadline_at), "
    "toInt64(net_s) - toInt64(limit_s)) FROM stage_dwells FINAL "
    "WHERE withdrawn = 0 AND verdict = 'breached' "
    "ORDER BY opened_at DESC, visit_id, stage, limit_id LIMIT %(limit)s"
)
_AS_OF_SQL = "SELECT toUnixTimestamp(max(decided_at)) FROM stage_dwells"
_VISITS_SQL = "SELECT uniqExact(visit_id) FROM event_fates FINAL WHERE visit_id IS NOT NULL"
_ALERTS_SQL = "SELECT count() FROM limit_alerts FINAL"
_REFUSED_SQL = "SELECT topic, count() FROM refusals FINAL WHERE record = 'refusal' GROUP BY topic"


class Tables:
    """What the tables say now; while they do not answer, what they said last."""

    def __init__(self, store: ClickHouseStore) -> None:
        self._store = store
        self.verdicts: list[VerdictCount] = []
        self.as_of: datetime | None = None
        self.at_risk: tuple[AtRisk, ...] = ()
        self.breaches: tuple[Breach, ...] = ()
        self.refused: dict[str, int] = {}
        self.fates: dict[Fate, int] = {}
        self.alerts = 0
        self.visits = 0

    def look(self) -> bool:
        """Ask all questions once; whether they were answered."""
        try:
            self._look()
        except (StoreUnavailable, StoreRefused):
            return False
        return True

    def _look(self) -> None:
        self.verdicts = read.verdicts(self._store)
        self.fates = read.fates(self._store)
        self.refused = dict(self._store.fetch(_REFUSED_SQL))
        self.alerts = self._number(_ALERTS_SQL)
        self.visits = self._number(_VISITS_SQL)
        now = self._number(_AS_OF_SQL)
        self.as_of = datetime.fromtimestamp(now, UTC) if now else None
        self.at_risk = nearest(self._store.fetch(_NEAREST_SQL, {"now": now, "limit": NEAREST}))
        rows = self._store.fetch(_BREACHES_SQL, {"now": now, "limit": NEAREST})
        self.breaches = tuple(Breach(unit, stage, int(over_s)) for unit, stage, over_s in rows)

    def landed(self) -> Landed:
        """The totals, as the balance takes them."""
        by_verdict: Counter[str] = Counter()
        for row in self.verdicts:
            by_verdict[row.verdict] += row.outcomes
        return Landed(
            outcomes=by_verdict.total(),
            breached=by_verdict[Verdict.BREACHED],
            visits=self.visits,
            judged=self.fates.get(Fate.JUDGED, 0),
            kept=self.fates.get(Fate.KEPT, 0),
            quarantined=sum(self.refused.values()),
        )

    def counts(self) -> dict[str, int]:
        """The totals, as the view names them."""
        landed = self.landed()
        names = ("outcomes", "breached", "judged", "kept", "quarantined")
        return {name: getattr(landed, name) for name in names} | {"alerts": self.alerts}

    def _number(self, sql: str) -> int:
        return int(next(iter(self._store.fetch(sql)))[0])


def nearest(rows: Iterable[Sequence[Any]]) -> tuple[AtRisk, ...]:
    """Open stages, the nearest deadline first; a unit is shown once, at its nearest."""
    found: dict[str, AtRisk] = {}
    for unit, port, stage, deadline_s, limit_s in list(rows):
        deadline_at = datetime.fromtimestamp(int(deadline_s), UTC)
        found.setdefault(unit, AtRisk(unit, port, stage, deadline_at, int(limit_s)))
    return tuple(found.values())


def stage_counts(rows: Iterable[VerdictCount]) -> tuple[StageCount, ...]:
    """Verdicts by stage, over all ports and editions."""
    by_stage: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        by_stage[row.stage][row.verdict] += row.outcomes
    return tuple(
        StageCount(
            stage,
            met=counts[Verdict.MET],
            breached=counts[Verdict.BREACHED],
            excused=counts[Verdict.EXCUSED],
            open=counts[Verdict.OPEN],
            no_limit=counts[Verdict.NO_LIMIT],
        )
        for stage, counts in sorted(by_stage.items())
    )


def tallies(rows: Iterable[VerdictCount]) -> list[Tally]:
    """Verdicts by stage and edition, over all ports, as the judge's table has them."""
    found: dict[Cell, Counter[Verdict]] = defaultdict(Counter)
    for row in rows:
        found[Cell(row.stage, row.limit_edition)][Verdict(row.verdict)] += row.outcomes
    return [Tally(cell, found[cell]) for cell in sorted(found)]


def services(health: Iterable[Health]) -> tuple[Service, ...]:
    """The parts as the supervisor sees them."""
    return tuple(
        Service(part.name, part.state.value, part.state in SETTLED, part.restarts)
        for part in health
    )


def feeds(
    accounts: Accounts | None, lag: dict[str, int], refused: dict[str, int]
) -> tuple[Feed, ...]:
    """One row per event topic."""
    return tuple(
        Feed(
            topic.name,
            sent=accounts.by_topic.get(topic.name, 0) if accounts else 0,
            lag=lag.get(topic.name),
            last_event_at=accounts.last_at.get(topic.name) if accounts else None,
            refused=refused.get(topic.name, 0),
        )
        for topic in EVENT_TOPICS
    )


def lag_of(group: str, groups: Groups, sent: Callable[[], Offsets]) -> dict[str, int]:
    """How far the worker is behind what was sent; empty while the broker does not say."""
    try:
        return lags(sent(), groups.committed(group))
    except Exception:  # the client's errors have no common class; a view without lag is a view
        return {}
