"""Which oracle answers for which panel, by board and the panel's name. A table; no logic."""

from typing import Final

from dashboards.verify import oracle_ended as ended
from dashboards.verify import oracle_landing as landing
from dashboards.verify import oracle_standing as standing
from dashboards.verify.reckoning import Oracle, Where, customs, evaluators, operations, place, port


def _shared(where: Where) -> dict[str, Oracle]:
    """What operators and customs ask alike, each of their own stages."""
    return {
        "counts": standing.counts(where),
        "endangered": standing.endangered(where),
        "alerts-told": standing.alerts_told(where),
        "incidents": standing.incidents(where),
        "incident-counts": standing.incident_counts(where),
        "verdicts-over-time": ended.verdicts_over_time(where),
        "used-over-time": ended.used_over_time(where),
        "time-by-stage": ended.time_by_stage(where),
        "limits-kept": ended.limits_kept(where),
    }


ORACLES: Final[dict[str, dict[str, Oracle]]] = {
    "operations": {
        **_shared(operations),
        "used-by-stage": standing.used_by_stage(operations),
        "standing-by-stage": standing.standing_by_stage(operations),
        "time-had": ended.time_had(place, "release-time"),
    },
    "customs": {
        **_shared(customs),
        "inspections-standing": standing.inspections_standing(customs),
        "clearance-by-day": ended.clearance(place, ended.BY_DAY, 1),
        "clearance-had": ended.time_had(place, "overall-clearance"),
    },
    "evaluators": {
        "kept-in-all": ended.kept_in_all(evaluators),
        "figures-by-stage": ended.figures_by_stage(evaluators),
        "figures-by-month": ended.figures_by_month(evaluators),
        "kept-by-edition": ended.kept_by_edition(evaluators),
        "kept-by-month": ended.kept_by_month(evaluators),
        "clearance-by-month": ended.clearance(port, ended.BY_MONTH, ended.CELL_MIN),
        "share-had": ended.share_had(port, "release-time"),
    },
    "pipeline": {
        "landed": landing.landed,
        "events-over-time": landing.events_over_time,
        "sources": landing.sources,
        "fates": landing.fates,
        "refused": landing.refused,
        "refused-over-time": landing.refused_over_time,
        "deliveries": landing.deliveries,
    },
}
