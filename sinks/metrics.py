"""Every metric of this wing, declared once: name, kind, unit, labels, meaning.

Names are `timing_<noun>_<unit>[_total]`. The documents show `METRICS`; nothing else is exported.
"""

from copy import copy
from typing import Final, NamedTuple, Self

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metric(NamedTuple):
    """One declaration; `kind` is counter, gauge or histogram."""

    name: str
    kind: str
    unit: str
    labels: tuple[str, ...]
    meaning: str


METRICS: Final = (
    Metric(
        "timing_written_rows_total", "counter", "rows", ("table",),
        "Rows whose insert was acknowledged, replays included",
    ),
    Metric(
        "timing_written_batches_total", "counter", "batches", ("table",),
        "Inserts that were acknowledged",
    ),
    Metric(
        "timing_insert_seconds", "histogram", "seconds", ("table",),
        "From sending a batch until its acknowledgement",
    ),
    Metric(
        "timing_insert_retries_total", "counter", "retries", ("table",),
        "Inserts that the store did not answer; each is tried again",
    ),
    Metric(
        "timing_commit_retries_total", "counter", "retries", (),
        "Offset commits that failed; each is tried again, the rows are stored already",
    ),
    Metric(
        "timing_written_lag_records", "gauge", "records", ("topic", "partition"),
        "Records of the log that the store has not yet acknowledged",
    ),
    Metric(
        "timing_left_out_records_total", "counter", "records", ("topic", "reason"),
        "Records of event topics that have no row: refused, or split and sent again; with replays",
    ),
    Metric(
        "timing_buffered_bytes", "gauge", "bytes", ("lane",),
        "Bytes of record values held in memory until they are stored",
    ),
    Metric(
        "timing_store_outage_seconds", "gauge", "seconds", ("lane",),
        "How long the store has not answered; 0 while it does",
    ),
)  # fmt: skip
_DECLARED: Final = {metric.name: metric for metric in METRICS}


class SinkMetrics:
    """The declared metrics in one registry, each reached by what happened in one lane."""

    def __init__(self, registry: CollectorRegistry | None = None, lane: str = "outcomes") -> None:
        self._lane = lane
        self.registry = registry or CollectorRegistry()
        self._rows = self._counter("timing_written_rows_total")
        self._batches = self._counter("timing_written_batches_total")
        self._insert_retries = self._counter("timing_insert_retries_total")
        self._commit_retries = self._counter("timing_commit_retries_total")
        self._left_out = self._counter("timing_left_out_records_total")
        self._lag = self._gauge("timing_written_lag_records")
        self._buffered = self._gauge("timing_buffered_bytes")
        self._outage = self._gauge("timing_store_outage_seconds")
        insert = _DECLARED["timing_insert_seconds"]
        self._insert = Histogram(insert.name, insert.meaning, insert.labels, registry=self.registry)

    def of(self, lane: str) -> Self:
        """The same metrics, told by another lane of this process."""
        other = copy(self)
        other._lane = lane
        return other

    def wrote(self, table: str, rows: int, took_s: float) -> None:
        """One insert was acknowledged."""
        self._rows.labels(table).inc(rows)
        self._batches.labels(table).inc()
        self._insert.labels(table).observe(took_s)

    def insert_failed(self, table: str) -> None:
        """One insert will be tried again."""
        self._insert_retries.labels(table).inc()

    def left_out(self, topic: str, reason: str) -> None:
        """One record was read that has no row."""
        self._left_out.labels(topic, reason).inc()

    def commit_failed(self) -> None:
        """One commit will be tried again."""
        self._commit_retries.inc()

    def waiting(self, buffered_bytes: int, outage_s: float) -> None:
        """What is held in memory, and how long the store has been silent."""
        self._buffered.labels(self._lane).set(buffered_bytes)
        self._outage.labels(self._lane).set(outage_s)

    def lag(self, topic: str, partition: int, records: int) -> None:
        """How far one partition is behind its log."""
        self._lag.labels(topic, str(partition)).set(records)

    def not_ours(self, topic: str, partition: int) -> None:
        """Another writer has the partition now and reports its lag."""
        self._lag.remove(topic, str(partition))

    def _counter(self, name: str) -> Counter:
        declared = _DECLARED[name]
        return Counter(name, declared.meaning, declared.labels, registry=self.registry)

    def _gauge(self, name: str) -> Gauge:
        declared = _DECLARED[name]
        return Gauge(name, declared.meaning, declared.labels, registry=self.registry)
