"""SQL for evaluators: figures over many, never a unit. A cell of fewer than five shows nothing.

A suppressed cell is null, not zero. What a panel hides, another selection may give away by
subtraction; the rights of the data source's user are the wall, this is a curtain.
"""

from typing import Final

from dashboards.ended import LOCAL, _judged, _once
from dashboards.language import Words

CELL_MIN: Final = 5

_DWELL: Final = f"""if(count() < {CELL_MIN}, NULL, count()) AS ended,
    if(count() < {CELL_MIN}, NULL, avg(took_s) / 3600) AS mean_h,
    if(count() < {CELL_MIN}, NULL, quantileExact(0.5)(took_s) / 3600) AS p50_h,
    if(count() < {CELL_MIN}, NULL, quantileExact(0.9)(took_s) / 3600) AS p90_h"""
_PROMISED: Final = "countIf(verdict IN ('met', 'breached'))"
_WITHIN: Final = (
    f"if({_PROMISED} < {CELL_MIN}, NULL, countIf(verdict = 'met') / {_PROMISED}) AS within_share"
)
_MONTH: Final = f"toDateTime(toStartOfMonth(ended_at, {LOCAL}), {LOCAL})"


def kept_in_all(where: str) -> str:
    """How many verdicts there were, and the shares kept and excused."""
    return f"""SELECT if(count() < {CELL_MIN}, NULL, count()) AS judged,
    {_WITHIN},
    if(count() < {CELL_MIN}, NULL, countIf(verdict = 'excused') / count()) AS excused_share
FROM {_judged(where)}"""


def figures_by_stage(where: str, words: Words) -> str:
    """What each stage took."""
    return f"""SELECT {words.sql("stage", "stage")} AS stage_name,
    {_DWELL}
FROM {_once(where)}
GROUP BY stage
ORDER BY stage"""


def figures_by_month(where: str, words: Words) -> str:
    """What each stage took, by the local month in which it ended."""
    return f"""SELECT {_MONTH} AS month,
    {words.sql("stage", "stage")} AS stage_name,
    {_DWELL}
FROM {_once(where)}
GROUP BY month, stage
ORDER BY month DESC, stage"""


def kept_by_edition(where: str, words: Words) -> str:
    """How each limit of each edition was kept."""
    return f"""SELECT limit_edition,
    {words.sql("stage", "stage")} AS stage_name,
    limit_id,
    if(count() < {CELL_MIN}, NULL, count()) AS judged,
    {_WITHIN}
FROM {_judged(where)}
GROUP BY limit_edition, stage, limit_id
ORDER BY limit_edition, stage, limit_id"""


def kept_by_month(where: str, words: Words) -> str:
    """The share kept, a line for each stage."""
    return f"""SELECT {_MONTH} AS time,
    {words.sql("stage", "stage")} AS stage_name,
    {_WITHIN}
FROM {_judged(where)}
GROUP BY time, stage
ORDER BY time, stage"""


def clearance_by_month(where: str) -> str:
    """整体通关时间, imports and exports, mean by local month."""
    return f"""SELECT {_MONTH} AS time,
    if(countIf(direction = 'import') < {CELL_MIN}, NULL,
        avgIf(took_s, direction = 'import') / 3600) AS import_h,
    if(countIf(direction = 'export') < {CELL_MIN}, NULL,
        avgIf(took_s, direction = 'export') / 3600) AS export_h
FROM {_once("stage = 'overall-clearance'" + chr(10) + "    AND " + where)}
GROUP BY time
ORDER BY time"""


def share_had(where: str, words: Words) -> str:
    """In whose hands the time at the port was, as shares; nothing at all for fewer than five."""
    return f"""SELECT {words.sql("party", "of_party")} AS party,
    if(uniqExact(visit_id) < {CELL_MIN}, NULL, sum(had_s) / any(all_s)) AS had_share
FROM (
    SELECT visit_id, split_s, sum(arraySum(mapValues(split_s))) OVER () AS all_s
    FROM {_once("stage = 'release-time'" + chr(10) + "    AND " + where)}
)
ARRAY JOIN mapKeys(split_s) AS of_party, mapValues(split_s) AS had_s
GROUP BY of_party
ORDER BY of_party"""
