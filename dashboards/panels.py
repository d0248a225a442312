"""The kinds of panel that the boards are made of: numbers, bars, tables, lines.

Each takes its statement and the columns that it answers with, and looks up heading, description,
unit and colours. Must never know what a statement asks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from dashboards.columns import (
    BROKEN,
    CALM,
    PLAIN,
    UNITS,
    USED,
    WARNED,
    Look,
    Unit,
    properties,
    thresholds,
    unit_of,
)
from dashboards.columns import COLUMNS as KNOWN
from dashboards.language import Words
from dashboards.links import data_links
from dashboards.sdk import (
    CLICKHOUSE,
    PROMETHEUS,
    ClickHouseQuery,
    PrometheusQuery,
    bargauge,
    common,
    models,
    shapes,
    stat,
    table,
    timeseries,
)

__all__ = ["UNITS", "Asked", "Kind", "Panel", "Row"]

Kind = Literal["stat", "bars", "table", "lines", "stacked", "labelled", "metric"]
Builder = Any
"""A panel builder of the SDK; its kinds share their methods but no type."""

DATASOURCE: Final = shapes.DataSourceRef(type_val=CLICKHOUSE, uid="${datasource}")
METRICS: Final = shapes.DataSourceRef(type_val=PROMETHEUS, uid="${metrics}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What one panel asks: a statement for ClickHouse, or an expression for Prometheus.

    `columns` are those of the answer, in order. An expression has a `legend` and a `unit` instead.
    """

    sql: Callable[[Words], str] | None = None
    columns: tuple[str, ...] = ()
    expr: str = ""
    legend: str = ""
    unit: Unit = "count"


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel of a board. `id` is for ever: links and alert rules point at it."""

    id: int
    name: str
    kind: Kind
    width: int
    asked: Asked


@dataclass(frozen=True, slots=True)
class Row:
    """Panels beside each other, all of one height, together at most 24 wide."""

    height: int
    panels: tuple[Panel, ...]


def built(panel: Panel, place: models.GridPos, words: Words) -> Builder:
    """The panel as the SDK has it, at its place in the grid."""
    made = _KINDS[panel.kind](panel.asked, words)
    source = METRICS if panel.kind == "metric" else DATASOURCE
    return (
        made.id(panel.id)
        .title(words.of("panels", panel.name, "title"))
        .description(words.of("panels", panel.name, "description"))
        .datasource(source)
        .grid_pos(place)
        .no_value(words.of("said", "nothing"))
    )


def _stat(asked: Asked, words: Words) -> Builder:
    panel = stat.Panel().reduce_options(_reduced(every_row=False))
    panel = panel.color_mode(shapes.BigValueColorMode.BACKGROUND).text_mode(
        shapes.BigValueTextMode.VALUE_AND_NAME
    )
    panel = panel.graph_mode(shapes.BigValueGraphMode.NONE).thresholds(thresholds(PLAIN))
    return _dressed(panel, asked, words)


def _bars(asked: Asked, words: Words) -> Builder:
    """The only number of the answer, a bar for each row."""
    number = next(name for name in asked.columns if KNOWN[name].unit != "text")
    panel = bargauge.Panel().reduce_options(_reduced(every_row=True)).min(0)
    panel = panel.orientation(shapes.VizOrientation.HORIZONTAL)
    panel = panel.display_mode(shapes.BarGaugeDisplayMode.BASIC)
    return _dressed(panel.thresholds(thresholds(KNOWN[number].steps or PLAIN)), asked, words)


def _table(asked: Asked, words: Words) -> Builder:
    return _dressed(table.Panel().show_header(True).thresholds(thresholds(PLAIN)), asked, words)


def _lines(asked: Asked, words: Words) -> Builder:
    panel = _graph().draw_style(shapes.GraphDrawStyle.LINE).line_width(2)
    panel = panel.show_points(shapes.VisibilityMode.ALWAYS)
    if all(name.startswith("used_") for name in asked.columns[1:]):
        panel = panel.thresholds(thresholds(USED)).thresholds_style(
            common.GraphThresholdsStyleConfig().mode(shapes.GraphThresholdsStyleMode.DASHED)
        )
    return _dressed(panel, asked, words)


def _stacked(asked: Asked, words: Words) -> Builder:
    panel = _graph().draw_style(shapes.GraphDrawStyle.BARS).fill_opacity(80)
    panel = panel.stacking(common.StackingConfig().mode(shapes.StackingMode.NORMAL).group("A"))
    return _dressed(panel, asked, words)


def _labelled(asked: Asked, words: Words) -> Builder:
    """A line for each text of the second column."""
    label, value = asked.columns[1:]
    panel = (
        _graph().draw_style(shapes.GraphDrawStyle.LINE).show_points(shapes.VisibilityMode.ALWAYS)
    )
    panel = panel.display_name(f"${{__field.labels.{label}}}")
    panel = panel.unit(unit_of(KNOWN[value].unit, words))
    return panel.with_target(ClickHouseQuery(_sql(asked, words), labelled=True))


def _metric(asked: Asked, words: Words) -> Builder:
    query = PrometheusQuery().expr(asked.expr).legend_format(asked.legend).ref_id("A").range()
    panel = _graph().draw_style(shapes.GraphDrawStyle.LINE).unit(unit_of(asked.unit, words))
    return panel.with_target(query.datasource(METRICS))


def _graph() -> timeseries.Panel:
    legend = common.VizLegendOptions().show_legend(True).placement(shapes.LegendPlacement.BOTTOM)
    legend = legend.display_mode(shapes.LegendDisplayMode.LIST)
    tooltip = common.VizTooltipOptions().mode(shapes.TooltipDisplayMode.MULTI)
    return timeseries.Panel().legend(legend).tooltip(tooltip).min(0)


def _reduced(every_row: bool) -> common.ReduceDataOptions:
    return common.ReduceDataOptions().values(every_row).calcs(["lastNotNull"]).fields("")


def _dressed(panel: Builder, asked: Asked, words: Words) -> Builder:
    """The statement, and every column as `columns` has it."""
    kind: Look = "cell"
    if isinstance(panel, timeseries.Panel | bargauge.Panel):
        kind = "graph" if isinstance(panel, timeseries.Panel) else "bars"
    for name in asked.columns:
        said = properties(name, words, kind)
        if name == "level_now":
            said += _levels(words)
        elif KNOWN[name].steps and isinstance(panel, table.Panel):
            said += _cell()
        if name == "unit_id":
            said.append(data_links(words))
        panel = panel.override_by_name(name, said)
    return panel.with_target(ClickHouseQuery(_sql(asked, words)))


def _sql(asked: Asked, words: Words) -> str:
    assert asked.sql is not None, "a panel on ClickHouse has a statement"
    return asked.sql(words)


def _cell() -> list[models.DynamicConfigValue]:
    cell = {"type": "color-text"}
    return [models.DynamicConfigValue(id_val="custom.cellOptions", value=cell)]


def _levels(words: Words) -> list[models.DynamicConfigValue]:
    colors = {"calm": CALM, "at-risk": WARNED, "breached": BROKEN}
    results = {
        words.names("level")[level]: models.ValueMappingResult(color=color, index=place)
        for place, (level, color) in enumerate(colors.items())
    }
    mapping = models.ValueMap(options=results)
    return [*_cell(), models.DynamicConfigValue(id_val="mappings", value=[mapping])]


def widths(panels: Sequence[Panel]) -> int:
    """How much of the 24 columns a row takes."""
    return sum(panel.width for panel in panels)


_KINDS: Final[dict[Kind, Callable[[Asked, Words], Builder]]] = {
    "stat": _stat,
    "bars": _bars,
    "table": _table,
    "lines": _lines,
    "stacked": _stacked,
    "labelled": _labelled,
    "metric": _metric,
}
