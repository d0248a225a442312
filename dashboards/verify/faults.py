"""Faults to be put into panels on purpose: each must be caught, and by what is written beside it.

A check that has never failed proves nothing. Each fault changes one rendered panel; docs/grafana.md
lists them, and a test puts them in and holds the list to the documents.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

Change = Callable[[dict[str, Any]], None]
"""Changes a rendered panel in place."""
Catcher = Literal["query", "rows", "oracle", "layout"]
"""The rules of queries (macros, variables, quotes), of rows (columns, format, order, labels), of
layout and units; or the numbers."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what is wrong, in which panel of which board, and what has to catch it."""

    what: str
    board: str
    panel: str
    change: Change
    caught_by: Catcher


def _sql(*swaps: tuple[str, str]) -> Change:
    """Replaces text in the statement; text that is not there is a fault of this list."""

    def change(panel: dict[str, Any]) -> None:
        target = panel["targets"][0]
        for old, new in swaps:
            if old not in target["rawSql"]:
                raise LookupError(f"{old!r} is not in the statement of {panel['title']}")
            target["rawSql"] = target["rawSql"].replace(old, new)

    return change


def _target(**fields: Any) -> Change:
    """Sets fields of the query; None removes one."""

    def change(panel: dict[str, Any]) -> None:
        for name, value in fields.items():
            if value is None:
                del panel["targets"][0][name]
            else:
                panel["targets"][0][name] = value

    return change


def _panel(**fields: Any) -> Change:
    return lambda panel: panel.update(fields)


def _unit(panel: dict[str, Any]) -> None:
    panel["fieldConfig"]["defaults"]["unit"] = "h"


def _threshold(panel: dict[str, Any]) -> None:
    for override in panel["fieldConfig"]["overrides"]:
        for one in override["properties"]:
            if one["id"] == "thresholds":
                one["value"]["steps"][1]["value"] = 0.9


def _override(field: str, property: str, value: Any) -> Change:
    """Sets one more property of a field."""

    def change(panel: dict[str, Any]) -> None:
        for override in panel["fieldConfig"]["overrides"]:
            if override["matcher"]["options"] == field:
                override["properties"].append({"id": property, "value": value})

    return change


_PORT: Final = "$__conditionalAll(port IN (${port:singlequote}), $port)"
_STANDING: Final = "FROM outcomes_latest"
_WITHDRAWN_TOO: Final = (
    "FROM (SELECT * FROM stage_dwells ORDER BY version DESC "
    "LIMIT 1 BY port, stage, visit_id, occurrence, limit_id)"
)

