"""What is committed is what the code renders, in two languages that say the same, well placed."""

import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from dashboards.columns import AT_RISK_SHARE, COLUMNS
from dashboards.language import LANGUAGES, words
from dashboards.links import LIVE_BOARD
from dashboards.rendering import BOARDS, COMMITTED, differing, rendered, write
from dashboards.verify.layout import layout_complaints
from timing.patience import Patience

FILES = [f"{language}/{board.name}.json" for language in LANGUAGES for board in BOARDS]


def _read(path: str) -> dict[str, Any]:
    return dict(json.loads((COMMITTED / path).read_bytes()))


def test_what_is_committed_is_what_the_code_renders() -> None:
    assert differing(COMMITTED, rendered()) == {}


def test_a_board_that_is_missing_changed_or_foreign_is_named(tmp_path: Path) -> None:
    files = rendered()
    write(tmp_path, files)
    (tmp_path / "en/customs.json").unlink()
    (tmp_path / "zh/pipeline.json").write_bytes(files["zh/pipeline.json"] + b"\n")
    (tmp_path / "zh/mine.json").write_bytes(b"{}")
    assert differing(tmp_path, files) == {
        "en/customs.json": "is missing",
        "zh/mine.json": "is no board of ours",
        "zh/pipeline.json": "is not what the code renders",
    }


@pytest.mark.parametrize("path", FILES)
def test_every_board_keeps_the_rules_of_layout(path: str) -> None:
    assert list(layout_complaints(_read(path))) == []


@pytest.mark.parametrize("board", [board.name for board in BOARDS])
def test_both_languages_have_the_same_panels_at_the_same_places(board: str) -> None:
    def shape(language: str) -> list[Any]:
        panels = _read(f"{language}/{board}.json")["panels"]
        return [(one["id"], one["type"], one["gridPos"]) for one in panels]

    assert shape("en") == shape("zh")


def _paths(table: Any, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    if not isinstance(table, dict):
        return {path}
    return set(chain.from_iterable(_paths(part, (*path, key)) for key, part in table.items()))


def test_both_languages_have_the_same_words_and_none_is_idle() -> None:
    """Refusal reasons are English words already, so only Chinese has names for them."""
    english, chinese = (_paths(words(language).table) for language in LANGUAGES)
    assert {one for one in chinese ^ english if one[:2] != ("names", "reason")} == set()
    panels = {panel.name for board in BOARDS for panel in board.panels}
    assert {one[1] for one in english if one[0] == "panels"} == panels
    shown = {column for board in BOARDS for panel in board.panels for column in panel.asked.columns}
    assert {one[1] for one in english if one[0] == "columns"} == shown == set(COLUMNS)


def test_a_word_that_is_missing_is_named() -> None:
    with pytest.raises(KeyError, match=r"words/zh.toml has no panels\.nowhere\.title"):
        words("zh").of("panels", "nowhere", "title")


def test_orange_begins_where_the_law_sees_a_risk() -> None:
    assert Patience().risk_share == AT_RISK_SHARE


def test_boards_have_names_and_ids_for_ever() -> None:
    """Links, pushes and alert rules point at them: add, never renumber; gaps stay."""
    found = {board.uid(words("en")): sorted(panel.id for panel in board.panels) for board in BOARDS}
    assert found == {
        "portclock-operations-en": [*range(1, 13)],
        "portclock-customs-en": [*range(1, 13)],
        "portclock-evaluators-en": [*range(2, 6), *range(8, 13)],
        "portclock-pipeline-en": [*range(1, 8), *range(20, 28)],
    }


@pytest.mark.parametrize("path", FILES)
def test_links_keep_time_and_choices_and_the_live_board_is_a_constant(path: str) -> None:
    board = _read(path)
    others, live = board["links"]
    assert others["keepTime"]
    assert others["includeVars"]
    assert others["tags"] == ["portclock", path[:2]]
    assert live["url"] == "${board}"
    (constant,) = (one for one in board["templating"]["list"] if one["name"] == "board")
    assert (constant["type"], constant["query"]) == ("constant", LIVE_BOARD)
    assert (constant["hide"], constant["skipUrlSync"]) == (2, True)


def test_another_address_of_the_live_board_changes_only_that() -> None:
    usual, other = rendered(), rendered("https://board.port.example")
    for path, content in usual.items():
        swapped = content.replace(LIVE_BOARD.encode(), b"https://board.port.example")
        assert other[path] == swapped != content
