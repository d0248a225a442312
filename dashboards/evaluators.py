"""The board of evaluators: published cells by month, port, stage and edition; never a unit.

It shows what a bulletin shows. What protects single units was decided when the month was published,
so no choice of a viewer bears on it.
"""

from functools import partial
from typing import Final

from dashboards import figures, variables
from dashboards.board import Board
from dashboards.panels import Asked, Panel, Row

_VINTAGE: Final = ("month", "standing_name", "vintage")
_DWELL: Final = ("ended", "mean_h", "p50_h", "p90_h", "missing_because")
ONLY_THEIRS: Final = "/evaluator/"
"""They choose among data sources whose user has no right to single units; see docs/grafana.md."""

EVALUATORS: Final = Board(
    "evaluators",
    rows=(
        Row(9, (
            Panel(8, "clearance-months", "table", 14,
                  Asked(figures.clearance_months,
                        (*_VINTAGE, "import_h", "import_cut_share", "export_h",
                         "export_cut_share", "missing_because"))),
            Panel(5, "clearance-by-month", "lines", 10,
                  Asked(figures.clearance_by_month,
                        ("time", "import_h", "export_h", "import_2017_h", "export_2017_h"))),
        )),
        Row(11, (
            Panel(9, "clearance-by-port", "table", 24,
                  Asked(figures.clearance_by_port,
                        (*_VINTAGE, "port_name", "direction_name", *_DWELL))),
        )),
        Row(11, (
            Panel(10, "stage-split", "table", 24,
                  Asked(figures.stage_split,
                        (*_VINTAGE, "port_name", "direction_name", "stage_name", "mean_h",
                         "whole_share", "missing_because"))),
        )),
        Row(11, (
            Panel(2, "figures-by-stage", "table", 24,
                  Asked(figures.figures_by_stage,
                        (*_VINTAGE, "port_name", "direction_name", "stage_name", *_DWELL))),
        )),
        Row(11, (
            Panel(3, "kept-by-edition", "table", 14,
                  Asked(figures.kept_by_edition,
                        (*_VINTAGE, "port_name", "stage_name", "limit_id", "limit_edition",
                         "judged", "within_share", "excused", "missing_because"))),
            Panel(4, "kept-by-month", "labelled", 10,
                  Asked(figures.kept_by_month, ("time", "kept_limit", "within_share"))),
        )),
        Row(9, (
            Panel(11, "vintages", "table", 12,
                  Asked(figures.vintages, (*_VINTAGE, "published_at", "because"))),
            Panel(12, "hidden-cells", "table", 12,
                  Asked(figures.hidden_cells,
                        (*_VINTAGE, "dataset_name", "hidden_reason", "hidden_cells",
                         "hidden_figures"))),
        )),
    ),
    choices=(
        partial(variables.source, regex=ONLY_THEIRS),
        variables.choice("port", figures.PORTS),
        variables.named_choice("stage", figures.stages),
    ),
    since="now-12M/M",
    refresh="15m",
)  # fmt: skip