FAULTS: Final = (
    Fault("a macro is misspelt", "operations", "verdicts-over-time",
          _sql(("$__timeFilter", "$__timeFiltre")), "query"),
    Fault("a choice of several reaches SQL without quotes", "operations", "counts",
          _sql(("${port:singlequote}", "$port")), "query"),
    Fault("the second argument of $__conditionalAll is formatted", "operations", "counts",
          _sql(("}), $port)", "}), ${port:singlequote})")), "query"),
    Fault("a variable is used that the board does not have", "operations", "limits-kept",
          _sql(("$facility)", "$yard)")), "query"),
    Fault("a column was renamed in the tables' schema only", "customs", "time-by-stage",
          _sql(("net_s", "net_seconds")), "query"),
    Fault("a column of the answer was renamed", "operations", "used-by-stage",
          _sql(("AS used_share", "AS share_used"), ("BY used_share", "BY share_used")), "rows"),
    Fault("the format says table where lines are told apart by a text", "evaluators",
          "kept-by-month", _target(format=1), "rows"),
    Fault("the format is left out of a table", "operations", "endangered",
          _target(format=None), "rows"),
    Fault("ORDER BY is lost under lines", "operations", "verdicts-over-time",
          _sql(("\nORDER BY time", "")), "rows"),
    Fault("a label is lost, so that two points share a time", "pipeline", "events-over-time",
          _sql(("    source,\n", "    'all' AS source,\n"),
               ("BY time, source", "BY time, events.source")), "rows"),
    Fault("hours are divided by 60", "operations", "time-by-stage",
          _sql(("/ 3600", "/ 60")), "oracle"),
    Fault("the 90th percentile is the 95th", "customs", "used-over-time",
          _sql(("(0.9)", "(0.95)")), "oracle"),
    Fault("the choice of a port is dropped", "operations", "counts",
          _sql((_PORT, "1 = 1")), "oracle"),
    Fault("the stages of customs are not told from others", "customs", "limits-kept",
          _sql(("OR answers = 'customs'", "OR 1 = 1")), "oracle"),
    Fault("the time range is dropped", "operations", "alerts-told",
          _sql(("$__timeFilter(raised_at)", "1 = 1")), "oracle"),
    Fault("FINAL is lost: corrected rows count beside their corrections", "operations",
          "verdicts-over-time", _sql((_STANDING, "FROM stage_dwells")), "oracle"),
    Fault("withdrawn outcomes are counted", "operations", "counts",
          _sql((_STANDING, _WITHDRAWN_TOO)), "oracle"),
    Fault("FINAL is lost under fates", "pipeline", "fates",
          _sql(("event_fates FINAL", "event_fates")), "oracle"),
    Fault("ages of open stages enter a mean of dwell", "operations", "time-by-stage",
          _sql(("assumeNotNull(net_s)", "coalesce(net_s, age_s)"),
               ("closed_at IS NOT NULL\n    AND $__timeFilter(closed_at)",
                "$__timeFilter(decided_at)")), "oracle"),
    Fault("a stage under two limits counts twice", "operations", "time-had",
          _sql(("LIMIT 1 BY port, stage, visit_id, occurrence\n", "")), "oracle"),
    Fault("the board judges by the deadline instead of by the outcome", "customs", "counts",
          _sql(("verdict = 'breached', 'breached'",
                "deadline_at < $__fromTime AND deadline_at IS NOT NULL, 'breached'")), "oracle"),
    Fault("a warning that was taken back still endangers", "operations", "standing-by-stage",
          _sql(("state = 'at-risk'", "state IN ('at-risk', 'retracted')")), "oracle"),
    Fault("time left and time over are exchanged", "customs", "endangered",
          _sql(("'second', $__toTime, deadline_at", "'second', deadline_at, $__toTime")), "oracle"),
    Fault("limits that say at least are mixed with those that say at most", "operations",
          "used-over-time", _sql(("limit_kind != 'notice'", "limit_kind != ''")), "oracle"),
    Fault("an event told with two contents counts twice", "pipeline", "sources",
          _sql(("uniqExact(event_id)", "count()")), "oracle"),
    Fault("settled refusals wait for somebody", "pipeline", "refused",
          _sql(("countIf(settled_at IS NULL)", "countIf(received_at IS NOT NULL)")), "oracle"),
    Fault("incidents that are acknowledged count as not", "customs", "incident-counts",
          _sql(("acknowledged_by IS NULL", "assigned_to IS NULL")), "oracle"),
    Fault("failed messages count for latency", "pipeline", "deliveries",
          _sql(("state = 'delivered') AS delay", "state != 'waiting') AS delay")), "oracle"),
    Fault("a suppressed figure is nought", "evaluators", "clearance-by-port",
          _sql(("toFloat64OrNull(", "toFloat64OrZero(")), "oracle"),
    Fault("no reason is given for a suppressed cell", "evaluators", "clearance-by-port",
          _sql(("if(suppressed IS NULL", "if(1 = 1")), "oracle"),
    Fault("provinces stand beside all ports", "evaluators", "clearance-by-port",
          _sql(("(port != '*' OR province = '*')", "1 = 1")), "oracle"),
    Fault("the first vintage of a month stands for its newest", "evaluators", "figures-by-stage",
          _sql(("argMax(id,", "argMin(id,")), "oracle"),
    Fault("the tenth vintage comes before the ninth, as texts do", "evaluators", "vintages",
          _sql(("toUInt32OrZero(splitByChar('.', id)[-1])", "id")), "oracle"),
    Fault("a span of months passes for its first month", "evaluators", "clearance-months",
          _sql(("position(month, '/') = 0", "1 = 1")), "oracle"),
    Fault("months begin at midnight in Greenwich", "evaluators", "clearance-by-month",
          _sql(("'Asia/Shanghai'", "'UTC'")), "oracle"),
    Fault("imports are held against the exports of 2017", "evaluators", "clearance-months",
          _sql(("1 - import_h / 97.39", "1 - import_h / 12.29")), "oracle"),
    Fault("the median is the mean", "evaluators", "figures-by-stage",
          _sql(("figures['median_h']", "figures['mean_h']")), "oracle"),
    Fault("per cent pass for shares of one", "evaluators", "kept-by-edition",
          _sql(("/ 100", "/ 1")), "oracle"),
    Fault("a stage is held against the whole of another port", "evaluators", "stage-split",
          _sql(("BY month_at, port, direction", "BY month_at, direction")), "oracle"),
    Fault("single figures that are missing count as whole cells", "evaluators", "hidden-cells",
          _sql(("countIf(of_cell = 1)", "count()")), "oracle"),
    Fault("the choice of a port does not reach the limits", "evaluators", "kept-by-edition",
          _sql((_PORT, "1 = 1")), "oracle"),
    Fault("red begins elsewhere than above the limit", "operations", "used-by-stage",
          _threshold, "layout"),
    Fault("a count is red although it is zero", "operations", "counts",
          _override("breached", "color", {"mode": "fixed", "fixedColor": "#D55E00"}), "layout"),
    Fault("all bars have one name", "operations", "time-had",
          _override("had_h", "displayName", "hours"), "layout"),
    Fault("a unit scales itself", "customs", "clearance-by-day", _unit, "layout"),
    Fault("a panel lies upon another", "operations", "used-by-stage",
          _panel(gridPos={"h": 10, "w": 8, "x": 15, "y": 4}), "layout"),
    Fault("a panel asks a fixed data source", "pipeline", "fates",
          _panel(datasource={"type": "grafana-clickhouse-datasource", "uid": "prod"}), "layout"),
    Fault("a panel does not say what it shows", "evaluators", "stage-split",
          _panel(description=""), "layout"),
    Fault("a key of the panel is misspelt", "customs", "counts",
          _panel(repeatDirektion="h"), "layout"),
)  # fmt: skip


def table() -> str:
    """The list as the documents show it."""
    lines = [f"| {one.what} | {one.board}: {one.panel} | {one.caught_by} |" for one in FAULTS]
    return "\n".join(["| fault | where | caught by |", "|---|---|---|", *lines])
