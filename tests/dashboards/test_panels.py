"""Every panel, as Grafana will ask it, on the real engine: its numbers equal the oracle's."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dashboards.language import LANGUAGES, Language, words
from dashboards.panels import Panel
from dashboards.rendering import BOARDS, COMMITTED
from dashboards.verify.facts import Facts, Standing
from dashboards.verify.frames import Run, line_complaints
from dashboards.verify.macros import Chosen, in_browser, on_server
from dashboards.verify.oracle import ORACLES
from dashboards.verify.panels import Proof, panel_complaints
from dashboards.verify.selections import SELECTIONS


def _panels() -> Iterator[tuple[str, Panel]]:
    for board in BOARDS:
        yield from ((board.name, panel) for panel in board.panels if panel.asked.sql)


PANELS = [pytest.param(*one, id=f"{one[0]}/{one[1].name}") for one in _panels()]


def _board(board: str, language: Language) -> dict[str, Any]:
    return dict(json.loads((COMMITTED / language / f"{board}.json").read_bytes()))


def _committed(board: str, language: Language, panel: Panel) -> dict[str, Any]:
    (found,) = (one for one in _board(board, language)["panels"] if one["id"] == panel.id)
    return dict(found)


def _sent(sql: str, chosen: Chosen) -> str:
    return on_server(in_browser(sql, chosen), chosen)


@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_every_panel_shows_what_the_oracle_says(
    board: str, panel: Panel, run_of: Callable[[str], Run], standing: Standing
) -> None:
    proof = Proof(run_of(board), standing, words("en"), ORACLES[board][panel.name])
    document = _committed(board, "en", panel)
    said = {
        name: list(panel_complaints(document, panel.asked.columns, proof, chosen))
        for name, chosen in SELECTIONS.items()
    }
    assert not any(said.values()), said


@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_every_panel_says_the_same_in_chinese(
    board: str, panel: Panel, run_of: Callable[[str], Run], standing: Standing
) -> None:
    proof = Proof(run_of(board), standing, words("zh"), ORACLES[board][panel.name])
    document = _committed(board, "zh", panel)
    assert not list(panel_complaints(document, panel.asked.columns, proof, SELECTIONS["all"]))


@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_no_panel_stumbles_where_nothing_has_landed_yet(
    board: str, panel: Panel, run_empty_of: Callable[[str], Run]
) -> None:
    proof = Proof(run_empty_of(board), Standing(Facts()), words("en"), ORACLES[board][panel.name])
    document = _committed(board, "en", panel)
    assert not list(panel_complaints(document, panel.asked.columns, proof, SELECTIONS["all"]))


def test_every_panel_on_the_tables_has_an_oracle_and_no_oracle_is_idle() -> None:
    asked = {(board, panel.name) for board, panel in _panels()}
    assert asked == {(board, name) for board, oracles in ORACLES.items() for name in oracles}


@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_the_facts_give_every_panel_something_to_get_wrong(
    board: str, panel: Panel, standing: Standing
) -> None:
    """An oracle that expects nothing would agree with a panel that shows nothing."""
    expected = ORACLES[board][panel.name](standing, SELECTIONS["all, long"], words("en"))
    for name, column in zip(panel.asked.columns, zip(*expected, strict=True), strict=True):
        assert any(column), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_choices_list_values_with_names_once_each(
    language: Language, run: Run, standing: Standing
) -> None:
    said = words(language).names("stage")
    outcomes = standing.outcomes
    expected = {
        "port": {(one.port,) for one in outcomes},
        "facility": {(one.facility,) for one in outcomes if one.facility},
        "stage": {(one.stage, said.get(one.stage, one.stage)) for one in outcomes},
    }
    for variable in _board("operations", language)["templating"]["list"]:
        if variable["type"] == "query":
            found = run(_sent(variable["query"]["rawSql"], SELECTIONS["all"])).rows
            assert len(set(found)) == len(found)
            assert set(found) == expected[variable["name"]]


def test_a_port_narrows_the_choice_of_facilities(run: Run, standing: Standing) -> None:
    (variable,) = (
        one for one in _board("customs", "en")["templating"]["list"] if one["name"] == "facility"
    )
    found = run(_sent(variable["query"]["rawSql"], SELECTIONS["with a quote"])).rows
    here = {one.facility for one in standing.outcomes if one.port == "O'Higgins" and one.facility}
    assert {facility for (facility,) in found} == here


def test_lines_that_cannot_be_drawn_are_named(run: Run) -> None:
    def said(sql: str) -> list[str]:
        return list(line_complaints(run(sql)))

    assert said("SELECT 1 AS time, 2 AS n") == ["there is no time column"]
    null = "SELECT CAST(NULL, 'Nullable(DateTime)') AS time, 2 AS n"
    assert said(null) == ["a time is null"]
    late = "SELECT toDateTime(10 - number) AS time, 2 AS n FROM numbers(3)"
    assert said(late) == ["rows are not sorted by time"]
    twice = "SELECT toDateTime(5) AS time, 'a' AS label, number FROM numbers(2)"
    assert said(twice) == ["two rows have the same labels"]
