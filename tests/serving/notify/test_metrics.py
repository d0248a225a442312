"""What is exported is declared, has a unit in its name, and says what happened."""

import re
from pathlib import Path

import pytest

from events.vocabulary import DeliveryState
from serving.notify.errands import Outgoing
from serving.notify.metrics import METRICS, NotifyMetrics
from serving.notify.outbox import Settled
from serving.notify.testing import START_MS

DOCS = Path(__file__).parents[3] / "docs" / "alerts.md"


def settled(state: DeliveryState, now_ms: int, held: bool = False, kind: str = "alerts") -> Settled:
    outgoing = Outgoing(
        id="d-1", kind=kind, cause_id="", route="all", channel="hook", port="CNLYG", told=(),
        alerts=1, proved_s=0, published_ms=START_MS, noticed_ms=START_MS + 500, created_ms=0,
        held=held,
    )  # fmt: skip
    return Settled(outgoing, state, now_ms)


def test_names_say_what_and_in_which_unit() -> None:
    for metric in METRICS:
        assert re.fullmatch(r"timing_[a-z_]+", metric.name)
        assert metric.unit in metric.name
        assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert len({metric.name for metric in METRICS}) == len(METRICS)


def test_every_declared_metric_is_exported_and_no_other() -> None:
    found = {family.name for family in NotifyMetrics().registry.collect()}
    assert found == {metric.name.removesuffix("_total") for metric in METRICS}


def test_every_metric_is_documented() -> None:
    page = DOCS.read_text(encoding="utf-8")
    for metric in METRICS:
        assert f"`{metric.name}`" in page


def test_latency_is_that_of_what_was_delivered_and_not_late_on_purpose() -> None:
    metrics = NotifyMetrics()
    metrics.settled(settled(DeliveryState.DELIVERED, START_MS + 1_500))
    metrics.settled(settled(DeliveryState.WAITING, START_MS + 9_000))
    metrics.settled(settled(DeliveryState.DELIVERED, START_MS + 9_000, held=True))
    metrics.settled(settled(DeliveryState.DELIVERED, START_MS + 9_000, kind="suspension"))
    value = metrics.registry.get_sample_value
    channel = {"channel": "hook"}
    assert value("timing_alert_delivery_seconds_count", channel) == 1
    assert value("timing_alert_delivery_seconds_sum", channel) == pytest.approx(1.5)
    assert value("timing_alert_notice_seconds_sum", channel) == pytest.approx(1.0)
    by_state = [
        value("timing_deliveries_total", {**channel, "state": state})
        for state in ("delivered", "waiting", "failed")
    ]
    assert by_state == [3, 1, None]


def test_accounts_and_waits_are_told() -> None:
    metrics = NotifyMetrics()
    metrics.accounts({"alerts": 7, "no-route": 3, "routed": 4, "errands": 5, "delivered": 3}, 2)
    metrics.waiting(START_MS, START_MS + 2_500, 6)
    metrics.lag("limit-alerts", 9)
    value = metrics.registry.get_sample_value
    assert value("timing_notified_alerts", {"account": "no-route"}) == 3
    assert value("timing_notified_alerts", {"account": "repeats"}) == 0
    assert value("timing_notified_errands", {"account": "open"}) == 2
    assert value("timing_outbox_errands") == 2
    assert value("timing_outbox_oldest_seconds") == 2.5
    assert value("timing_outbox_unpublished_records") == 6
    assert value("timing_notified_lag_records", {"topic": "limit-alerts"}) == 9
    metrics.waiting(START_MS + 5_000, START_MS, 0)
    assert value("timing_outbox_oldest_seconds") == 0
