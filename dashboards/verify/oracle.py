"""Which oracle answers for which panel, by board and the panel's name. A table; no logic."""

from typing import Final

from dashboards.verify import oracle_ended as ended
from dashboards.verify import oracle_landing as landing
from dashboards.verify import oracle_published as published
from dashboards.verify import oracle_standing as standing
from dashboards.verify.reckoning import Oracle, Where, customs, operations, place


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
        "clearance-by-day": ended.clearance_by_day(place),
        "clearance-had": ended.time_had(place, "overall-clearance"),
    },
    "evaluators": {
        "clearance-months": published.clearance_months,
        "clearance-by-month": published.clearance_by_month,
        "clearance-by-port": published.clearance_by_port,
        "stage-split": published.stage_split,
        "figures-by-stage": published.figures_by_stage,
        "kept-by-edition": published.kept_by_edition,
        "kept-by-month": published.kept_by_month,
        "vintages": published.vintages,
        "hidden-cells": published.hidden_cells,
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
