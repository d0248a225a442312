"""Frozen facts in the tables: some of them read back, and two vintages compared by the engine.

Knows one table, `vintage_facts`; must never know how facts are found, nor why they differ. Memory
grows with what is asked for and with what differs.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from reports.facts import FrozenFact, LimitFact, Link
from reports.tables import Row, Tables
from reports.vintages.affected import Pair
from reports.vintages.changes import FactKey, key_of

_PLAIN: Final = tuple(n for n in FrozenFact._fields if n not in ("limits", "links", "event_ids"))
_LIMITS: Final = ("limit_ids", "limit_editions", "limit_s", "limit_net_s", "limit_verdicts")
_LINKS: Final = ("link_stages", "link_s")
_INSTANTS: Final = ("opened_at", "closed_at")

FACT_COLUMNS: Final = (
    *_PLAIN[: FrozenFact._fields.index("limits")], *_LIMITS, *_LINKS, "event_ids", "cohort_known",
)  # fmt: skip
"""The columns of a fact, without its vintage, in the order of the table."""

NARROWED_BY: Final = frozenset(_PLAIN)
"""Columns by which facts may be asked for."""

_KEY: Final = "port, stage, visit_id, occurrence"


_DIFFERING: Final = f"""
SELECT vintage, {", ".join(FACT_COLUMNS)} FROM vintage_facts
WHERE vintage IN (%(older)s, %(newer)s) AND ({_KEY}) IN (
    SELECT {_KEY} FROM vintage_facts WHERE vintage IN (%(older)s, %(newer)s)
    GROUP BY {_KEY} HAVING count() = 1 OR uniqExact(sipHash128({", ".join(FACT_COLUMNS)})) > 1
)
ORDER BY {_KEY}, vintage = %(newer)s
"""


def facts(
    tables: Tables, vintage: str, only: Mapping[str, str] | None = None
) -> Iterator[FrozenFact]:
    """The facts of a vintage by key; `only` those whose columns have these words."""
    wanted = dict(only or {})
    assert NARROWED_BY.issuperset(wanted)
    conditions = "".join(f" AND {name} = %({name})s" for name in wanted)
    sql = (
        f"SELECT {', '.join(FACT_COLUMNS)} FROM vintage_facts "
        f"WHERE vintage = %(vintage)s{conditions} ORDER BY {_KEY}"
    )
    return map(fact_of, tables.rows(sql, {"vintage": vintage, **wanted}))


def differing(tables: Tables, older: str, newer: str) -> Iterator[Pair]:
    """The facts that two vintages do not share, by key; memory grows with what differs."""
    rows = tables.rows(_DIFFERING, {"older": older, "newer": newer})
    return pairs((row[0] == newer, fact_of(row[1:])) for row in rows)


def pairs(rows: Iterable[tuple[bool, FrozenFact]]) -> Iterator[Pair]:
    """Facts by key, each told of as the newer or the older one, laid side by side."""
    waiting: tuple[FactKey, Pair] | None = None
    for newer, fact in rows:
        key, own = key_of(fact), Pair(None, fact) if newer else Pair(fact, None)
        if waiting is not None and waiting[0] == key:
            yield Pair(waiting[1].older or own.older, own.newer or waiting[1].newer)
            waiting = None
            continue
        if waiting is not None:
            yield waiting[1]
        waiting = key, own
    if waiting is not None:
        yield waiting[1]


def fact_of(row: Row) -> FrozenFact:
    """A row of the columns above."""
    said: dict[str, Any] = dict(zip(FACT_COLUMNS, row, strict=True))
    limits = zip(*(said.pop(name) for name in _LIMITS), strict=True)
    links = zip(*(said.pop(name) for name in _LINKS), strict=True)
    for name in _INSTANTS:
        said[name] = _epoch(said[name])
    return FrozenFact(
        **{
            **said,
            "limits": tuple(map(LimitFact._make, limits)),
            "links": tuple(map(Link._make, links)),
            "event_ids": tuple(said["event_ids"]),
            "cohort_known": bool(said["cohort_known"]),
        }
    )


def row_of(vintage: str, fact: FrozenFact) -> Row:
    """A fact as the table has it."""
    plain = {name: getattr(fact, name) for name in _PLAIN}
    plain |= {name: datetime.fromtimestamp(plain[name], UTC) for name in _INSTANTS}
    lists = _columns(fact.limits, len(_LIMITS)) + _columns(fact.links, len(_LINKS))
    return (
        vintage,
        *list(plain.values())[:-1],
        *lists,
        list(fact.event_ids),
        int(fact.cohort_known),
    )


def _columns(rows: Iterable[tuple[Any, ...]], width: int) -> list[list[Any]]:
    found = [list(column) for column in zip(*rows, strict=True)]
    return found or [[] for _ in range(width)]


def _epoch(moment: datetime) -> int:
    return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp())
