"""SQL for evaluators: published cells of the newest vintage of each month, and nothing else.

Figures are shown as they were printed. One that is suppressed or withheld is null, never nought,
and its reason stands beside it. Must never know a table of facts: no selection here can tell more
than all the cells do, since these were protected together.
"""

from typing import Final

from dashboards.ended import LOCAL
from dashboards.language import Words, quoted
from dashboards.scopes import chosen
from timing.series import series
from timing.stages import CHAINS

ALL: Final = "*"
"""In a key: summed over this dimension."""
DIMENSIONS: Final = {
    "clearance": (
        "direction", "province", "port", "facility", "mode", "inspected", "advance", "goods",
        "peak",
    ),
    "stages": ("direction", "stage", "port", "facility"),
    "stage-split": ("direction", "port", "stage"),
    "limits": ("port", "facility", "stage", "edition", "limit"),
    "commitments": ("port", "edition", "commitment", "stage", "direction", "facility"),
}  # fmt: skip
"""What the words of a key tell, by dataset."""
_CALLED: Final = {"edition": "limit_edition", "limit": "limit_id"}
"""Dimensions that are called otherwise in SQL."""
WHOLE: Final = "release-time"
"""The stay that its stages add up to."""
BASELINES: Final = {
    direction: series().baseline(f"overall-clearance-{direction}/1").hours
    for direction in ("import", "export")
}
"""National means of 2017, which cuts are measured against, as printed."""
_STAGES: Final = tuple(dict.fromkeys(stage.id for chain in CHAINS for stage in chain.stages))
_DWELL: Final = ("n", "mean_h", "median_h", "p90_h")

_NEWEST: Final = f"""(
    SELECT month_at, argMax(id, number) AS vintage, argMax(standing, number) AS standing,
        argMax(made_at, number) AS published_at, argMax(reason, number) AS because
    FROM (
        SELECT id, standing, made_at, ifNull(reason, '') AS reason,
            toUInt32OrZero(splitByChar('.', id)[-1]) AS number,
            makeDateTime(toUInt16OrZero(substring(month, 1, 4)),
                toUInt8OrZero(substring(month, 6, 2)), 1, 0, 0, 0, {LOCAL}) AS month_at
        FROM vintages
        WHERE position(month, '/') = 0
    )
    WHERE $__timeFilter(month_at)
    GROUP BY month_at
)"""
"""The newest vintage of each month that begins in the time range; spans of months are left out."""

PORTS: Final = f"""SELECT DISTINCT key[3] AS port
FROM published_cells
WHERE dataset IN ('clearance', 'stages') AND port != '{ALL}'
ORDER BY port"""


def stages(words: Words) -> str:
    """Stage and its name."""
    return f"""SELECT key[2] AS stage, {words.sql("stage", "stage")} AS stage_name
FROM published_cells
WHERE dataset = 'stages'
GROUP BY stage
ORDER BY stage"""


def vintages(words: Words) -> str:
    """Which vintage of each month the other panels show, and why it was restated."""
    return f"""SELECT month_at AS month,
    {words.sql("standing", "standing")} AS standing_name,
    vintage,
    published_at,
    because
FROM {_NEWEST}
ORDER BY month DESC"""


def clearance_by_month(words: Words) -> str:
    """整体通关时间 of all ports, imports and exports, beside the means of 2017."""
    return f"""SELECT month_at AS time,
    {_of("import")} AS import_h,
    {_of("export")} AS export_h,
    toFloat64({BASELINES["import"]}) AS import_2017_h,
    toFloat64({BASELINES["export"]}) AS export_2017_h
FROM {_cells("clearance", ("direction",))}
GROUP BY time
ORDER BY time"""


def clearance_months(words: Words) -> str:
    """The same with what it is below 2017, and the vintage that it stands in."""
    return f"""SELECT {_vintage(words)},
    {_of("import")} AS import_h,
    1 - import_h / {BASELINES["import"]} AS import_cut_share,
    {_of("export")} AS export_h,
    1 - export_h / {BASELINES["export"]} AS export_cut_share,
    arrayStringConcat(arraySort(groupUniqArrayIf(why, why != '')), ', ') AS missing_because
FROM (
    SELECT *, {_why(("mean_h",), words)} AS why
    FROM {_cells("clearance", ("direction",))}
)
GROUP BY month_at, standing, vintage
ORDER BY month DESC"""


def clearance_by_port(words: Words) -> str:
    """The same by port, with how it is spread."""
    return f"""SELECT {_vintage(words)},
    {words.sql("place", "port")} AS port_name,
    {words.sql("direction", "direction")} AS direction_name,
    {_dwell(words)}
FROM {_cells("clearance", ("direction", "province", "port"))}
WHERE (port != '{ALL}' OR province = '{ALL}') AND {chosen("port")}
ORDER BY month DESC, port, direction DESC"""


def figures_by_stage(words: Words) -> str:
    """What each stage took, by port."""
    return f"""SELECT {_vintage(words)},
    {words.sql("place", "port")} AS port_name,
    {words.sql("direction", "direction")} AS direction_name,
    {words.sql("stage", "stage")} AS stage_name,
    {_dwell(words)}
FROM {_cells("stages", ("direction", "stage", "port"))}
WHERE {chosen("port")}
    AND {chosen("stage")}
ORDER BY month DESC, port, direction DESC, stage"""


