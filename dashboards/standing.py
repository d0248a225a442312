"""SQL about what stands now: open stages, how urgent they are, and what people were told.

The level of an open stage is that of the live board: breached when its outcome says so, at risk
while the newest alert of its incident is a warning. Ages are measured to the end of the time range
that is shown, so a board on the past shows the past's ages. Ages never enter a figure of dwell.
"""

from typing import Final

from dashboards.language import Words
from dashboards.scopes import INSPECTION_STAGES, one_of

ROWS_MAX: Final = 50
BARS_MAX: Final = 12
INCIDENT: Final = "port, stage, visit_id, occurrence, limit_id"
_WARNED: Final = f"SELECT {INCIDENT} FROM incidents_latest WHERE state = 'at-risk'"


def _open(where: str) -> str:
    """Open stages with their level, the seconds used and the seconds allowed; null: none known."""
    return f"""(
    SELECT *,
        multiIf(verdict = 'breached', 'breached',
            ({INCIDENT}) GLOBAL IN ({_WARNED}),
            'at-risk', 'calm') AS level,
        greatest(dateDiff('second', opened_at, $__toTime), 0) AS age_now_s,
        nullIf(dateDiff('second', opened_at, deadline_at), 0) AS allowed_s,
        dateDiff('second', $__toTime, deadline_at) AS left_s
    FROM outcomes_latest
    WHERE closed_at IS NULL
    AND {where}
)"""


def counts(where: str) -> str:
    """How many visits have an open stage, and how many stages under a limit stand how."""
    return f"""SELECT uniqExact(visit_id) AS units,
    countIf(limit_id != '') AS open,
    countIf(level = 'at-risk') AS at_risk,
    countIf(level = 'breached') AS breached
FROM {_open(where)}"""


def endangered(where: str, words: Words) -> str:
    """Breached and endangered stages, the deadline longest past or nearest first."""
    return f"""SELECT {words.sql("level", "level")} AS level_now,
    unit_id,
    {words.sql("stage", "stage")} AS stage_name,
    facility,
    {words.sql("party", "answers")} AS party,
    left_s / 60 AS left_min,
    age_now_s / allowed_s AS used_share,
    port AS at_port,
    extract(visit_id, '[^/]+$') AS visit_instant
FROM {_open(where)}
WHERE level != 'calm'
ORDER BY deadline_at IS NULL, deadline_at, {INCIDENT}
LIMIT {ROWS_MAX}"""


def standing_by_stage(where: str, words: Words) -> str:
    """The counts for each stage under a limit, the most broken first."""
    return f"""SELECT {words.sql("stage", "stage")} AS stage_name,
    count() AS open,
    countIf(level = 'at-risk') AS at_risk,
    countIf(level = 'breached') AS breached
FROM {_open(where)}
WHERE limit_id != ''
GROUP BY stage
ORDER BY breached DESC, at_risk DESC, open DESC, stage"""


def used_by_stage(where: str, words: Words) -> str:
    """The greatest share of its limit that an open stage has used, for each stage."""
    return f"""SELECT {words.sql("stage", "stage")} AS stage_name,
    max(age_now_s / allowed_s) AS used_share
FROM {_open(where)}
WHERE allowed_s IS NOT NULL
GROUP BY stage
ORDER BY used_share DESC, stage
LIMIT {BARS_MAX}"""


def inspections_standing(where: str, words: Words) -> str:
    """Open inspections by where they stand, judged by a limit or not, each stage once."""
    return f"""SELECT {words.sql("stage", "stage")} AS stage_name,
    count() AS open,
    max(age_s_now) / 3600 AS oldest_h,
    countIf(worst = 2) AS breached
FROM (
    SELECT port, stage, visit_id, occurrence,
        max(age_now_s) AS age_s_now,
        max(multiIf(level = 'breached', 2, level = 'at-risk', 1, 0)) AS worst
    FROM {_open(where)}
    WHERE {one_of("stage", INSPECTION_STAGES)}
    GROUP BY port, stage, visit_id, occurrence
)
GROUP BY stage
ORDER BY indexOf([{", ".join(repr(s) for s in INSPECTION_STAGES)}], stage)"""


def alerts_told(where: str) -> str:
    """Warnings and breaches that people were told of, by the event time of the alert."""
    return f"""SELECT $__timeInterval(raised_at) AS time,
    countIf(state = 'at-risk') AS at_risk,
    countIf(state = 'breached') AS breached
FROM alerts_latest
WHERE $__timeFilter(raised_at)
    AND state IN ('at-risk', 'breached')
    AND {where}
GROUP BY time
ORDER BY time"""


def incident_counts(where: str) -> str:
    """Incidents that are not over: how many, and how many of them nobody has taken up."""
    return f"""SELECT count() AS incidents,
    countIf(acknowledged_by IS NULL) AS unacknowledged,
    countIf(assigned_to IS NOT NULL) AS assigned,
    countIf(escalated = 1) AS escalated
FROM incidents_latest
WHERE state IN ('at-risk', 'breached')
    AND {where}"""


def incidents(where: str, words: Words) -> str:
    """Incidents that are not over: those that nobody has taken up, then the oldest."""
    return f"""SELECT {words.sql("level", "state")} AS level_now,
    first_raised_at,
    unit_id,
    {words.sql("stage", "stage")} AS stage_name,
    {words.sql("party", "answers")} AS party,
    acknowledged_by,
    assigned_to,
    port AS at_port,
    extract(visit_id, '[^/]+$') AS visit_instant
FROM incidents_latest
WHERE state IN ('at-risk', 'breached')
    AND {where}
ORDER BY acknowledged_by IS NOT NULL, first_raised_at, incident
LIMIT {ROWS_MAX}"""
