"""Every rule is quiet, fires with its words and is over, by promtool; and faults in rules are seen.

The stories lie in cases/. To know that they see anything, all rules are spoilt in one way at a
time: each story that the fault concerns has to fail.
"""

import copy
import json
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
RULES = ROOT / "dashboards" / "prometheus" / "rules.yml"
WORDS = ("summary", "description", "summary_zh", "description_zh")
Document = dict[str, Any]
Spoil = Callable[[Document], None]
ALWAYS_FIRES = "PortclockWatchdog"


def _rules(document: Document) -> Iterator[Document]:
    return (rule for group in document["groups"] for rule in group["rules"])


def _load() -> Document:
    document: Document = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return document


BY_NAME = {rule["alert"]: rule for rule in _rules(_load())}
CASES = [
    case
    for file in sorted((Path(__file__).parent / "cases").glob("*.toml"))
    for case in tomllib.loads(file.read_text(encoding="utf-8"))["case"]
]


def _expected(case: Document) -> list[Document]:
    """The alerts of a case as promtool takes them: what is not a template is as the rule says."""
    rule = BY_NAME[case["alert"]]
    return [
        {
            "exp_labels": {"severity": case["severity"], **alert["labels"]},
            "exp_annotations": {**rule["annotations"], **alert.get("said", {})},
        }
        for alert in case["fires"]["alerts"]
    ]


def _moments(case: Document) -> Iterator[tuple[str, list[Document]]]:
    for moment in [*case.get("quiet", []), *([case["over"]] if "over" in case else [])]:
        yield moment, []
    if "fires" in case:
        yield case["fires"]["at"], _expected(case)


def _story(case: Document, rules: str) -> Document:
    """One case as a file for `promtool test rules`."""
    return {
        "rule_files": [rules],
        "evaluation_interval": "30s",
        "tests": [
            {
                "interval": "30s",
                "input_series": [
                    {"series": name, "values": values} for name, values in case["series"].items()
                ],
                "alert_rule_test": [
                    {"eval_time": moment, "alertname": case["alert"], "exp_alerts": alerts}
                    for moment, alerts in _moments(case)
                ],
            }
        ],
    }