def kept_by_edition(words: Words) -> str:
    """How each limit of each edition was kept, by port."""
    return f"""SELECT {_vintage(words)},
    port AS port_name,
    {words.sql("stage", "stage")} AS stage_name,
    limit_id,
    limit_edition,
    {_figure("judged")} AS judged,
    {_figure("kept_pct")} / 100 AS within_share,
    {_figure("excused")} AS excused,
    {_why(("judged", "kept_pct", "excused"), words)} AS missing_because
FROM {_LIMITS}
ORDER BY month DESC, port, stage, limit_id, limit_edition"""


def kept_by_month(words: Words) -> str:
    """The share kept, a line for each limit of an edition at a port."""
    return f"""SELECT month_at AS time,
    concat(port, ' ', limit_id, ' ', limit_edition) AS kept_limit,
    {_figure("kept_pct")} / 100 AS within_share
FROM {_LIMITS}
ORDER BY time, kept_limit"""


def stage_split(words: Words) -> str:
    """The stay at the port, and the stages of it that add up to it, over one set of visits."""
    order = ", ".join(map(quoted, _STAGES))
    return f"""SELECT {_vintage(words)},
    {words.sql("place", "port")} AS port_name,
    {words.sql("direction", "direction")} AS direction_name,
    {words.sql("stage", "stage")} AS stage_name,
    {_figure("mean_h")} AS mean_h,
    mean_h / maxIf(mean_h, stage = '{WHOLE}')
        OVER (PARTITION BY month_at, port, direction) AS whole_share,
    {_why(("mean_h",), words)} AS missing_because
FROM {_cells("stage-split", ("direction", "port", "stage"))}
WHERE {chosen("port")}
ORDER BY month DESC, port, direction DESC, indexOf([{order}], stage)"""


def hidden_cells(words: Words) -> str:
    """Of each dataset: cells without figures, and single figures that are missing, by reason."""
    return f"""SELECT {_vintage(words)},
    {words.sql("dataset", "dataset")} AS dataset_name,
    {words.sql("withheld", "reason")} AS hidden_reason,
    countIf(of_cell = 1) AS hidden_cells,
    countIf(of_cell = 0) AS hidden_figures
FROM (
    SELECT month_at, standing, vintage, dataset, arrayJoin(if(suppressed IS NULL,
            arrayMap(one -> (toString(one), 0), mapValues(withheld)),
            [(toString(assumeNotNull(suppressed)), 1)])) AS hidden,
        hidden.1 AS reason, hidden.2 AS of_cell
    FROM published_cells
    INNER JOIN {_NEWEST} AS newest USING (vintage)
)
GROUP BY month_at, standing, vintage, dataset, reason
ORDER BY month DESC, dataset, reason"""


def _cells(dataset: str, told: tuple[str, ...]) -> str:
    """Cells of each month's newest vintage that name no dimension but these, or some of them."""
    places = list(enumerate(DIMENSIONS[dataset], 1))
    named = ", ".join(
        f"key[{place}] AS {_CALLED.get(name, name)}" for place, name in places if name in told
    )
    summed = "".join(f" AND key[{n}] = '{ALL}'" for n, name in places if name not in told)
    return f"""(
    SELECT month_at, standing, vintage, {named}, figures, suppressed, withheld
    FROM published_cells
    INNER JOIN {_NEWEST} AS newest USING (vintage)
    WHERE dataset = '{dataset}'{summed}
)"""


_LIMITS: Final = f"""{_cells("limits", ("port", "stage", "edition", "limit"))}
WHERE {chosen("port")}
    AND {chosen("stage")}"""


def _vintage(words: Words) -> str:
    return f"""month_at AS month,
    {words.sql("standing", "standing")} AS standing_name,
    vintage"""


def _dwell(words: Words) -> str:
    n, mean, median, p90 = map(_figure, _DWELL)
    return f"""{n} AS ended,
    {mean} AS mean_h,
    {median} AS p50_h,
    {p90} AS p90_h,
    {_why(_DWELL, words)} AS missing_because"""


def _figure(measure: str) -> str:
    """A figure as a number; null where the cell has none, which reads as an empty text."""
    return f"toFloat64OrNull(figures['{measure}'])"


def _of(direction: str) -> str:
    return f"anyIf({_figure('mean_h')}, direction = '{direction}')"


def _why(measures: tuple[str, ...], words: Words) -> str:
    """Why a cell has no figures, or why some of these are missing."""
    of_these = ", ".join(map(quoted, measures))
    return f"""arrayStringConcat(arrayMap(one -> {words.sql("withheld", "one")},
        arraySort(arrayDistinct(if(suppressed IS NULL,
            arrayMap(one -> toString(one), mapValues(mapFilter(
                (measure, why) -> measure IN ({of_these}), withheld))),
            [toString(assumeNotNull(suppressed))])))), ', ')"""
