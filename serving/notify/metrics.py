"""Every metric of the notifier, declared once: name, kind, unit, labels, meaning.

Names are `timing_<noun>_<unit>[_total]`. Nothing else is exported.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from events.vocabulary import DeliveryState
from serving.notify.outbox import Settled
from serving.notify.schedule import SUSPENSION


class Metric(NamedTuple):
    """One declaration; `kind` is counter, gauge or histogram."""

    name: str
    kind: str
    unit: str
    labels: tuple[str, ...]
    meaning: str


METRICS: Final = (
    Metric(
        "timing_notified_alerts", "gauge", "alerts", ("account",),
        "Alerts ever read: repeats, no-route and routed; they sum to alerts",
    ),
    Metric(
        "timing_notified_errands", "gauge", "errands", ("account",),
        "Alerts to be told on a channel: delivered, failed, held-back and open; sum to errands",
    ),
    Metric(
        "timing_deliveries_total", "counter", "deliveries", ("channel", "state"),
        "Attempts to deliver a message, by what came of them; waiting ones are tried again",
    ),
    Metric(
        "timing_alert_delivery_seconds", "histogram", "seconds", ("channel",),
        "From writing an alert into the log until its channel took it; held ones left out",
    ),
    Metric(
        "timing_alert_notice_seconds", "histogram", "seconds", ("channel",),
        "From reading an alert until its channel took it; held ones left out",
    ),
    Metric(
        "timing_outbox_errands", "gauge", "errands", (),
        "Errands in the outbox that are not settled",
    ),
    Metric(
        "timing_outbox_oldest_seconds", "gauge", "seconds", (),
        "How long the errand that waits longest is past its time; 0 when none is",
    ),
    Metric(
        "timing_outbox_unpublished_records", "gauge", "records", (),
        "Records about deliveries and escalations that the log does not have yet",
    ),
    Metric(
        "timing_notified_lag_records", "gauge", "records", ("topic",),
        "Records of the log that were not yet taken in",
    ),
)  # fmt: skip
_DECLARED: Final = {metric.name: metric for metric in METRICS}
_BUCKETS: Final = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 120.0, 600.0, 3600.0)
ALERT_ACCOUNTS: Final = ("alerts", "repeats", "no-route", "routed")
ERRAND_ACCOUNTS: Final = ("errands", "delivered", "failed", "held-back")


class NotifyMetrics:
    """The declared metrics in one registry, each reached by what happened."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._alerts = self._gauge("timing_notified_alerts")
        self._errands = self._gauge("timing_notified_errands")
        self._open = self._gauge("timing_outbox_errands")
        self._oldest = self._gauge("timing_outbox_oldest_seconds")
        self._unpublished = self._gauge("timing_outbox_unpublished_records")
        self._lag = self._gauge("timing_notified_lag_records")
        deliveries = _DECLARED["timing_deliveries_total"]
        self._deliveries = Counter(
            *(deliveries.name, deliveries.meaning, deliveries.labels), registry=self.registry
        )
        self._since_published = self._histogram("timing_alert_delivery_seconds")
        self._since_noticed = self._histogram("timing_alert_notice_seconds")

    def settled(self, settled: Settled) -> None:
        """One attempt came to something."""
        outgoing, channel = settled.outgoing, settled.outgoing.channel
        self._deliveries.labels(channel, settled.state.value).inc()
        late_on_purpose = outgoing.held or outgoing.kind == SUSPENSION
        if settled.state is DeliveryState.DELIVERED and not late_on_purpose:
            since_ms = max(0, settled.now_ms - outgoing.published_ms)
            self._since_published.labels(channel).observe(since_ms / 1000)
            noticed_ms = max(0, settled.now_ms - outgoing.noticed_ms)
            self._since_noticed.labels(channel).observe(noticed_ms / 1000)

    def accounts(self, accounts: Mapping[str, int], open_errands: int) -> None:
        """What was ever taken in, and what became of it."""
        for name in ALERT_ACCOUNTS:
            self._alerts.labels(name).set(accounts.get(name, 0))
        for name in ERRAND_ACCOUNTS:
            self._errands.labels(name).set(accounts.get(name, 0))
        self._errands.labels("open").set(open_errands)
        self._open.set(open_errands)

    def waiting(self, oldest_ms: int | None, now_ms: int, unpublished: int) -> None:
        """What waits in the outbox, and how long already."""
        late_ms = 0 if oldest_ms is None else max(0, now_ms - oldest_ms)
        self._oldest.set(late_ms / 1000)
        self._unpublished.set(unpublished)

    def lag(self, topic: str, records: int) -> None:
        """How far the notifier is behind one topic."""
        self._lag.labels(topic).set(records)

    def _gauge(self, name: str) -> Gauge:
        declared = _DECLARED[name]
        return Gauge(name, declared.meaning, declared.labels, registry=self.registry)

    def _histogram(self, name: str) -> Histogram:
        declared = _DECLARED[name]
        return Histogram(
            *(name, declared.meaning, declared.labels), registry=self.registry, buckets=_BUCKETS
        )
