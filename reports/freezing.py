"""Freezing: the facts of a month as they stand now, kept for ever under the name of a vintage.

One statement for each slice of a port's stages, inside the database, so that memory does not grow
with the month. What is law is asked of the law and handed in as data: which holds excuse whom,
which flags leave a time out, which links a whole stay has, when it is peak. Knows the tables of
facts; must never know a cell.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from events.vocabulary import Party
from reports.cohorts import OF_PERIOD
from reports.places import Places, places
from reports.plain import links_of
from reports.tables import Tables
from timing.commitments.period import Period
from timing.holds import excuses
from timing.measures.rules import PORT_OFFSET_S, MeasureRules, measure_rules
from timing.stages import Answers

SLICE_ROWS: Final = 200_000
"""Rows of outcomes that one statement reads at most, if a stage alone has no more."""
WHOLE: Final = "release-time"
"""The stay whose links add up to it."""
LEAVE_OUT: Final = ("inferred-close", "undone")
"""Flags of an ended stage whose time says nothing, the first that applies (docs/commitments.md)."""


class Slice(NamedTuple):
    """What one statement freezes: some stages of one port."""

    port: str
    stages: tuple[str, ...]


class UnknownVisits(NamedTuple):
    """Of the visits frozen, those whose events had not landed: their traits are not known."""

    visits: int
    unknown: int


def freeze(
    tables: Tables,
    vintage: str,
    period: Period,
    where: Places | None = None,
    rules: MeasureRules | None = None,
) -> None:
    """Freeze the facts of a month under the name of a vintage. Let its cohorts land before, and
    forget what an attempt that died has left. Raises TablesUnavailable.
    """
    handed = handed_in(vintage, period, where or places(), rules or measure_rules())
    for some in slices(tables, period):
        tables.run(_insert(some), {**handed, "port": some.port, "stages": list(some.stages)})


def forget(tables: Tables, vintage: str) -> None:
    """Remove all that was kept under a name. Never for a vintage that is published: ask before."""
    for table in ("vintage_facts", "counted_cells", "published_cells"):
        tables.run(f"ALTER TABLE {table} DROP PARTITION %(vintage)s", {"vintage": vintage})


def unknown_visits(tables: Tables, vintage: str) -> UnknownVisits:
    """How many visits were frozen without their traits."""
    asked = (
        "SELECT uniqExact(visit_id), uniqExactIf(visit_id, cohort_known = 0) "
        "FROM vintage_facts WHERE vintage = %(vintage)s"
    )
    ((visits, unknown),) = tables.rows(asked, {"vintage": vintage})
    return UnknownVisits(visits, unknown)


def known_companies(tables: Tables, vintage: str) -> int:
    """How many companies the facts of a month name. Where it is none, every cell is withheld."""
    asked = (
        "SELECT uniqExact(trader) FROM vintage_facts WHERE vintage = %(vintage)s AND trader != ''"
    )
    ((companies,),) = tables.rows(asked, {"vintage": vintage})
    return int(companies)


def slices(tables: Tables, period: Period) -> Iterator[Slice]:
    """What there is to freeze, in parts of bounded size. The whole stay is always by itself, since
    its links are looked up."""
    asked = (
        f"SELECT port, stage, count() FROM stage_dwells WHERE {OF_PERIOD} "
        "GROUP BY port, stage ORDER BY port, stage"
    )
    bounds = {"begins_s": period.begins_at, "ends_s": period.ends_at}
    here, stages, room = "", list[str](), 0
    for port, stage, rows in list(tables.rows(asked, bounds)):
        if stage == WHOLE:
            yield Slice(port, (stage,))
            continue
        if stages and (port != here or rows > room):
            yield Slice(here, tuple(stages))
            stages, room = [], SLICE_ROWS
        here, room = port, (room if stages else SLICE_ROWS) - rows
        stages.append(stage)
    if stages:
        yield Slice(here, tuple(stages))


def handed_in(
    vintage: str, period: Period, where: Places, rules: MeasureRules
) -> Mapping[str, Any]:
    """What the statement takes from the law, as parameters."""
    answers: list[Answers] = [*Party, "all"]
    return {
        "vintage": vintage,
        "begins_s": period.begins_at,
        "ends_s": period.ends_at,
        "ports": list(where.provinces) or [""],
        "provinces": list(where.provinces.values()) or [""],
        "excusing": [f"{a}/{p.value}" for a in map(str, answers) for p in Party if _excuses(p, a)],
        "leave_out": list(LEAVE_OUT),
        "weekdays": list(rules.peak.weekdays),
        "from_hour": rules.peak.from_hour,
        "until_hour": rules.peak.until_hour,
        "offset_s": PORT_OFFSET_S,
        "links": sorted({*links_of("import"), *links_of("export")}),
    }


def _excuses(party: Party, answers: str) -> bool:
    return excuses(party, "all" if answers == "all" else Party(answers))


def _insert(some: Slice) -> str:
    links = _LINKS if WHOLE in some.stages else _NO_LINKS
    facts = _FACTS.format(links=links, of_slice=_OF_SLICE)
    return f"INSERT INTO vintage_facts ({', '.join(_COLUMNS)})\n{facts}"


_OF_SLICE: Final = f"""visit_id GLOBAL IN
        (
            SELECT visit_id FROM stage_dwells
            WHERE port = %(port)s AND stage IN %(stages)s AND {OF_PERIOD}
        )"""
"""Whose rows have to be read at all. Of every month, since a stay may be open for ever; but where
only a few stand open, whole granules are passed over. The visit is part of the key, so all
revisions of an outcome are read or none."""
_LINKS: Final = f"""(
    SELECT l.visit_id AS visit_id, arraySort(groupArray((l.stage, l.gross_s))) AS chain
    FROM
    (
        SELECT visit_id, stage, any(assumeNotNull(gross_s)) AS gross_s
        FROM stage_dwells FINAL
        PREWHERE {_OF_SLICE}
        WHERE port = %(port)s AND stage IN %(links)s AND withdrawn = 0 AND closed_at IS NOT NULL
        GROUP BY visit_id, stage, occurrence
    ) AS l
    GROUP BY l.visit_id
)"""
_NO_LINKS: Final = """(
    SELECT '' AS visit_id, CAST([], 'Array(Tuple(LowCardinality(String), UInt64))') AS chain
)"""

_FACTS: Final = """
SELECT
    %(vintage)s AS vintage, f.port AS port, f.stage AS stage, f.visit_id AS visit_id,
    f.occurrence AS occurrence,
    transform(toString(f.port), %(ports)s, %(provinces)s, '') AS province,
    f.facility AS facility, f.unit_type AS unit_type, f.unit_id AS unit_id, f.mode AS mode,
    f.direction AS direction, c.goods AS goods, c.laden AS laden, c.inspected AS inspected,
    c.advance AS advance, c.trader AS trader,
    if(has(%(weekdays)s, toDayOfWeek(f.local_at)) AND toHour(f.local_at) >= %(from_hour)s
       AND toHour(f.local_at) < %(until_hour)s, 'yes', 'no') AS peak,
    if(f.ended, 'ended', 'open') AS standing, f.opened_at AS opened_at,
    if(f.ended, assumeNotNull(f.left_at), toDateTime64(0, 0, 'UTC')) AS closed_at,
    if(f.ended, f.gross, 0) AS gross_s,
    if(f.ended, f.gross - arraySum(arrayMap(
        (party, held) -> if(has(%(excusing)s, concat(f.answers, '/', party)), held, 0),
        mapKeys(f.held), mapValues(f.held))), 0) AS net_s,
    if(f.ended, 0, %(ends_s)s - toUnixTimestamp64Second(f.opened_at)) AS age_s,
    if(f.ended, arrayFirst(flag -> has(f.flags, flag), %(leave_out)s), '') AS left_out,
    if(f.ended, arrayFirst(one -> has(f.verdicts, one), ['breached', 'excused', 'met']), '')
        AS verdict,
    f.definition AS definition,
    arrayMap(one -> one.1, f.limits) AS limit_ids,
    arrayMap(one -> one.2, f.limits) AS limit_editions,
    arrayMap(one -> one.3, f.limits) AS limit_s,
    arrayMap(one -> if(f.ended, one.4, 0), f.limits) AS limit_net_s,
    arrayMap(one -> if(f.ended, one.5, ''), f.limits) AS limit_verdicts,
    if(f.ended, arrayMap(one -> one.1, k.chain), []) AS link_stages,
    if(f.ended, arrayMap(one -> one.2, k.chain), []) AS link_s,
    if(f.ended, f.events, []) AS event_ids,
    c.known AS cohort_known