class Promtool:
    """Runs stories against rules, both written into a folder."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._path, self._folder = path, folder

    def failed(self, cases: list[Document], rules: Document | None = None) -> set[int]:
        """Which of the cases, by their place in the list, do not come out as they say.

        Each is told of its own rule alone: all rules for each case would take minutes.
        """
        by_name = {rule["alert"]: rule for rule in _rules(rules or _load())}
        for place, case in enumerate(cases):
            own = {"groups": [{"name": "one", "rules": [by_name[case["alert"]]]}]}
            self._write(f"rules-{place}.yml", own)
            self._write(f"{place}.yml", _story(case, f"rules-{place}.yml"))
        files = [str(self._folder / f"{place}.yml") for place in range(len(cases))]
        done = self.run("test", "rules", *files)
        endings = re.findall(r"/(\d+)\.yml\n(?:  (SUCCESS))?", done.stdout)
        assert len(endings) == len(cases), done
        return {int(place) for place, success in endings if not success}

    def _write(self, name: str, document: Document) -> None:
        text = json.dumps(document, ensure_ascii=False)  # which YAML is, too
        (self._folder / name).write_text(text, encoding="utf-8")

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """promtool itself."""
        command = [str(self._path), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def promtool(program: Callable[[str], Path], tmp_path: Path) -> Promtool:
    return Promtool(program("promtool"), tmp_path)


def test_the_rules_are_well_formed(promtool: Promtool) -> None:
    done = promtool.run("check", "rules", "--lint=all", "--lint-fatal", str(RULES))
    assert done.returncode == 0, done.stderr
    assert f"{len(BY_NAME)} rules found" in done.stdout


def test_prometheus_reads_its_configuration(promtool: Promtool) -> None:
    config = RULES.with_name("prometheus.yml")
    done = promtool.run("check", "config", str(config))
    assert done.returncode == 0, done.stderr
    assert "1 rule files found" in done.stdout


def test_every_story_comes_out_as_it_says(promtool: Promtool) -> None:
    assert [CASES[place]["alert"] for place in promtool.failed(CASES)] == []


@pytest.mark.parametrize("alert", BY_NAME)
def test_every_alert_has_a_story_of_quiet_of_firing_and_of_its_end(alert: str) -> None:
    told = [case for case in CASES if case["alert"] == alert]
    assert any("fires" in case for case in told)
    if alert != ALWAYS_FIRES:
        assert any("quiet" in case and "fires" in case and "over" in case for case in told)


def test_no_story_is_of_an_alert_that_does_not_exist() -> None:
    assert {case["alert"] for case in CASES} <= set(BY_NAME)


@pytest.mark.parametrize("alert", BY_NAME)
def test_every_alert_speaks_both_languages_and_names_its_place_in_the_runbook(alert: str) -> None:
    rule = BY_NAME[alert]
    said = rule["annotations"]
    assert rule["labels"]["severity"] in ("critical", "warning", "none")
    assert set(said) == {*WORDS, "runbook"}
    assert said["runbook"] == f"docs/operations.md#{alert.lower()}"
    for word in WORDS:
        assert re.search(r"[一-鿿]", said[word]) is None or word.endswith("_zh")
        assert not word.endswith("_zh") or re.search(r"[一-鿿]", said[word])
    english, chinese = said["description"], said["description_zh"]
    assert re.findall(r"{{.*?}}", english) == re.findall(r"{{.*?}}", chinese)


# -- the stories see faults


def test_an_alert_that_is_expected_and_does_not_come_is_seen(promtool: Promtool) -> None:
    hopeful = [copy.deepcopy(case) for case in CASES if "quiet" in case and "fires" in case]
    for case in hopeful:
        case["fires"]["at"] = case["quiet"][0]
    assert promtool.failed(hopeful) == set(range(len(hopeful)))


def test_an_alert_with_other_words_is_seen(promtool: Promtool) -> None:
    worded = [copy.deepcopy(case) for case in CASES if "fires" in case]
    for case in worded:
        case["fires"]["alerts"][0]["said"] = {"summary_zh": "天下太平"}
    assert promtool.failed(worded) == set(range(len(worded)))


def _never(rule: Document) -> None:
    rule["expr"] = f"({rule['expr']}) and on () (vector(0) > 1)"


def _at_once(rule: Document) -> None:
    rule["for"] = "0s"


def _too_late(rule: Document) -> None:
    rule["for"] = "100h"


def _far_off(rule: Document) -> None:
    """What is more than a threshold is far from a thousand times as much."""
    rule["expr"] = re.sub(
        r"> ([\d.]+)(?=\s|$)",
        lambda found: found[0] if found[1] == "0" else f"> {float(found[1]) * 1e4}",
        rule["expr"],
    )


def _of_no_importance(rule: Document) -> None:
    rule["labels"]["severity"] = "info"


@pytest.mark.parametrize("spoil", [_never, _at_once, _too_late, _far_off, _of_no_importance])
def test_a_fault_in_any_rule_is_seen_by_its_stories(spoil: Spoil, promtool: Promtool) -> None:
    spoilt = _load()
    touched = set()
    for rule in _rules(spoilt):
        before = copy.deepcopy(rule)
        if not (spoil is _at_once and "for" not in rule):
            spoil(rule)
        if before != rule:
            touched.add(rule["alert"])
    seen = {CASES[place]["alert"] for place in promtool.failed(CASES, spoilt)}
    assert len(touched) > 8
    assert touched - seen == set()


def test_every_threshold_is_where_it_is_for_a_reason_that_a_story_knows(
    promtool: Promtool,
) -> None:
    """Comparisons turned round: what was quiet fires, or what fires is quiet."""
    spoilt = _load()
    turned = str.maketrans("<>", "><")
    for rule in _rules(spoilt):
        rule["expr"] = re.sub(
            r"(?<=\s)[<>](?==?\s)", lambda m: m[0].translate(turned), rule["expr"]
        )
    seen = {CASES[place]["alert"] for place in promtool.failed(CASES, spoilt)}
    compared = {name for name, rule in BY_NAME.items() if re.search(r"\s[<>]=?\s", rule["expr"])}
    assert compared - seen - {ALWAYS_FIRES} == set()
