"""Cells counted: a dataset's cubes over frozen facts, in the database, by whole numbers alone.

One statement for a dataset; of many facts one for each of its groupings, and for each stage where
stages stand apart, so that memory is bounded by the largest of them. The same numbers, to the last
digit, come from `reports.plain`. Knows the table `vintage_facts`; must never know what may be
shown.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from reports.datasets import Dataset, Dimension, Named
from reports.plain import CHAIN_INCOMPLETE, links_of
from reports.pledges import NO_LIMIT, Pledge
from reports.shapes import ALL, Cell, Exposure
from reports.tables import Row, Tables
from timing.measures.rules import MeasureRules, measure_rules
from timing.measures.summary import RANKS, WITHIN_H, Summary
from timing.patience import HOUR_S

AT_ONCE: Final = 500_000
"""Facts that one statement counts by all groupings together, in half a gigabyte; of more, each
grouping by itself, and each stage that stands apart."""

Asked = dict[str, Any]


def count_cells(
    tables: Tables,
    vintages: Sequence[str],
    dataset: Dataset,
    rules: MeasureRules | None = None,
    at_once: int = AT_ONCE,
) -> tuple[Cell, ...]:
    """Every cell of a dataset that counts anything, by key.

    `vintages` are frozen months in order: one for a month, each month's for a span of them. What is
    open counts at the end of the last one alone. `at_once`: how many facts one statement may count
    by everything together. Raises TablesUnavailable.
    """
    asked: Asked = {
        "vintages": list(vintages), "last": vintages[-1], "stages": list(dataset.stages),
        "without": list(dataset.without), "import_links": [*links_of("import")],
        "export_links": [*links_of("export")], "incomplete": CHAIN_INCOMPLETE,
    }  # fmt: skip
    asked |= _pledged(dataset.pledges)
    if dataset.facts in ("pledges", "unpledged") and not dataset.pledges:
        return ()
    asked |= _fences(tables, dataset, asked, rules or measure_rules())
    ((facts,),) = tables.rows(f"SELECT count() FROM vintage_facts WHERE {_ALL}", asked)
    few = facts <= at_once
    found: list[Cell] = []
    for stage in [""] if few else _stages(tables, dataset, asked):
        for some in [dataset.groupings] if few else [(one,) for one in dataset.groupings]:
            rows = tables.rows(_counting(dataset, some), {**asked, "stage": stage})
            found += map(_cell, rows)
    return tuple(sorted(found, key=lambda cell: cell.key))


def _pledged(pledges: Sequence[Pledge]) -> Asked:
    """The pledges, and at which ports and of which stages there are any: no other fact need be
    laid beside them."""
    return {
        "pledges": [_literal(pledge) for pledge in pledges],
        "pledged_ports": sorted({pledge.port for pledge in pledges}),
        "pledged_stages": sorted({stage for pledge in pledges for stage in pledge.stages}),
    }


def _literal(pledge: Pledge) -> tuple[Any, ...]:
    """As the driver writes it: lists for what may be empty."""
    return tuple(list(one) if isinstance(one, tuple) else one for one in pledge)


def _stages(tables: Tables, dataset: Dataset, asked: Asked) -> list[str]:
    """Each stage by itself where they stand apart; else nothing, which is all of them."""
    if "stage" not in dataset.apart or dataset.facts == "chain":
        return [""]
    listed = f"SELECT DISTINCT stage FROM ({_units(dataset)}) ORDER BY stage"
    return [stage for (stage,) in tables.rows(listed, {**asked, "stage": ""})]


def _fences(
    tables: Tables, dataset: Dataset, asked: Asked, rules: MeasureRules
) -> Mapping[str, Any]:
    """Above what a time is extreme, by stage, direction and mode, over all ports."""
    extremes = rules.extremes
    listed = f"""
        SELECT grouped, v[{_place(extremes.upper)}] + {extremes.factor}
            * (v[{_place(extremes.upper)}] - v[{_place(extremes.lower)}])
        FROM
        (
            SELECT {_GROUP} AS grouped, arraySort(groupArray(x)) AS v, length(v) AS n
            FROM ({_units(dataset)}) WHERE timed GROUP BY grouped
        )"""
    rows = list(tables.rows(listed, {**asked, "stage": ""}))
    return {
        "groups": [group for group, _ in rows] or [""],
        "fences": [fence for _, fence in rows] or [0],
    }


_GROUP: Final = "concat(stage, ' ', direction, ' ', mode)"


def _place(per_cent: int) -> str:
    """Where in n sorted values the nearest rank stands, from 1."""
    return f"intDiv({per_cent} * n + 99, 100)"


_ALL: Final = """
    vintage IN %(vintages)s AND (standing = 'ended' OR vintage = %(last)s)
    AND (empty(%(stages)s) OR has(%(stages)s, toString(stage)))
    AND NOT has(%(without)s, toString(stage))"""
_TRAITS: Final = (
    "direction, province, port, facility, mode, inspected, advance, goods, peak, trader, unit_id, "
    "unit_type, standing, age_s"
)


def _units(dataset: Dataset) -> str:
    """What is counted, one row each: traits, stage, seconds `x`, why it is left out, verdict, and
    whether it is `timed`. Of one stage, if the parameter `stage` names any."""
    own = _OWN[dataset.facts].format(seconds=f"{dataset.basis}_s")
    return f"""
        SELECT {_TRAITS}, stage, x, left_out, verdict, edition, limit, commitment,
               standing = 'ended' AND left_out = '' AS timed
        FROM ({own}) WHERE %(stage)s = '' OR stage = %(stage)s"""


_PLEDGED: Final = f"""
        SELECT {_TRAITS}, toString(own_stage) AS stage, {{seconds}} AS x, p.2 AS edition,
               '' AS limit, p.3 AS commitment, reason, opened_s >= p.11 AND opened_s < p.12
                   AND (empty(p.6) OR has(p.6, facility)) AND (empty(p.7) OR has(p.7, mode))
                   AND (empty(p.8) OR has(p.8, direction))
                   AND (empty(p.9) OR has(p.9, if(goods = '', 'general', goods)))
                   AND (p.10 = '' OR p.10 = laden) AS covered,
               indexOf(limit_ids, p.13) AS at,
               multiIf(standing = 'open' OR reason != '', toString(reason),
                       p.4 = 'share' AND at = 0, '{NO_LIMIT}', '') AS left_out,
               multiIf(standing = 'open' OR left_out != '' OR p.4 = 'mean', '',
                       p.4 = 'share', toString(limit_verdicts[at]),
                       net_s > p.14, 'breached', gross_s > p.14, 'excused', 'met') AS verdict,
               covered AND left_out = '' AS counted
        FROM
        (
            SELECT * EXCEPT (stage, left_out, verdict), stage AS own_stage, left_out AS reason,
                   toUnixTimestamp64Second(opened_at) AS opened_s
            FROM vintage_facts
            WHERE {_ALL} AND port IN %(pledged_ports)s AND stage IN %(pledged_stages)s
        )
        ARRAY JOIN arrayFilter(
            p -> p.1 = port AND has(p.5, toString(own_stage)), %(pledges)s) AS p"""
"""A row for each pledge about a stage of a port, whether it covers the unit or not, in the order
of the fields of Pledge. A share's verdict is that of its limit, a point's that of a limit of its
time."""
_OWN: Final = {
    "stages": f"""
        SELECT {_TRAITS}, stage, {{seconds}} AS x, left_out, verdict, '' AS edition, '' AS limit,
               '' AS commitment
        FROM vintage_facts WHERE {_ALL}""",
    "limits": f"""
        SELECT {_TRAITS}, stage, judged_s AS x, left_out, said AS verdict, edition, limit,
               '' AS commitment
        FROM vintage_facts
        ARRAY JOIN limit_ids AS limit, limit_editions AS edition, limit_net_s AS judged_s,
                   limit_verdicts AS said
        WHERE {_ALL}""",
    "chain": f"""
        SELECT {_TRAITS}, link AS stage, verdict, '' AS edition, '' AS limit,
               '' AS commitment,
               if(link = whole, {{seconds}}, link_s[indexOf(link_stages, link)]) AS x,
               multiIf(standing = 'open' OR reason != '', reason, complete, '', %(incomplete)s)
                   AS left_out
        FROM
        (
            SELECT * EXCEPT (stage, left_out), toString(stage) AS whole, left_out AS reason,
                   multiIf(direction = 'import', %(import_links)s,
                           direction = 'export', %(export_links)s, []) AS expected,
                   arraySort(arrayMap(one -> toString(one), link_stages)) = arraySort(expected)
                       AND arraySum(link_s) = gross_s AS complete
            FROM vintage_facts WHERE {_ALL}
        )
        ARRAY JOIN arrayPushBack(expected, whole) AS link""",
    "pledges": f"SELECT * FROM ({_PLEDGED}) WHERE covered",
    "unpledged": f"""
        SELECT * REPLACE ('' AS left_out, '' AS verdict) FROM ({_PLEDGED})
        WHERE standing = 'ended' AND reason = '' AND NOT counted""",
}


def _counting(dataset: Dataset, groupings: Sequence[Named]) -> str:
    """The statement of some groupings: a key, then the fields of Summary, then of Exposure."""
    there = {dimension for named in groupings for dimension in named}
    key = ", ".join(_word(dimension, dimension in there) for dimension in dataset.dimensions)
    sets = ", ".join(f"({', '.join(named)})" for named in groupings)
    ranks = ", ".join(f"v[{_place(per_cent)}]" for per_cent in RANKS)
    within = ", ".join(f"countIf(timed AND x <= {hours * HOUR_S})" for hours in WITHIN_H)
    return f"""
        SELECT key, n, sum_s, square_sum, if(n = 0, [], [{ranks}]), within, extreme_n,
               extreme_s, open_n, open_s, reasons.1, reasons.2, met, breached, excused,
               if(n = 0, 0, v[1]), if(n = 0, 0, v[-1]),
               if(n = 0, 0, hours.1[indexOf(hours.2, arrayMax(hours.2))]),
               if(n = 0, 0, arrayMax(hours.2)),
               units, length(by_trader.1), most_n[1], most_n[2], most_s[1], most_s[2]
        FROM
        (
            SELECT [{key}] AS key, countIf(timed) AS n, sumIf(x, timed) AS sum_s,
                   sumIf(toUInt128(x) * x, timed) AS square_sum,
                   arraySort(groupArrayIf(x, timed)) AS v, [{within}] AS within,
                   countIf(timed AND far) AS extreme_n, sumIf(x, timed AND far) AS extreme_s,
                   countIf(standing = 'open') AS open_n, sumIf(age_s, standing = 'open') AS open_s,
                   sumMapIf([toString(left_out)], [toUInt64(1)], left_out != '') AS reasons,
                   countIf(timed AND verdict = 'met') AS met,
                   countIf(timed AND verdict = 'breached') AS breached,
                   countIf(timed AND verdict = 'excused') AS excused,
                   sumMapIf([intDiv(x, {HOUR_S})], [toUInt64(1)], timed) AS hours,
                   uniqExactIf((unit_type, unit_id), timed) AS units,
                   sumMapIf([trader], [toUInt64(1)], [x], timed AND trader != '') AS by_trader,
                   arrayReverseSort(by_trader.2) AS most_n,
                   arrayReverseSort(by_trader.3) AS most_s
            FROM
            (
                SELECT *, x > transform({_GROUP}, %(groups)s, %(fences)s, toUInt64(0)) AS far
                FROM ({_units(dataset)})
            )
            GROUP BY GROUPING SETS ({sets})
        )"""


def _word(dimension: Dimension, there: bool) -> str:
    """The word of a dimension in a key, or that it is summed over."""
    if not there:
        return f"'{ALL}'"
    return f"if(grouping({dimension}) = 0, toString({dimension}), '{ALL}')"


def _cell(row: Row) -> Cell:
    key, n, sum_s, squares, ranks, within, extreme_n, extreme_s, *rest = row
    open_n, open_s, reasons, numbers, met, breached, excused, *rest = rest
    least_s, most_s, modal_h, modal_n, *exposed = rest
    summary = Summary(
        n, sum_s, squares, tuple(ranks), tuple(within), extreme_n, extreme_s, open_n, open_s,
        tuple(zip(reasons, numbers, strict=True)), met, breached, excused,
        least_s, most_s, modal_h, modal_n,
    )  # fmt: skip
    return Cell(tuple(key), summary, Exposure._make(exposed))
