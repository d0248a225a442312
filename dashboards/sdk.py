"""The one door to grafana-foundation-sdk, and the query of the ClickHouse plugin, which it lacks.

Knows the SDK's names and the plugin's JSON; must never know a table or a word that people read.
The SDK warns at import that classic boards have a successor; classic JSON is what Grafana's file
provisioning documents, so the warning is answered here, once.
"""

import json
import warnings
from collections.abc import Mapping
from typing import Any, Final

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.builders import bargauge, common, dashboard, stat, table, timeseries
    from grafana_foundation_sdk.builders.prometheus import Dataquery as PrometheusQuery
    from grafana_foundation_sdk.cog import builder as cog
    from grafana_foundation_sdk.cog import plugins, runtime, variants
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.models import common as shapes
    from grafana_foundation_sdk.models import dashboard as models

__all__ = [
    "CLICKHOUSE",
    "PROMETHEUS",
    "ClickHouseQuery",
    "PrometheusQuery",
    "bargauge",
    "cog",
    "common",
    "dashboard",
    "models",
    "read_board",
    "shapes",
    "stat",
    "table",
    "timeseries",
    "variable_query",
    "written",
]

CLICKHOUSE: Final = "grafana-clickhouse-datasource"
PROMETHEUS: Final = "prometheus"
PLUGIN_VERSION: Final = "4.20.0"
TIME_SERIES, TABLE = 0, 1
"""The plugin's `format`. Left out it means 0, so it is always written."""


class _ClickHouse(variants.Dataquery):
    """One statement for the plugin, as it stands in a panel's `targets`."""

    def __init__(self, ref_id: str, sql: str, labelled: bool) -> None:
        self.ref_id, self.sql, self.labelled = ref_id, sql, labelled

    def to_json(self) -> dict[str, object]:
        return {
            "refId": self.ref_id,
            "datasource": {"type": CLICKHOUSE, "uid": "${datasource}"},
            "pluginVersion": PLUGIN_VERSION,
            "editorType": "sql",
            "queryType": "timeseries" if self.labelled else "table",
            "format": TIME_SERIES if self.labelled else TABLE,
            "rawSql": self.sql,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "_ClickHouse":
        return cls(data["refId"], data["rawSql"], data["format"] == TIME_SERIES)


class ClickHouseQuery(cog.Builder[variants.Dataquery]):
    """A statement for a panel. `labelled`: rows of (time, text, number) become a line per text."""

    def __init__(self, sql: str, labelled: bool = False, ref_id: str = "A") -> None:
        self._query = _ClickHouse(ref_id, sql, labelled)

    def build(self) -> variants.Dataquery:
        """What the panel keeps."""
        return self._query


def variable_query(sql: str) -> dict[str, object]:
    """The query of a variable: one column is the value, two are value and text."""
    return {"refId": "variable", "editorType": "sql", "format": TABLE, "rawSql": sql}


def _register() -> None:
    plugins.register_default_plugins()
    config = runtime.DataqueryConfig(CLICKHOUSE, _ClickHouse.from_json)
    runtime.register_dataquery_variant(config)


def read_board(document: Mapping[str, Any]) -> models.Dashboard:
    """A board read back through the SDK's types. Raises what they raise for a shape they lack."""
    _register()
    return models.Dashboard.from_json(dict(document))


def written(board: models.Dashboard) -> bytes:
    """A board as JSON, the same bytes for the same board: sorted keys, two blanks, a newline."""
    text = json.dumps(board, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False)
    return text.encode() + b"\n"
