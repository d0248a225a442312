"""The files that Grafana would load: taken whole, routed, and right in their numbers."""

import copy
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

import dashboards
from dashboards.language import LANGUAGES, words
from dashboards.rendering import BOARDS, COMMITTED
from dashboards.verify.facts import Standing
from dashboards.verify.frames import Run
from dashboards.verify.macros import Chosen
from dashboards.verify.provisioning import (
    Files,
    answer_complaints,
    asked,
    environment,
    file_complaints,
    firing,
    read,
)
from dashboards.verify.seeded import UNTIL

FOLDER = Path(dashboards.__file__).parent / "provisioning"
DOCUMENT = FOLDER.parents[1] / "docs" / "grafana.md"
PANELS = {
    board.uid(words(language)): frozenset(panel.id for panel in board.panels)
    for board in BOARDS
    for language in LANGUAGES
}
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def files() -> Files:
    return read(FOLDER, PANELS)


def _rule(files: Files, uid: str) -> dict[str, Any]:
    (rule,) = (rule for rule in files.rules if rule["uid"] == uid)
    return dict(rule)


def _chosen(rule: dict[str, Any]) -> Chosen:
    back_s = rule["data"][0]["relativeTimeRange"]["from"]
    return Chosen({}, UNTIL - timedelta(seconds=back_s), UNTIL)


RULES = [rule["uid"] for rule in read(FOLDER, PANELS).rules]


def test_grafana_would_take_every_file(files: Files) -> None:
    assert list(file_complaints(files)) == []


@pytest.mark.parametrize("uid", RULES)
def test_every_statement_answers_with_instances(uid: str, files: Files, run: Run) -> None:
    rule = _rule(files, uid)
    assert list(answer_complaints(rule, _chosen(rule), run)) == []


@pytest.mark.parametrize("uid", RULES)
def test_where_nothing_has_landed_only_silence_fires(
    uid: str, files: Files, run_empty: Run
) -> None:
    rule = _rule(files, uid)
    answer = asked(rule, _chosen(rule), run_empty)
    assert bool(firing(rule, answer)) == (uid == "portclock-no-data-lately")


def test_open_breaches_are_counted_for_each_port_and_stage(
    files: Files, run: Run, standing: Standing
) -> None:
    rule = _rule(files, "portclock-breached-open")
    chosen = _chosen(rule)
    expected: Counter[tuple[str, str]] = Counter()
    for one in standing.outcomes:
        if one.limit and (one.closed_at is None or one.closed_at >= chosen.since):
            expected[one.port, one.stage] += one.closed_at is None and one.verdict == "breached"
    answer = asked(rule, chosen, run)
    assert answer.rows == tuple((*pair, expected[pair]) for pair in sorted(expected))
    assert len(firing(rule, answer)) == sum(number > 0 for number in expected.values()) > 0
    assert 0 in expected.values()


def test_the_share_broken_counts_only_where_there_are_twenty(
    files: Files, run: Run, standing: Standing
) -> None:
    rule = _rule(files, "portclock-breached-share")
    chosen = Chosen({}, UNTIL - timedelta(days=90), UNTIL)
    judged: dict[tuple[str, str], list[str]] = {}
    for one in standing.outcomes:
        if one.closed_at and one.closed_at >= chosen.since and one.verdict in ("met", "breached"):
            judged.setdefault((one.port, one.stage), []).append(str(one.verdict))
    expected = [
        (*pair, said.count("breached") / len(said) if len(said) >= 20 else 0)
        for pair, said in sorted(judged.items())
    ]
    answer = asked(rule, chosen, run)
    assert [row[:2] for row in answer.rows] == [row[:2] for row in expected]
    assert [row[2] for row in answer.rows] == pytest.approx([row[2] for row in expected])
    assert {len(said) < 20 for said in judged.values()} == {True, False}


def test_breaches_that_nobody_took_up_are_counted_after_half_an_hour(
    files: Files, run: Run, standing: Standing
) -> None:
    rule = _rule(files, "portclock-nobody-answers")
    chosen = _chosen(rule)
    expected: Counter[tuple[str, str]] = Counter()
    for one in standing.incidents.values():
        alert = one.newest
        if alert.raised_at >= chosen.since:
            late = alert.raised_at < UNTIL - timedelta(minutes=30)
            untaken = alert.state == "breached" and one.acknowledged_by is None
            expected[alert.port, str(alert.answers)] += late and untaken
    answer = asked(rule, chosen, run)
    assert answer.rows == tuple((*pair, expected[pair]) for pair in sorted(expected))
    assert firing(rule, answer)


