"""SQL about stages that have ended: how long they took, and whether limits were kept.

Time taken is net dwell of closed stages, each stage of a visit once, whatever limits judged it;
open ones have an age, which is another thing. Limits kept are counted per limit: met of met and
breached (达标率), with the excused beside it. A percentile
is one of the times, none between two, as on the live board.
"""

from typing import Final

from dashboards.language import Words

LOCAL: Final = "'Asia/Shanghai'"
"""Days and months are those of the ports."""


def _once(where: str) -> str:
    """Closed stages of the time range, each once."""
    return f"""(
    SELECT port, stage, visit_id, direction, split_s,
        assumeNotNull(closed_at) AS ended_at, assumeNotNull(net_s) AS took_s
    FROM outcomes_latest
    WHERE closed_at IS NOT NULL
    AND $__timeFilter(closed_at)
    AND {where}
    ORDER BY limit_id
    LIMIT 1 BY port, stage, visit_id, occurrence
)"""


def _judged(where: str) -> str:
    """Closed stages of the time range under a limit, once for each limit."""
    return f"""(
    SELECT port, stage, limit_id, limit_kind, limit_s, verdict,
        assumeNotNull(closed_at) AS ended_at, assumeNotNull(net_s) AS took_s
    FROM outcomes_latest
    WHERE closed_at IS NOT NULL AND limit_id != ''
    AND $__timeFilter(closed_at)
    AND {where}
)"""


def verdicts_over_time(where: str) -> str:
    """How closed stages were judged, by when they ended."""
    return f"""SELECT $__timeInterval(ended_at) AS time,
    countIf(verdict = 'met') AS met,
    countIf(verdict = 'excused') AS excused,
    countIf(verdict = 'breached') AS breached
FROM {_judged(where)}
GROUP BY time
ORDER BY time"""


def used_over_time(where: str) -> str:
    """Share of the limit that closed stages used; limits that say `at least` are left out."""
    return f"""SELECT $__timeInterval(ended_at) AS time,
    quantileExact(0.5)(took_s / limit_s) AS used_p50_share,
    quantileExact(0.9)(took_s / limit_s) AS used_p90_share
FROM {_judged(where)}
WHERE limit_kind != 'notice' AND limit_s > 0
GROUP BY time
ORDER BY time"""


def time_by_stage(where: str, words: Words) -> str:
    """What each stage took."""
    return f"""SELECT {words.sql("stage", "stage")} AS stage_name,
    count() AS ended,
    avg(took_s) / 3600 AS mean_h,
    quantileExact(0.5)(took_s) / 3600 AS p50_h,
    quantileExact(0.9)(took_s) / 3600 AS p90_h,
    max(took_s) / 3600 AS max_h
FROM {_once(where)}
GROUP BY stage
ORDER BY ended DESC, stage"""


def limits_kept(where: str, words: Words) -> str:
    """Each limit, worst kept first."""
    return f"""SELECT {words.sql("stage", "stage")} AS stage_name,
    limit_id,
    countIf(verdict = 'met') AS met,
    countIf(verdict = 'breached') AS breached,
    countIf(verdict = 'excused') AS excused,
    if(met + breached = 0, NULL, met / (met + breached)) AS within_share
FROM {_judged(where)}
GROUP BY stage, limit_id
ORDER BY within_share IS NULL, within_share, breached DESC, stage, limit_id"""


def time_had(where: str, stage: str, words: Words) -> str:
    """In whose hands the time of one stage was, over all that ended."""
    return f"""SELECT {words.sql("party", "of_party")} AS party,
    sum(had_s) / 3600 AS had_h
FROM {_once(f"stage = '{stage}'" + chr(10) + "    AND " + where)}
ARRAY JOIN mapKeys(split_s) AS of_party, mapValues(split_s) AS had_s
GROUP BY of_party
ORDER BY had_h DESC, of_party"""


def clearance_by_day(where: str) -> str:
    """Overall clearance time, mean by the local day on which it ended."""
    return f"""SELECT toDateTime(toStartOfDay(ended_at, {LOCAL}), {LOCAL}) AS time,
    avgOrNullIf(took_s, direction = 'import') / 3600 AS import_h,
    avgOrNullIf(took_s, direction = 'export') / 3600 AS export_h
FROM {_once("stage = 'overall-clearance'" + chr(10) + "    AND " + where)}
GROUP BY time
ORDER BY time"""
