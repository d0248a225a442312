"""The board of operators: what is endangered now, how the last hours went, whose time it was."""

from typing import Final

from dashboards import ended, standing, variables
from dashboards.board import Board
from dashboards.panels import Asked, Panel, Row
from dashboards.scopes import OPERATIONS as WHERE
from dashboards.scopes import PLACE

TIME_COLUMNS: Final = ("stage_name", "ended", "mean_h", "p50_h", "p90_h", "max_h")
KEPT_COLUMNS: Final = ("stage_name", "limit_id", "met", "breached", "excused", "within_share")
COUNT_COLUMNS: Final = ("units", "open", "at_risk", "breached")
ENDANGERED_COLUMNS: Final = (
    "level_now", "unit_id", "stage_name", "facility", "party", "left_min", "used_share",
    "at_port", "visit_instant",
)  # fmt: skip
INCIDENT_COLUMNS: Final = (
    "level_now", "first_raised_at", "unit_id", "stage_name", "party", "acknowledged_by",
    "assigned_to", "at_port", "visit_instant",
)  # fmt: skip
INCIDENT_COUNTS: Final = ("incidents", "unacknowledged", "assigned", "escalated")
CHOICES: Final = (
    variables.source,
    variables.choice("port", variables.PORTS),
    variables.choice("facility", variables.FACILITIES),
    variables.stage_choice,
)

OPERATIONS: Final = Board(
    "operations",
    rows=(
        Row(4, (
            Panel(1, "counts", "stat", 24,
                  Asked(lambda w: standing.counts(WHERE), COUNT_COLUMNS)),
        )),
        Row(10, (
            Panel(2, "endangered", "table", 16,
                  Asked(lambda w: standing.endangered(WHERE, w), ENDANGERED_COLUMNS)),
            Panel(3, "used-by-stage", "bars", 8,
                  Asked(lambda w: standing.used_by_stage(WHERE, w), ("stage_name", "used_share"))),
        )),
        Row(9, (
            Panel(11, "incidents", "table", 16,
                  Asked(lambda w: standing.incidents(WHERE, w), INCIDENT_COLUMNS)),
            Panel(12, "incident-counts", "stat", 8,
                  Asked(lambda w: standing.incident_counts(WHERE), INCIDENT_COUNTS)),
        )),
        Row(9, (
            Panel(4, "standing-by-stage", "table", 12,
                  Asked(lambda w: standing.standing_by_stage(WHERE, w),
                        ("stage_name", "open", "at_risk", "breached"))),
            Panel(5, "alerts-told", "stacked", 12,
                  Asked(lambda w: standing.alerts_told(WHERE), ("time", "at_risk", "breached"))),
        )),
        Row(9, (
            Panel(6, "verdicts-over-time", "stacked", 12,
                  Asked(lambda w: ended.verdicts_over_time(WHERE),
                        ("time", "met", "excused", "breached"))),
            Panel(7, "used-over-time", "lines", 12,
                  Asked(lambda w: ended.used_over_time(WHERE),
                        ("time", "used_p50_share", "used_p90_share"))),
        )),
        Row(10, (
            Panel(8, "time-by-stage", "table", 12,
                  Asked(lambda w: ended.time_by_stage(WHERE, w), TIME_COLUMNS)),
            Panel(9, "limits-kept", "table", 12,
                  Asked(lambda w: ended.limits_kept(WHERE, w), KEPT_COLUMNS)),
        )),
        Row(8, (
            Panel(10, "time-had", "bars", 24,
                  Asked(lambda w: ended.time_had(PLACE, "release-time", w), ("party", "had_h"))),
        )),
    ),
    choices=CHOICES,
)  # fmt: skip
