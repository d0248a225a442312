"""The observatory over the tables: what differs between vintages, or since, and what caused it.

For those who may see single visits. Knows the tables `stage_dwells` and `events`, where outcomes
say what revised them and events whether they correct another. Must never know a cell.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Final, TypeVar

from reports.cohorts import land_cohorts
from reports.facts import FrozenFact
from reports.freezing import forget, freeze
from reports.tables import Tables, TablesUnavailable
from reports.vintages.affected import Pair
from reports.vintages.changes import (
    Cause,
    CauseWord,
    Change,
    FactKey,
    cause_by_fields,
    change,
    with_causes,
)
from reports.vintages.tabled_facts import differing, facts
from timing.commitments.period import Period
from timing.patience import Patience

KEYS_AT_ONCE: Final = 1_000
"""Facts whose causes are asked for by one question."""
T = TypeVar("T")

_CAUSES: Final = """
SELECT port, stage, visit_id, occurrence, ifNull(last.1, ''), ifNull(last.2, '')
FROM (
    SELECT port, stage, visit_id, occurrence,
        argMax(tuple(toString(cause_what), cause_id), version) AS last
    FROM stage_dwells
    WHERE port IN %(ports)s AND stage IN %(stages)s AND visit_id IN %(visits)s
    GROUP BY port, stage, visit_id, occurrence
)
"""
_EVENTS: Final = """
SELECT concat(source, '/', event_id),
    argMax(multiIf(JSONExtractString(message, 'retracts') != '', 'withdrawal',
                   JSONExtractString(message, 'supersedes') != '', 'correction', 'late'), version)
FROM events
WHERE port IN %(ports)s AND unit_id IN %(units)s AND concat(source, '/', event_id) IN %(ids)s
GROUP BY source, event_id
"""
_WORDS: Final[Mapping[str, CauseWord]] = {
    "time": "time", "suspension": "suspension", "edition": "edition",
}  # fmt: skip
_OF_EVENTS: Final[Mapping[str, CauseWord]] = {
    "withdrawal": "withdrawal", "correction": "correction", "late": "late",
}  # fmt: skip


class TableObservatory:
    """See Observatory. `attempt` is a name nobody used, for facts that are kept for a moment."""

    def __init__(self, tables: Tables, attempt: str, patience: Patience | None = None) -> None:
        self._tables, self._attempt = tables, attempt
        self._patience = patience or Patience()

    def changes(self, older: str, newer: str) -> Iterator[Change]:
        """See Observatory."""
        waiting = differing(self._tables, older, newer)
        # One answer is read to its end before the next is asked for.
        for some in _parts(list(waiting), KEYS_AT_ONCE):
            yield from self._explained(some)

    def changes_today(self, vintage: str, period: Period) -> Iterator[Change]:
        """See Observatory. Today's facts are frozen under a name that no reader asks for."""
        today = f"{vintage}.today.{self._attempt}"
        try:
            land_cohorts(self._tables, period, self._patience)
            freeze(self._tables, today, period)
            found = list(self.changes(vintage, today))
        except TablesUnavailable:
            # What is left has a name that no reader asks for; why it failed is what matters.
            with suppress(TablesUnavailable):
                forget(self._tables, today)
            raise
        forget(self._tables, today)
        yield from found

    def facts(self, vintage: str, only: Mapping[str, str] | None = None) -> Iterator[FrozenFact]:
        """See Observatory."""
        return facts(self._tables, vintage, only)

    def _explained(self, some: Sequence[Pair]) -> Iterator[Change]:
        found = [change(*pair) for pair in some]
        causes = {one.key: cause for one in found if (cause := cause_by_fields(one))}
        asked = [pair for one, pair in zip(found, some, strict=True) if one.key not in causes]
        return with_causes(found, {**self._causes(asked), **causes})

    def _causes(self, some: Sequence[Pair]) -> dict[FactKey, Cause]:
        said = self._said({pair.stands for pair in some})
        ids = sorted({id for what, id in said.values() if what == "event"})
        sorts = self._sorts({pair.stands for pair in some}, ids)
        return {key: _cause(what, id, sorts) for key, (what, id) in said.items()}

    def _said(self, some: set[FrozenFact]) -> dict[FactKey, tuple[str, str]]:
        """What the last revision of each outcome says of its cause."""
        if not some:
            return {}
        asked = {
            "ports": sorted({fact.port for fact in some}),
            "stages": sorted({fact.stage for fact in some}),
            "visits": sorted({fact.visit_id for fact in some}),
        }
        rows = self._tables.rows(_CAUSES, asked)
        return {(port, stage, visit, n): (what, id) for port, stage, visit, n, what, id in rows}

    def _sorts(self, some: set[FrozenFact], ids: Sequence[str]) -> dict[str, str]:
        """Which of these events correct another, or withdraw one."""
        if not ids:
            return {}
        asked = {
            "ports": sorted({fact.port for fact in some}),
            "units": sorted({fact.unit_id for fact in some}),
            "ids": list(ids),
        }
        return dict(self._tables.rows(_EVENTS, asked))


def _cause(what: str, id: str, sorts: Mapping[str, str]) -> Cause:
    if what == "event":
        return Cause(_OF_EVENTS.get(sorts.get(id, ""), "unknown"), id)
    return Cause(_WORDS.get(what, "unknown"), id)


def _parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    while part := list(islice(left, size)):
        yield part
