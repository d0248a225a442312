"""The catalogue obeys the naming law, and the accounts of a run sum."""

import re
from collections import Counter
from importlib.metadata import version
from typing import Any

import pytest

from events.refusals import Reason, Refusal
from events.said import SaidAlert, SaidFate, SaidOutcome
from events.testing import alert, event, fate, outcome
from streams.effects import Effects, Ending
from streams.intake import Copy, DeadLetter
from streams.metrics import (
    CATALOGUE,
    OTHER_SOURCES,
    PULSE_CATALOGUE,
    SOURCES_MAX,
    Declarations,
    Declared,
    Metrics,
    PulseMetrics,
)
from timing.compiled import compiled

ALL = (*CATALOGUE, *PULSE_CATALOGUE)


@pytest.mark.parametrize("declared", ALL, ids=lambda declared: declared.name)
def test_a_metric_is_named_by_the_law(declared: Declared) -> None:
    pattern = r"timing_[a-z]+(_[a-z]+)*_(records|seconds|count|bytes)(_total)?"
    if declared.name not in (
        "timing_records_read_total",
        "timing_records_ended_total",
        "timing_build_info",  # As all of Prometheus names what is said in labels alone.
    ):
        assert re.fullmatch(pattern, declared.name)
    assert declared.name.endswith("_total") == (declared.kind == "counter")
    assert declared.meaning


def test_the_catalogue_has_no_name_twice() -> None:
    assert len({declared.name for declared in ALL}) == len(ALL)


def test_a_worker_says_which_build_it_is() -> None:
    build = "yes" if compiled() else "no"
    labels = {"version": version("portclock"), "compiled": build}
    assert _value(Metrics(), "timing_build_info", **labels) == 1


def _value(metrics: Declarations, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


def test_a_settled_step_is_counted(kept: Any) -> None:
    metrics = Metrics()
    letter = DeadLetter("t", 0, kept(1, b"{"), Refusal(Reason.BROKEN_JSON, ""))
    effects = Effects(
        0,
        outcomes=[SaidOutcome.of(outcome("box-move", "09:00", verdict="met"))],
        alerts=[SaidAlert.of(alert("box-move", "breached", "10:00"))],
        fates=[SaidFate.of(fate(event("move-ended", "09:00")))],
        letters=[letter],
        copies=[Copy("t", n, b"CNLYG", b"{}", "t/0/1") for n in (1, 2, 3)],
        endings=Counter({Ending.NEW: 5, Ending.REFUSED: 1}),
        reconsidered=7,
        delay_s=30.0,
    )
    metrics.run_taken("terminal-events", 6)
    metrics.settled(effects, 4)

    assert _value(metrics, "timing_records_read_total", topic="terminal-events") == 6
    assert _value(metrics, "timing_records_ended_total", ending="new") == 5
    assert _value(metrics, "timing_records_ended_total", ending="refused") == 1
    assert _value(metrics, "timing_refusals_records_total", reason="broken-json") == 1
    assert _value(metrics, "timing_outcomes_records_total", verdict="met") == 1
    assert _value(metrics, "timing_alerts_records_total", state="breached") == 1
    assert _value(metrics, "timing_fates_records_total", fate="judged") == 1
    assert _value(metrics, "timing_copies_records_total") == 3
    assert _value(metrics, "timing_reconsidered_count_total") == 7
    assert _value(metrics, "timing_changelog_records_total") == 4
    assert _value(metrics, "timing_event_delay_seconds_bucket", le="60.0") == 1


def test_every_ending_is_there_from_the_start() -> None:
    metrics = Metrics()

    for ending in Ending:
        sample = metrics.registry.get_sample_value("timing_records_ended_total", {"ending": ending})
        assert sample == 0


def test_two_catalogues_in_one_process_do_not_meet() -> None:
    one, two = Metrics(), Metrics()
    one.run_taken("t", 1)

    assert _value(two, "timing_records_read_total", topic="t") == 0


def test_a_source_is_never_heard_of_earlier_than_before() -> None:
    metrics = Metrics()
    for at_s in (50.0, 70.0, 60.0):
        metrics.settled(Effects(0, heard={"tos": at_s}), 0)

    assert _value(metrics, "timing_feed_last_event_seconds", source="tos") == 70


def test_sources_beyond_the_bound_share_one_series() -> None:
    metrics = Metrics()
    for n in range(SOURCES_MAX + 5):
        metrics.settled(Effects(0, heard={f"s{n}": float(n)}), 0)
    metrics.settled(Effects(0, heard={"s7": 500.0}), 0)

    (family,) = [
        f for f in metrics.registry.collect() if f.name == "timing_feed_last_event_seconds"
    ]
    assert len(family.samples) == SOURCES_MAX + 1
    named = {"source": OTHER_SOURCES}
    last = metrics.registry.get_sample_value("timing_feed_last_event_seconds", named)
    assert last == SOURCES_MAX + 4
    assert _value(metrics, "timing_feed_last_event_seconds", source="s7") == 500


def test_a_pulse_says_what_it_wrote_when_and_what_was_lost() -> None:
    metrics = PulseMetrics()
    metrics.beat(1000.0, 8)
    metrics.lost()
    metrics.beat(1002.0, 8)

    assert _value(metrics, "timing_pulse_records_total") == 16
    assert _value(metrics, "timing_pulse_last_seconds") == 1002
    assert _value(metrics, "timing_pulse_lost_count_total") == 1
