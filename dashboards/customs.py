"""The board of customs: inspections and clearance, and what customs answer for."""

from typing import Final

from dashboards import ended, standing
from dashboards.board import Board
from dashboards.operations import (
    CHOICES,
    COUNT_COLUMNS,
    ENDANGERED_COLUMNS,
    INCIDENT_COLUMNS,
    INCIDENT_COUNTS,
    KEPT_COLUMNS,
    TIME_COLUMNS,
)
from dashboards.panels import Asked, Panel, Row
from dashboards.scopes import CUSTOMS as WHERE
from dashboards.scopes import PLACE

CUSTOMS: Final = Board(
    "customs",
    rows=(
        Row(4, (
            Panel(1, "counts", "stat", 24,
                  Asked(lambda w: standing.counts(WHERE), COUNT_COLUMNS)),
        )),
        Row(10, (
            Panel(2, "endangered", "table", 16,
                  Asked(lambda w: standing.endangered(WHERE, w), ENDANGERED_COLUMNS)),
            Panel(3, "inspections-standing", "table", 8,
                  Asked(lambda w: standing.inspections_standing(WHERE, w),
                        ("stage_name", "open", "oldest_h", "breached"))),
        )),
        Row(9, (
            Panel(11, "incidents", "table", 16,
                  Asked(lambda w: standing.incidents(WHERE, w), INCIDENT_COLUMNS)),
            Panel(12, "incident-counts", "stat", 8,
                  Asked(lambda w: standing.incident_counts(WHERE), INCIDENT_COUNTS)),
        )),
        Row(9, (
            Panel(4, "clearance-by-day", "lines", 12,
                  Asked(lambda w: ended.clearance_by_day(PLACE), ("time", "import_h", "export_h"))),
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
            Panel(10, "clearance-had", "bars", 24,
                  Asked(lambda w: ended.time_had(PLACE, "overall-clearance", w),
                        ("party", "had_h"))),
        )),
    ),
    choices=CHOICES,
    since="now-7d",
)  # fmt: skip
