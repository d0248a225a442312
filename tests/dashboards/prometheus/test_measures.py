"""Rules and documents speak of metrics that exist, with labels that they have, and of all of them.

docs/operations.md holds the catalogues as tables; when one changes, the test prints the table anew.
"""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from events.refusals import Reason
from events.vocabulary import DeliveryState
from portclock.restating.metrics import METRICS as RESTATER
from portclock.restating.rounds import Ended
from serving.metrics import METRICS as BOARD
from serving.notify.metrics import ALERT_ACCOUNTS
from serving.notify.metrics import METRICS as NOTIFIER
from sinks.metrics import METRICS as WRITER
from streams.effects import Ending
from streams.metrics import CATALOGUE, PULSE_CATALOGUE

ROOT = Path(__file__).resolve().parents[3]
RUNBOOK = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
RULES = yaml.safe_load((ROOT / "dashboards/prometheus/rules.yml").read_text(encoding="utf-8"))
EXPRESSIONS = {
    rule["alert"]: str(rule["expr"]) for group in RULES["groups"] for rule in group["rules"]
}


class Measure(NamedTuple):
    """A metric as its wing declares it."""

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str


OURS = {
    "worker": [Measure(m.name, m.kind, m.labels, m.meaning) for m in CATALOGUE],
    "pulse": [Measure(m.name, m.kind, m.labels, m.meaning) for m in PULSE_CATALOGUE],
    "writer": [Measure(m.name, m.kind, m.labels, m.meaning) for m in WRITER],
    "restater": [Measure(m.name, m.kind, m.labels, m.meaning) for m in RESTATER],
    "notifier": [Measure(m.name, m.kind, m.labels, m.meaning) for m in NOTIFIER],
    "board": [Measure(m.name, m.kind, m.labels, m.meaning) for m in BOARD],
}
FOREIGN = {
    "up": ("job", "instance"),
    "process_start_time_seconds": ("job", "instance"),
    "ClickHouseAsyncMetrics_FilesystemMainPathAvailableBytes": ("instance",),
    "ClickHouseAsyncMetrics_FilesystemMainPathTotalBytes": ("instance",),
}
"""What Prometheus, its client library and ClickHouse say, which no catalogue of ours declares."""
SAID = re.compile(r"\b(up|process_\w+|timing_\w+|ClickHouse\w+)\b(?:\{([^}]*)\})?")
WORDS: dict[str, set[str]] = {
    "ending": set(Ending),
    "reason": set(Reason),
    "state": set(DeliveryState),
    "account": set(ALERT_ACCOUNTS),
    "ended": set(Ended),
}


def _declared() -> dict[str, tuple[str, ...]]:
    """Every name a rule may use, with its labels; a histogram is three names."""
    found = dict(FOREIGN)
    for measures in OURS.values():
        for name, kind, labels, _ in measures:
            scraped = (*labels, "job", "instance")
            if kind == "histogram":
                found |= {f"{name}_{part}": scraped for part in ("sum", "count")}
                found[f"{name}_bucket"] = (*scraped, "le")
            else:
                found[name] = scraped
    return found


def _faults(expression: str) -> list[str]:
    """What an expression names that is not declared: metrics, labels, words of a label."""
    declared, faults = _declared(), []
    labels = {"job"}
    for name, matchers in SAID.findall(expression):
        if name not in declared:
            faults.append(name)
            continue
        labels |= set(declared[name])
        for label, words in re.findall(r'(\w+)=~?"([^"]*)"', matchers):
            known = WORDS.get(label)
            unknown = set(words.split("|")) - known if known else set()
            faults += [label] if label not in declared[name] else sorted(unknown)
    grouped = re.findall(r"\bby \(([^)]*)\)", expression)
    return faults + [
        one.strip() for group in grouped for one in group.split(",") if one.strip() not in labels
    ]


@pytest.mark.parametrize("alert", EXPRESSIONS)
def test_a_rule_names_only_what_some_wing_declares(alert: str) -> None:
    assert SAID.search(EXPRESSIONS[alert]) or alert == "PortclockWatchdog"
    assert _faults(EXPRESSIONS[alert]) == []


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("timing_lag_record > 1", "timing_lag_record"),
        ('timing_lag_records{table="x"} > 1', "table"),
        ('timing_records_ended_total{ending="rejected"}', "rejected"),
        ("sum by (lane) (timing_lag_records) > 1", "lane"),
        ("rate(timing_run_seconds[5m])", "timing_run_seconds"),
    ],
)
def test_a_wrong_name_is_seen(expression: str, fault: str) -> None:
    assert _faults(expression) == [fault]


def test_every_job_that_rules_know_is_scraped() -> None:
    config = (ROOT / "dashboards/prometheus/prometheus.yml").read_text(encoding="utf-8")
    jobs = {job["job_name"] for job in yaml.safe_load(config)["scrape_configs"]}
    said = {
        job
        for expression in EXPRESSIONS.values()
        for matcher in re.findall(r'job=~?"([^"]+)"', expression)
        for job in matcher.split("|")
    }
    assert {job for job in said if "+" not in job} <= jobs
    assert {job for job in jobs if job.startswith("portclock-")} <= said


@pytest.mark.parametrize("alert", EXPRESSIONS)
def test_every_alert_has_its_place_in_the_runbook(alert: str) -> None:
    found = re.search(rf"^### {alert}\n\n(.+?)(?=\n##|\Z)", RUNBOOK, re.MULTILINE | re.DOTALL)
    assert found, f"docs/operations.md does not say what {alert} means"
    assert "- **Look at:**" in found[1]
    assert "- **Do:**" in found[1]


def test_the_runbook_speaks_of_no_alert_that_does_not_exist() -> None:
    assert set(re.findall(r"\bPortclock\w+", RUNBOOK)) == set(EXPRESSIONS)


@pytest.mark.parametrize("service", OURS)
def test_the_runbook_holds_the_catalogues(service: str) -> None:
    head = f"### The {service}\n\n| metric | kind | labels | meaning |\n|---|---|---|---|\n"
    rows = "".join(
        f"| `{m.name}` | {m.kind} | {', '.join(m.labels)} | {m.meaning} |\n" for m in OURS[service]
    )
    assert head + rows in RUNBOOK, f"put this into docs/operations.md:\n\n{head}{rows}"
