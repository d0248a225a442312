"""Every metric of the board, declared once: name, kind, unit, labels, meaning.

Names are `timing_<noun>_<unit>[_total]`. Nothing else is exported. Those of the notifier stand with
it, in a process of its own.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge


class Metric(NamedTuple):
    """One declaration; `kind` is counter or gauge."""

    name: str
    kind: str
    unit: str
    labels: tuple[str, ...]
    meaning: str


METRICS: Final = (
    Metric(
        "timing_board_records_total", "counter", "records", ("topic",),
        "Records of the log told to the board, repeated ones included",
    ),
    Metric(
        "timing_board_lag_records", "gauge", "records", ("topic", "partition"),
        "Records of the log that the board was not told of yet",
    ),
    Metric(
        "timing_board_failures_total", "counter", "failures", (),
        "Tries to reach the broker or the tables that failed; each is made again",
    ),
    Metric(
        "timing_board_kept_count", "gauge", "count", ("what",),
        "What the board keeps: open stages, visits, incidents, units with a known spot",
    ),
    Metric(
        "timing_board_version_count", "gauge", "count", (),
        "Visible changes of the board since it began",
    ),
    Metric(
        "timing_board_streams_count", "gauge", "count", (),
        "Browsers that are shown every change",
    ),
    Metric(
        "timing_board_deeds_total", "counter", "deeds", ("result",),
        "Deeds that people did on the board: written, or not taken by the log",
    ),
)  # fmt: skip
_KINDS: Final = {"counter": Counter, "gauge": Gauge}


class BoardMetrics:
    """The declared metrics in one registry, each reached by what happened."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._by_name = {
            one.name: _KINDS[one.kind](one.name, one.meaning, one.labels, registry=self.registry)
            for one in METRICS
        }

    def read(self, topic: str, records: int) -> None:
        """The board was told of records of one topic."""
        self._by_name["timing_board_records_total"].labels(topic).inc(records)

    def lag(self, topic: str, partition: int, records: int) -> None:
        """How far one partition is behind its log."""
        self._by_name["timing_board_lag_records"].labels(topic, str(partition)).set(records)

    def failed(self) -> None:
        """One try failed and will be made again."""
        self._by_name["timing_board_failures_total"].inc()

    def board(self, version: int, kept: Mapping[str, int]) -> None:
        """What the board keeps now."""
        self._by_name["timing_board_version_count"].set(version)
        for what, many in kept.items():
            self._by_name["timing_board_kept_count"].labels(what).set(many)

    def streams(self, connected: int) -> None:
        """How many browsers are shown every change."""
        self._by_name["timing_board_streams_count"].set(connected)

    def deed(self, written: bool) -> None:
        """Somebody did something, and the log took it or did not."""
        result = "written" if written else "refused"
        self._by_name["timing_board_deeds_total"].labels(result).inc()
