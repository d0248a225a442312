"""Every metric is declared once, by the law of names, and nothing else is exported."""

import re

import pytest

from sinks.metrics import METRICS, Metric, SinkMetrics
from sinks.tables import TABLES


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_name_tells_kind_and_unit(metric: Metric) -> None:
    total = "_total" if metric.kind == "counter" else ""
    assert re.fullmatch(rf"timing_[a-z_]+_{metric.unit}{total}", metric.name)
    assert metric.meaning
    assert metric.kind in ("counter", "gauge", "histogram")


def test_names_are_unique() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)


def test_what_is_declared_is_exported_and_nothing_else() -> None:
    metrics = SinkMetrics()
    metrics.wrote(TABLES[0].name, 5, 0.1)
    metrics.insert_failed(TABLES[0].name)
    metrics.commit_failed()
    metrics.waiting(10, 0.0)
    metrics.lag("stage-dwells", 0, 3)
    metrics.left_out("terminal-events", "refused")
    exported = {
        family.name + ("_total" if family.type == "counter" else ""): family
        for family in metrics.registry.collect()
    }
    assert exported.keys() == {metric.name for metric in METRICS}
    for metric in METRICS:
        family = exported[metric.name]
        assert (family.type, family.documentation) == (metric.kind, metric.meaning)
        assert {
            label for sample in family.samples for label in sample.labels if label != "le"
        } == set(metric.labels)


def test_two_writers_in_one_process_do_not_share_numbers() -> None:
    one, other = SinkMetrics(), SinkMetrics()
    one.commit_failed()
    assert one.registry.get_sample_value("timing_commit_retries_total") == 1
    assert other.registry.get_sample_value("timing_commit_retries_total") == 0


def test_two_lanes_in_one_process_share_all_but_what_is_their_own() -> None:
    one = SinkMetrics()
    other = one.of("events")
    for metrics, held_bytes in ((one, 10), (other, 70)):
        metrics.commit_failed()
        metrics.waiting(held_bytes, 0.0)
    value = one.registry.get_sample_value
    assert value("timing_commit_retries_total") == 2
    assert value("timing_buffered_bytes", {"lane": "outcomes"}) == 10
    assert value("timing_buffered_bytes", {"lane": "events"}) == 70
