"""Evaluators get published cells: their board, and the database that is all they may read."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import dashboards
from dashboards.evaluators import EVALUATORS, ONLY_THEIRS
from dashboards.figures import BASELINES, DIMENSIONS
from dashboards.language import LANGUAGES, Language, words
from dashboards.rendering import COMMITTED
from dashboards.verify.facts import Facts, Standing
from dashboards.verify.frames import Run
from dashboards.verify.macros import in_browser, on_server
from dashboards.verify.selections import SELECTIONS
from reports.datasets import datasets
from timing.disclosure.shapes import FEW_ALIKE, ONE_SIDED, PROTECTED, SINGLE

PROVISIONING = Path(dashboards.__file__).parent / "provisioning"
CHOSEN = SELECTIONS["all, long"]
READ = re.compile(r"\b(?:FROM|JOIN) ([a-z_.]+)")


def _board(language: Language = "en") -> dict[str, Any]:
    return dict(json.loads((COMMITTED / language / "evaluators.json").read_bytes()))


def _statements(language: Language) -> list[str]:
    board = _board(language)
    choices = [one for one in board["templating"]["list"] if one["type"] == "query"]
    return [panel["targets"][0]["rawSql"] for panel in board["panels"]] + [
        choice["query"]["rawSql"] for choice in choices
    ]


def _sent(sql: str) -> str:
    return on_server(in_browser(sql, CHOSEN), CHOSEN)


@pytest.mark.parametrize("language", LANGUAGES)
def test_their_board_reads_published_cells_and_the_record_and_nothing_else(
    language: Language,
) -> None:
    statements = _statements(language)
    assert len(statements) == len(EVALUATORS.panels) + 2
    read = {table for sql in statements for table in READ.findall(sql)}
    assert read == {"published_cells", "vintages"}


def test_their_board_names_no_unit_and_no_visit() -> None:
    columns = {column for panel in EVALUATORS.panels for column in panel.asked.columns}
    assert not columns & {"unit_id", "visit_instant", "at_port"}


def test_every_table_of_figures_says_standing_and_vintage() -> None:
    for panel in EVALUATORS.panels:
        if panel.kind == "table":
            assert panel.asked.columns[:3] == ("month", "standing_name", "vintage")


def test_their_board_offers_only_data_sources_of_theirs() -> None:
    (variable,) = (one for one in _board()["templating"]["list"] if one["name"] == "datasource")
    assert variable["regex"] == ONLY_THEIRS == "/evaluator/"


def test_keys_are_read_as_the_publishing_wing_writes_them() -> None:
    assert {one.id: one.dimensions for one in datasets().values()} == DIMENSIONS


@pytest.mark.parametrize("language", LANGUAGES)
def test_datasets_and_reasons_have_the_words_of_the_bulletin(language: Language) -> None:
    said = words(language)
    assert said.names("dataset") == {one.id: getattr(one, language) for one in datasets().values()}
    assert set(said.names("withheld")) == {PROTECTED, ONE_SIDED, FEW_ALIKE, SINGLE}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_baseline_that_is_told_is_the_one_that_is_reckoned_with(language: Language) -> None:
    told = words(language).of("panels", "clearance-months", "description")
    assert all(str(hours) in told for hours in BASELINES.values())
    assert [str(hours) for hours in BASELINES.values()] == ["97.39", "12.29"]


def test_their_choices_are_of_published_cells(run_evaluator: Run, facts: Facts) -> None:
    recorded = {one.id for one in facts.vintages}
    keys = [
        (dataset, cell.key)
        for (made, dataset), cells in facts.cells.items()
        for cell in cells
        if made in recorded
    ]
    expected = {
        "port": {key[2] for dataset, key in keys if dataset in ("clearance", "stages")} - {"*"},
        "stage": {key[1] for dataset, key in keys if dataset == "stages"},
    }
    for variable in _board()["templating"]["list"]:
        if variable["type"] == "query":
            found = run_evaluator(_sent(variable["query"]["rawSql"])).rows
            assert {row[0] for row in found} == expected[variable["name"]]
            assert len(found) == len(expected[variable["name"]])


def test_a_figure_is_shown_where_it_was_printed_and_a_reason_where_it_was_not(
    run_evaluator: Run,
) -> None:
    """Nothing is nought because it is hidden, and nothing is missing without a word."""
    (panel,) = (one for one in _board()["panels"] if one["id"] == 9)
    answer = run_evaluator(_sent(panel["targets"][0]["rawSql"]))
    rows = [dict(zip(answer.names, row, strict=True)) for row in answer.rows]
    suppressed = [row for row in rows if row["ended"] is None]
    assert 0 < len(suppressed) < len(rows)
    assert all(row["mean_h"] is row["p90_h"] is None for row in suppressed)
    assert all(row["missing_because"] for row in suppressed)
    assert any(row["p90_h"] is None and row["mean_h"] is not None for row in rows)


def test_their_database_has_what_was_recorded_once_and_nothing_of_an_attempt(
    run_evaluator: Run, facts: Facts, standing: Standing
) -> None:
    recorded = {one.id for one in facts.vintages}
    unrecorded = {made for made, _ in facts.cells} - recorded
    assert unrecorded
    expected = sum(len(cells) for (made, _), cells in facts.cells.items() if made in recorded)
    ((rows, keys),) = run_evaluator(
        "SELECT count(), uniqExact(vintage, dataset, key) FROM published_cells"
    ).rows
    assert rows == keys == expected
    found = run_evaluator("SELECT DISTINCT vintage FROM published_cells").rows
    assert {made for (made,) in found} == recorded
    found = run_evaluator("SELECT id FROM vintages").rows
    assert sorted(made for (made,) in found) == sorted(recorded)


def test_their_database_has_no_value_that_names_a_unit_or_a_visit(
    run_evaluator: Run, standing: Standing
) -> None:
    tables = {name for (name,) in run_evaluator("SHOW TABLES").rows}
    assert tables == {"published_cells", "vintages"}
    told = "".join(repr(run_evaluator(f"SELECT * FROM {table}").rows) for table in tables)
    assert not [one for one in standing.outcomes if one.unit.id in told or one.visit_id in told]


def test_their_data_source_reads_that_database_and_no_other() -> None:
    text = (PROVISIONING / "datasources" / "portclock.yaml").read_text(encoding="utf-8")
    (source,) = (
        one for one in yaml.safe_load(text)["datasources"] if one["uid"] == "portclock-evaluator"
    )
    assert ONLY_THEIRS.strip("/") in source["name"]
    assert source["jsonData"]["defaultDatabase"] == "portclock_evaluation"
    assert source["jsonData"]["username"] == "$PORTCLOCK_GRAFANA_EVALUATOR_USER"
