"""The panels on Prometheus ask for metrics and labels that workers and writers really export."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards.panels import Panel
from dashboards.pipeline import PIPELINE
from sinks.metrics import METRICS
from streams.metrics import CATALOGUE

DECLARED: dict[str, tuple[str, tuple[str, ...]]] = {
    **{one.name: (one.kind, one.labels) for one in METRICS},
    **{one.name: (one.kind, one.labels) for one in CATALOGUE},
}
ASKED = [panel for panel in PIPELINE.panels if panel.kind == "metric"]
_HISTOGRAM = ("_bucket", "_sum", "_count")


def _declared(name: str) -> tuple[str, set[str]]:
    """Kind and labels, as Prometheus sees them after scraping."""
    base = next((name.removesuffix(end) for end in _HISTOGRAM if name.endswith(end)), name)
    if name not in DECLARED and DECLARED.get(base, ("",))[0] == "histogram":
        return "histogram", {*DECLARED[base][1], *(["le"] if name.endswith("_bucket") else [])}
    kind, labels = DECLARED[name]
    return kind, set(labels)


@pytest.mark.parametrize("panel", ASKED, ids=lambda panel: panel.name)
def test_a_panel_asks_for_a_metric_that_exists_by_labels_that_it_has(panel: Panel) -> None:
    expression = panel.asked.expr
    (name,) = set(re.findall(r"timing_\w+", expression))
    kind, labels = _declared(name)
    by = re.findall(r"by \(([^)]*)\)", expression)
    used = {label.strip() for group in by for label in group.split(",")}
    assert used <= labels
    assert set(re.findall(r"\{\{(\w+)\}\}", panel.asked.legend)) <= used
    assert ("rate(" in expression) == (kind in ("counter", "histogram"))
    assert ("_bucket" in expression) == (kind == "histogram")


def test_no_metric_is_asked_for_that_nobody_exports() -> None:
    with pytest.raises(KeyError):
        _declared("timing_lag_recods")


def test_a_histogram_has_buckets_and_a_gauge_has_none() -> None:
    said: Any = _declared("timing_run_seconds_bucket")
    assert said == ("histogram", {"le"})
    with pytest.raises(KeyError):
        _declared("timing_lag_records_bucket")


SERIES = {
    'timing_lag_records{topic="t",partition="0"}': "3x20",
    'timing_lag_records{topic="t",partition="1"}': "4x20",
    'timing_written_lag_records{topic="t",partition="0"}': "5x20",
    'timing_records_ended_total{ending="new"}': "0+60x20",
    'timing_watermark_seconds{partition="0"}': "0x20",
    'timing_watermark_seconds{partition="1"}': "100x20",
    'timing_run_seconds_bucket{le="1"}': "0+60x20",
    'timing_run_seconds_bucket{le="+Inf"}': "0+60x20",
    'timing_insert_seconds_bucket{table="t",le="2"}': "0+60x20",
    'timing_insert_seconds_bucket{table="t",le="+Inf"}': "0+60x20",
    'timing_store_outage_seconds{lane="events"}': "7x20",
    'timing_units_open_count{instance="a"}': "10x20",
    'timing_units_open_count{instance="b"}': "20x20",
}
"""A sample each minute for twenty minutes; asked ten minutes after the beginning."""
SHOWN = {
    "lag": ('{topic="t"}', 7),
    "written-lag": ('{topic="t"}', 5),
    "endings": ('{ending="new"}', 1),
    "watermark-behind": ("{}", 500),
    "run-p99": ("{}", 0.99),
    "insert-p99": ('{table="t"}', 1.98),
    "outage": ('{lane="events"}', 7),
    "units-open": ("{}", 30),
}


def test_prometheus_answers_the_panels_with_the_right_numbers(
    program: Callable[[str], Path], tmp_path: Path
) -> None:
    """A partition without a watermark yet (0) is not behind by all of history."""
    asked = [
        {
            "expr": panel.asked.expr.replace("$__rate_interval", "5m"),
            "eval_time": "10m",
            "exp_samples": [{"labels": SHOWN[panel.name][0], "value": SHOWN[panel.name][1]}],
        }
        for panel in ASKED
    ]
    series = [{"series": name, "values": values} for name, values in SERIES.items()]
    document = {
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": series, "promql_expr_test": asked}],
    }
    file = tmp_path / "panels.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    command = [str(program("promtool")), "test", "rules", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
