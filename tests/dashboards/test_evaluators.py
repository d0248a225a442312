"""Evaluators get figures over many: their board, and the database that is all they may read."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

import dashboards
from dashboards.evaluators import EVALUATORS, ONLY_THEIRS
from dashboards.language import words
from dashboards.panels import Panel
from dashboards.rendering import COMMITTED
from dashboards.verify.facts import Standing
from dashboards.verify.frames import Run
from dashboards.verify.macros import in_browser, on_server
from dashboards.verify.oracle import ORACLES
from dashboards.verify.panels import Proof, panel_complaints
from dashboards.verify.selections import SELECTIONS

PROVISIONING = Path(dashboards.__file__).parent / "provisioning"


def _board() -> dict[str, Any]:
    return dict(json.loads((COMMITTED / "en" / "evaluators.json").read_bytes()))


def test_no_unit_and_no_visit_is_shown_and_no_small_cell() -> None:
    columns = {column for panel in EVALUATORS.panels for column in panel.asked.columns}
    assert not columns & {"unit_id", "visit_instant", "facility"}
    for panel in _board()["panels"]:
        shown = panel["targets"][0]["rawSql"].partition("FROM")[0]
        assert "unit" not in shown
        assert "< 5, NULL" in shown


def test_their_board_offers_only_data_sources_of_theirs() -> None:
    (variable,) = (one for one in _board()["templating"]["list"] if one["name"] == "datasource")
    assert variable["regex"] == ONLY_THEIRS == "/evaluator/"


@pytest.mark.parametrize("panel", EVALUATORS.panels, ids=lambda panel: panel.name)
def test_their_board_says_the_same_from_the_database_without_units(
    panel: Panel, run_evaluator: Run, standing: Standing
) -> None:
    (document,) = (one for one in _board()["panels"] if one["id"] == panel.id)
    proof = Proof(run_evaluator, standing, words("en"), ORACLES["evaluators"][panel.name])
    for chosen in (SELECTIONS["all, long"], SELECTIONS["with a quote"]):
        assert not list(panel_complaints(document, panel.asked.columns, proof, chosen))


def test_their_choices_come_from_there_too(run_evaluator: Run, standing: Standing) -> None:
    for variable in _board()["templating"]["list"]:
        if variable["type"] == "query":
            sql = on_server(
                in_browser(variable["query"]["rawSql"], SELECTIONS["all"]), SELECTIONS["all"]
            )
            found = {row[0] for row in run_evaluator(sql).rows}
            assert found == {getattr(one, variable["name"]) for one in standing.outcomes}


def test_their_database_has_no_column_and_no_value_that_names_a_unit(
    run_evaluator: Run, standing: Standing
) -> None:
    answer = run_evaluator("SELECT * FROM outcomes_latest ORDER BY visit_id")
    assert not {"unit_id", "unit_extra", "event_ids", "cause_id"} & set(answer.names)
    told = repr(answer.rows)
    assert not [one.unit.id for one in standing.outcomes if one.unit.id in told]


def test_a_visit_is_told_apart_and_cannot_be_found_by_the_hash_of_its_name(
    run_evaluator: Run, standing: Standing
) -> None:
    """The key is made once and stands in no text that they may read."""
    visits = {row[0] for row in run_evaluator("SELECT DISTINCT visit_id FROM outcomes_latest").rows}
    assert len(visits) == len({one.visit_id for one in standing.outcomes})
    unkeyed = run_evaluator(
        "SELECT hex(sipHash128Keyed((toUInt64(0), toUInt64(0)), visit_id)), "
        "hex(sipHash128(visit_id)) FROM portclock.outcomes_latest"
    ).rows
    assert not visits & {digest for row in unkeyed for digest in row}
    ((first, last),) = run_evaluator("SELECT first, last FROM veil").rows
    (view,) = run_evaluator("SHOW CREATE TABLE outcomes_latest").rows
    assert str(first) not in view[0]
    assert str(last) not in view[0]


def test_their_data_source_reads_that_database_and_no_other() -> None:
    text = (PROVISIONING / "datasources" / "portclock.yaml").read_text(encoding="utf-8")
    (source,) = (
        one for one in yaml.safe_load(text)["datasources"] if one["uid"] == "portclock-evaluator"
    )
    assert ONLY_THEIRS.strip("/") in source["name"]
    assert source["jsonData"]["defaultDatabase"] == "portclock_evaluation"
    assert source["jsonData"]["username"] == "$PORTCLOCK_GRAFANA_EVALUATOR_USER"