FROM
(
    SELECT
        o.port AS port, o.stage AS stage, o.visit_id AS visit_id, o.occurrence AS occurrence,
        any(if(o.facility IS NULL OR o.facility = '*', '', o.facility)) AS facility,
        any(o.unit_type) AS unit_type, any(o.unit_id) AS unit_id, any(o.mode) AS mode,
        any(ifNull(o.direction, '')) AS direction,
        any(o.opened_at) AS opened_at,
        any(o.opened_at) + toIntervalSecond(%(offset_s)s) AS local_at,
        any(tuple(o.closed_at)).1 AS left_at,
        left_at IS NOT NULL AND left_at < toDateTime64(%(ends_s)s, 0, 'UTC') AS ended,
        any(ifNull(o.gross_s, 0)) AS gross, any(o.held_s) AS held,
        any(toString(o.answers)) AS answers,
        any(ifNull(o.definition, '')) AS definition,
        arrayDistinct(arrayFlatten(groupArray(o.flags))) AS flags,
        groupUniqArray(toString(o.verdict)) AS verdicts,
        arraySort(groupArrayIf((toString(o.limit_id), toString(o.limit_edition), o.limit_s,
            ifNull(o.net_s, 0), toString(o.verdict)), o.limit_id != '')) AS limits,
        arraySort(arrayDistinct(arrayFlatten(groupArray(o.event_ids)))) AS events
    FROM stage_dwells AS o FINAL
    PREWHERE {of_slice}
    WHERE o.port = %(port)s AND o.stage IN %(stages)s AND o.withdrawn = 0
      AND o.opened_at < toDateTime64(%(ends_s)s, 0, 'UTC')
      AND (o.closed_at IS NULL OR o.closed_at >= toDateTime64(%(begins_s)s, 0, 'UTC'))
    GROUP BY o.port, o.stage, o.visit_id, o.occurrence
) AS f
GLOBAL LEFT JOIN
(
    SELECT visit_id, goods, laden, inspected, advance, trader, toUInt8(1) AS known
    FROM visit_cohorts FINAL
    WHERE port = %(port)s AND {of_slice}
) AS c ON c.visit_id = f.visit_id
GLOBAL LEFT JOIN {links} AS k ON k.visit_id = f.visit_id
SETTINGS do_not_merge_across_partitions_select_final = 1
"""
_COLUMNS: Final[Sequence[str]] = (
    "vintage", "port", "stage", "visit_id", "occurrence", "province", "facility", "unit_type",
    "unit_id", "mode", "direction", "goods", "laden", "inspected", "advance", "trader", "peak",
    "standing", "opened_at", "closed_at", "gross_s", "net_s", "age_s", "left_out", "verdict",
    "definition", "limit_ids", "limit_editions", "limit_s", "limit_net_s", "limit_verdicts",
    "link_stages", "link_s", "event_ids", "cohort_known",
)  # fmt: skip
