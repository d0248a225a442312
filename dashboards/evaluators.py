"""The board of evaluators: figures over many, by stage, month and edition; never a unit, and never
a cell of fewer than five.
"""

from functools import partial
from typing import Final

from dashboards import figures, variables
from dashboards.board import Board
from dashboards.panels import Asked, Panel, Row
from dashboards.scopes import EVALUATORS as WHERE
from dashboards.scopes import EVERYWHERE

_DWELL: Final = ("ended", "mean_h", "p50_h", "p90_h")
ONLY_THEIRS: Final = "/evaluator/"
"""They choose among data sources whose user has no right to single units; see docs/grafana.md."""

EVALUATORS: Final = Board(
    "evaluators",
    rows=(
        Row(4, (
            Panel(1, "kept-in-all", "stat", 24,
                  Asked(lambda w: figures.kept_in_all(WHERE),
                        ("judged", "within_share", "excused_share"))),
        )),
        Row(11, (
            Panel(2, "figures-by-stage", "table", 12,
                  Asked(lambda w: figures.figures_by_stage(WHERE, w), ("stage_name", *_DWELL))),
            Panel(3, "kept-by-edition", "table", 12,
                  Asked(lambda w: figures.kept_by_edition(WHERE, w),
                        ("limit_edition", "stage_name", "limit_id", "judged", "within_share"))),
        )),
        Row(10, (
            Panel(4, "kept-by-month", "labelled", 12,
                  Asked(lambda w: figures.kept_by_month(WHERE, w),
                        ("time", "stage_name", "within_share"))),
            Panel(5, "clearance-by-month", "lines", 12,
                  Asked(lambda w: figures.clearance_by_month(EVERYWHERE),
                        ("time", "import_h", "export_h"))),
        )),
        Row(11, (
            Panel(6, "figures-by-month", "table", 16,
                  Asked(lambda w: figures.figures_by_month(WHERE, w),
                        ("month", "stage_name", *_DWELL))),
            Panel(7, "share-had", "bars", 8,
                  Asked(lambda w: figures.share_had(EVERYWHERE, w), ("party", "had_share"))),
        )),
    ),
    choices=(
        partial(variables.source, regex=ONLY_THEIRS),
        variables.choice("port", variables.PORTS),
        variables.stage_choice,
    ),
    since="now-6M/M",
    refresh="15m",
)  # fmt: skip
