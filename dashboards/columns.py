"""How each column of an answer looks: its unit, its decimals, its colours. A table; no logic.

A unit is fixed: a scale that turns 26 hours into "1.1 days" cannot be compared down a column.
Colours are told apart by the colour-blind too, and never carry a meaning alone.
"""

from typing import Final, Literal, NamedTuple

from dashboards.language import Words
from dashboards.sdk import dashboard, models

Unit = Literal["count", "share", "hours", "minutes", "seconds", "text", "time"]
Look = Literal["cell", "bars", "graph"]
"""Where a field is shown: a number or a cell by itself, a bar for each row, a line."""
Steps = tuple[tuple[float | None, str], ...]

CALM, WARNED, BROKEN, MUTED = "#0072B2", "#E69F00", "#D55E00", "#8A8A8A"
AT_RISK_SHARE: Final = 0.8
OVER_SHARE: Final = 1.000001
"""Grafana colours from a threshold on; a time equal to its limit keeps it, so red begins above."""

USED: Final[Steps] = ((None, CALM), (AT_RISK_SHARE, WARNED), (OVER_SHARE, BROKEN))
WITHIN: Final[Steps] = ((None, BROKEN), (0.9, WARNED), (0.95, CALM))
ANY_BROKEN: Final[Steps] = ((None, CALM), (1, BROKEN))
ANY_WARNED: Final[Steps] = ((None, CALM), (1, WARNED))
PLAIN: Final[Steps] = ((None, CALM),)


class Column(NamedTuple):
    """One column. `steps` colour its cells, `color` its line or bars; `hidden`: for links only."""

    unit: Unit
    steps: Steps = ()
    color: str = ""
    hidden: bool = False


COLUMNS: Final[dict[str, Column]] = {
    "units": Column("count"),
    "open": Column("count"),
    "at_risk": Column("count", ANY_WARNED, WARNED),
    "breached": Column("count", ANY_BROKEN, BROKEN),
    "met": Column("count", color=CALM),
    "excused": Column("count", color=MUTED),
    "level_now": Column("text"),
    "unit_id": Column("text"),
    "at_port": Column("text", hidden=True),
    "visit_instant": Column("text", hidden=True),
    "incidents": Column("count"),
    "unacknowledged": Column("count", ANY_WARNED),
    "assigned": Column("count"),
    "escalated": Column("count", ANY_BROKEN),
    "first_raised_at": Column("time"),
    "acknowledged_by": Column("text"),
    "assigned_to": Column("text"),
    "stage_name": Column("text"),
    "facility": Column("text"),
    "party": Column("text"),
    "limit_id": Column("text"),
    "limit_edition": Column("text"),
    "left_min": Column("minutes", ((None, BROKEN), (0, CALM))),
    "oldest_h": Column("hours"),
    "used_share": Column("share", USED),
    "used_p50_share": Column("share", color=CALM),
    "used_p90_share": Column("share", color=WARNED),
    "within_share": Column("share", WITHIN),
    "kept_share": Column("share"),
    "ended": Column("count"),
    "judged": Column("count"),
    "kept": Column("count"),
    "mean_h": Column("hours"),
    "p50_h": Column("hours"),
    "p90_h": Column("hours"),
    "max_h": Column("hours"),
    "had_h": Column("hours"),
    "import_h": Column("hours", color=CALM),
    "export_h": Column("hours", color=WARNED),
    "import_2017_h": Column("hours", color=MUTED),
    "export_2017_h": Column("hours", color=MUTED),
    "import_cut_share": Column("share"),
    "export_cut_share": Column("share"),
    "whole_share": Column("share"),
    "standing_name": Column("text"),
    "vintage": Column("text"),
    "published_at": Column("time"),
    "because": Column("text"),
    "missing_because": Column("text"),
    "port_name": Column("text"),
    "direction_name": Column("text"),
    "kept_limit": Column("text"),
    "dataset_name": Column("text"),
    "hidden_reason": Column("text"),
    "hidden_cells": Column("count"),
    "hidden_figures": Column("count"),
    "month": Column("time"),
    "time": Column("time"),
    "last_at": Column("time"),
    "events": Column("count"),
    "unaccounted": Column("count", ANY_WARNED),
    "unsettled": Column("count", ANY_WARNED),
    "refused": Column("count"),
    "source": Column("text"),
    "port": Column("text"),
    "topic": Column("text"),
    "reason_name": Column("text"),
    "channel": Column("text"),
    "delivered": Column("count"),
    "waiting": Column("count", ANY_WARNED),
    "failed": Column("count", ANY_BROKEN),
    "held_back": Column("count"),
    "delay_p50_s": Column("seconds"),
    "delay_p99_s": Column("seconds"),
    "silent_min": Column("minutes"),
    "late_p50_min": Column("minutes"),
    "late_p95_min": Column("minutes"),
    "late_max_min": Column("minutes"),
}
DECIMALS: Final[dict[Unit, int]] = {
    "count": 0,
    "share": 1,
    "hours": 2,
    "minutes": 0,
    "seconds": 1,
}
UNITS: Final = frozenset(
    {"none", "percentunit", "string", "suffix: h", "suffix: min", "suffix: s",
     "suffix:小时", "suffix:分钟", "suffix:秒", "bytes", "time:YYYY-MM-DD HH:mm", "time:YYYY-MM"}
)  # fmt: skip
"""Every unit that a board may use."""


def unit_of(unit: Unit, words: Words) -> str:
    """Grafana's name of a fixed unit."""
    plain = {"count": "none", "share": "percentunit", "text": "string"}
    if unit == "time":
        return "time:YYYY-MM-DD HH:mm"
    return plain.get(unit) or f"suffix:{words.of('units', unit)}"


def thresholds(steps: Steps) -> dashboard.ThresholdsConfig:
    """Absolute steps, the first from below everything."""
    return (
        dashboard.ThresholdsConfig()
        .mode(models.ThresholdsMode.ABSOLUTE)
        .steps([models.Threshold(value=value, color=color) for value, color in steps])
    )


def properties(name: str, words: Words, kind: Look) -> list[models.DynamicConfigValue]:
    """What a field of this name overrides: its heading, unit, decimals and colours.

    A fixed colour outlasts steps, so lines get the one and everything else the others. The number
    of bars gets no heading: it would stand in the place of each bar's own name.
    """
    column = COLUMNS[name]
    said: dict[str, object] = {}
    if kind != "bars" or column.unit == "text":
        said["displayName"] = words.of("columns", name)
    if name == "month":
        said["unit"] = "time:YYYY-MM"
    elif column.unit != "text":
        said["unit"] = unit_of(column.unit, words)
    if column.unit in DECIMALS:
        said["decimals"] = DECIMALS[column.unit]
    if column.hidden:
        said["custom.hidden"] = True
    if column.steps and kind != "graph":
        said["thresholds"] = thresholds(column.steps).build()
    if column.color and kind == "graph":
        fixed = models.FieldColorModeId.FIXED
        said["color"] = models.FieldColor(mode=fixed, fixed_color=column.color)
    return [models.DynamicConfigValue(id_val=key, value=value) for key, value in said.items()]
