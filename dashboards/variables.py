"""What a viewer chooses: data source, port, facility, stage. And the address of the live board.

The values of a choice are read from the plain tables: whether a row still stands does not matter
for a list of ports, and a plain read is cheap.
"""

from collections.abc import Callable
from typing import Final

from dashboards.language import Words
from dashboards.scopes import chosen
from dashboards.sdk import CLICKHOUSE, PROMETHEUS, cog, dashboard, models, shapes, variable_query

Variable = cog.Builder[models.VariableModel]

PORTS: Final = "SELECT DISTINCT port FROM stage_dwells ORDER BY port"
EVENT_PORTS: Final = "SELECT DISTINCT port FROM event_fates ORDER BY port"
FACILITIES: Final = f"""SELECT DISTINCT assumeNotNull(facility) AS facility_code
FROM stage_dwells
WHERE facility IS NOT NULL AND {chosen("port")}
ORDER BY facility_code"""


def stages(words: Words) -> str:
    """Stage and its name."""
    return f"""SELECT stage, {words.sql("stage", "stage")} AS stage_name
FROM stage_dwells
GROUP BY stage
ORDER BY stage"""


def source(words: Words, regex: str = "") -> Variable:
    """Which data source of the ClickHouse plugin; `regex` narrows the choice by its name."""
    variable = dashboard.DatasourceVariable("datasource").type(CLICKHOUSE)
    variable = variable.label(words.of("variables", "datasource"))
    return variable.regex(regex) if regex else variable


def metrics(words: Words) -> Variable:
    """Which Prometheus."""
    variable = dashboard.DatasourceVariable("metrics").type(PROMETHEUS)
    return variable.label(words.of("variables", "metrics"))


def choice(name: str, sql: str) -> Callable[[Words], Variable]:
    """Several of what a statement lists, or all of it."""
    return lambda words: _choice(name, sql, words)


def named_choice(name: str, sql: Callable[[Words], str]) -> Callable[[Words], Variable]:
    """The same where the statement says what people read."""
    return lambda words: _choice(name, sql(words), words)


stage_choice: Final = named_choice("stage", stages)
"""Several stages, by their names."""


def live_board(url: str) -> Variable:
    """A constant: it is not read from the address of the page."""
    variable = dashboard.ConstantVariable("board").value(url)
    made = variable.build()
    made.hide, made.skip_url_sync = models.VariableHide.HIDE_VARIABLE, True
    made.current = models.VariableOption(selected=True, text=url, value=url)
    return variable


def _choice(name: str, sql: str, words: Words) -> Variable:
    return (
        dashboard.QueryVariable(name)
        .label(words.of("variables", name))
        .datasource(shapes.DataSourceRef(type_val=CLICKHOUSE, uid="${datasource}"))
        .query(variable_query(sql))
        .definition(sql)
        .refresh(models.VariableRefresh.ON_DASHBOARD_LOAD)
        .sort(models.VariableSort.DISABLED)
        .multi(True)
        .include_all(True)
        .allow_custom_value(False)
        .current(models.VariableOption(selected=True, text=["All"], value=["$__all"]))
    )
