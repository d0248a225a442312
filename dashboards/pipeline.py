"""The board of those who run the house: what landed, what was refused, what is late, what lags.

The upper half asks the tables, the lower half Prometheus: the catalogues of `streams.metrics` and
`sinks.metrics`, whose names a test holds this board to.
"""

from typing import Final

from dashboards import landing, variables
from dashboards.board import Board
from dashboards.panels import Asked, Panel, Row
from dashboards.scopes import EVERYWHERE as WHERE

_RATE: Final = "[$__rate_interval]"


def _metric(id: int, name: str, asked: Asked) -> Panel:
    return Panel(id, name, "metric", 12, asked)


PIPELINE: Final = Board(
    "pipeline",
    rows=(
        Row(4, (
            Panel(1, "landed", "stat", 24,
                  Asked(lambda w: landing.landed(WHERE),
                        ("events", "units", "unaccounted", "unsettled"))),
        )),
        Row(9, (
            Panel(2, "events-over-time", "labelled", 12,
                  Asked(lambda w: landing.events_over_time(WHERE), ("time", "source", "events"))),
            Panel(3, "sources", "table", 12,
                  Asked(lambda w: landing.sources(WHERE),
                        ("source", "events", "last_at", "silent_min",
                         "late_p50_min", "late_p95_min", "late_max_min"))),
        )),
        Row(8, (
            Panel(4, "refused", "table", 10,
                  Asked(landing.refused,
                        ("topic", "reason_name", "refused", "unsettled", "last_at"))),
            Panel(5, "refused-over-time", "labelled", 8,
                  Asked(landing.refused_over_time, ("time", "reason_name", "refused"))),
            Panel(6, "fates", "table", 6,
                  Asked(lambda w: landing.fates(WHERE), ("port", "judged", "kept", "kept_share"))),
        )),
        Row(8, (
            Panel(7, "deliveries", "table", 24,
                  Asked(lambda w: landing.deliveries(WHERE),
                        ("channel", "delivered", "waiting", "failed", "held_back",
                         "delay_p50_s", "delay_p99_s"))),
        )),
        Row(8, (
            _metric(20, "lag", Asked(expr="sum by (topic) (timing_lag_records)",
                                     legend="{{topic}}")),
            _metric(21, "written-lag", Asked(expr="sum by (topic) (timing_written_lag_records)",
                                             legend="{{topic}}")),
        )),
        Row(8, (
            _metric(22, "endings",
                    Asked(expr=f"sum by (ending) (rate(timing_records_ended_total{_RATE}))",
                          legend="{{ending}}")),
            _metric(23, "watermark-behind",
                    Asked(expr="time() - min(timing_watermark_seconds > 0)", legend="watermark",
                          unit="seconds")),
        )),
        Row(8, (
            _metric(24, "run-p99",
                    Asked(expr="histogram_quantile(0.99, sum by (le) "
                               f"(rate(timing_run_seconds_bucket{_RATE})))",
                          legend="p99", unit="seconds")),
            _metric(25, "insert-p99",
                    Asked(expr="histogram_quantile(0.99, sum by (le, table) "
                               f"(rate(timing_insert_seconds_bucket{_RATE})))",
                          legend="{{table}}", unit="seconds")),
        )),
        Row(8, (
            _metric(26, "outage", Asked(expr="max by (lane) (timing_store_outage_seconds)",
                                        legend="{{lane}}", unit="seconds")),
            _metric(27, "units-open", Asked(expr="sum(timing_units_open_count)", legend="units")),
        )),
    ),
    choices=(
        variables.source,
        variables.metrics,
        variables.choice("port", variables.EVENT_PORTS),
    ),
)  # fmt: skip