def test_silence_is_measured_from_the_last_event(
    files: Files, run: Run, standing: Standing
) -> None:
    rule = _rule(files, "portclock-no-data-lately")
    last_at = max(one.occurred_at for one in standing.events)
    for silent_min in (0, 31):
        until = last_at.replace(second=0) + timedelta(minutes=silent_min, seconds=59)
        answer = asked(rule, Chosen({}, until - timedelta(days=7), until), run)
        assert answer.rows == ((silent_min,),)
        assert bool(firing(rule, answer)) == (silent_min > 30)


def _set(path: str, value: Any) -> Change:
    def change(document: dict[str, Any]) -> None:
        *steps, last = path.split(".")
        for step in steps:
            document = document[int(step) if step.isdecimal() else step]  # type: ignore[index]
        document[last] = value

    return change


def _sql(old: str, new: str) -> Change:
    def change(rule: dict[str, Any]) -> None:
        model = rule["data"][0]["model"]
        assert old in model["rawSql"]
        model["rawSql"] = model["rawSql"].replace(old, new)

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set("noDataState", "Ok"), "no state for no data"),
        (_set("execErrState", "Err"), "no state for an error"),
        (_set("condition", "C"), "no C for the condition"),
        (_set("dashbordUid", "x"), "no key of a rule"),
        (_set("panelId", 99), "has no panel 99"),
        (_set("for", "five minutes"), "no duration"),
        (_set("labels.place", "{{ $labels.port }}"), "single dollar"),
        (_set("annotations.summary", "{{ $$labels.port }}"), "two dollars"),
        (_set("data.0.datasourceUid", "prod"), "no data source of ours"),
        (_set("data.0.model.format", 0), "format of a table"),
        (_set("data.1.model.expression", "C"), "no C to compare"),
        (_set("labels.about", "promise"), "no rule has the label about=promises"),
    ],
)
def test_a_rule_that_grafana_would_refuse_or_misread_is_named(
    change: Change, said: str, files: Files
) -> None:
    groups = copy.deepcopy(list(files.groups))
    for rule in groups[0]["rules"]:
        change(rule)
    faulty = Files(files.sources, groups, files.points, files.policies, files.boards)
    assert any(said in complaint for complaint in file_complaints(faulty))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_sql("port, stage, countIf", "stage, countIf"), "the same labels"),
        (_sql("AS breached", "AS breached, 1 AS other"), "exactly one number"),
        (_sql("SELECT port", "SELECT now() AS time, port"), "time column"),
        (_sql("limit_id != ''", "port IN (${port:singlequote})"), "no variable port"),
        (_sql("$__fromTime", "$__fromTme"), "no macro"),
        (_sql("outcomes_latest", "outcomes_newest"), "outcomes_newest"),
    ],
)
def test_a_statement_whose_rows_are_no_instances_is_named(
    change: Change, said: str, files: Files, run: Run
) -> None:
    rule = copy.deepcopy(_rule(files, "portclock-breached-open"))
    change(rule)
    assert any(said in complaint for complaint in answer_complaints(rule, _chosen(rule), run))


def test_a_route_to_nobody_is_named(files: Files) -> None:
    policies = copy.deepcopy(list(files.policies))
    policies[0]["routes"][1]["receiver"] = "nobody"
    faulty = Files(files.sources, files.groups, files.points, policies, files.boards)
    assert list(file_complaints(faulty)) == ["there is no contact point nobody"]


def test_a_secret_comes_from_a_variable_of_ours_or_not_at_all(files: Files) -> None:
    points = copy.deepcopy(list(files.points))
    points[0]["receivers"][0]["settings"]["url"] = "$HOME/hook"
    faulty = Files(files.sources, files.groups, points, files.policies, files.boards)
    assert list(file_complaints(faulty)) == ["'$HOME/hook' names no variable of ours"]
    for source in files.sources:
        for secret in source.get("secureJsonData", {}).values():
            assert re.fullmatch(r"\$PORTCLOCK_GRAFANA_[A-Z_]+", secret)


def test_the_documents_name_every_variable_that_grafana_needs(files: Files) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for name in environment(files):
        assert f"`{name}`" in text


def test_boards_are_found_where_the_provider_looks_for_them() -> None:
    text = (FOLDER / "dashboards" / "portclock.yaml").read_text(encoding="utf-8")
    providers = yaml.safe_load(text)["providers"]
    folders = {Path(one["options"]["path"]).name: one for one in providers}
    assert set(folders) == {folder.name for folder in COMMITTED.iterdir()} == set(LANGUAGES)
    for language, provider in folders.items():
        assert provider["folderUid"] == f"portclock-{language}"
        assert not provider["allowUiUpdates"]
