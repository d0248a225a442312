"""`portclock boards`: render, check, push, each with its right end."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import dashboards.push
from dashboards.push import FOLDERS, Grafana, Pushed, PushFailed
from dashboards.rendering import rendered
from portclock.commands import boards
from portclock.failure import Failure


def _app() -> typer.Typer:
    app = typer.Typer()
    for body in (boards.render, boards.check, boards.push):
        app.command(body.__name__)(body)
    return app


APP = _app()


def invoke(*words: str, **environ: str) -> Any:
    return CliRunner(env={"COLUMNS": "200", **environ}).invoke(APP, list(words))


def test_what_is_shipped_is_as_rendered() -> None:
    result = invoke("check")
    assert (result.exit_code, result.output) == (0, "8 boards: as rendered\n")


def test_rendered_elsewhere_it_checks_there(tmp_path: Path) -> None:
    live = "https://board.port.example/"
    assert invoke("render", "--out", str(tmp_path), "--live", live).exit_code == 0
    assert invoke("check", str(tmp_path), "--live", live).exit_code == 0
    result = invoke("check", str(tmp_path), "--json")
    assert isinstance(result.exception, Failure)
    assert "8 boards" in str(result.exception)
    said = json.loads(result.stdout.splitlines()[0])
    assert said["differing"]["en/customs.json"] == "is not what the code renders"


def test_an_address_of_the_live_board_is_a_web_address() -> None:
    assert invoke("render", "--live", "javascript:alert(1)").exit_code == 2


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "en").write_text("in the way")
    result = invoke("render", "--out", str(tmp_path))
    assert isinstance(result.exception, Failure)
    assert "cannot be written" in str(result.exception)


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Grafana, list[str], str]]:
    """What the command hands on."""
    calls: list[tuple[Grafana, list[str], str]] = []

    def push(grafana: Grafana, files: dict[str, bytes], remark: str) -> Any:
        calls.append((grafana, sorted(files), remark))
        yield FOLDERS["en"], Pushed("portclock-customs-en", 3)
        if grafana.token == "bad":
            raise PushFailed("the token is unknown")

    monkeypatch.setattr(dashboards.push, "push", push)
    return calls


def test_push_takes_the_token_from_the_variable_that_is_named(
    pushed: list[tuple[Grafana, list[str], str]],
) -> None:
    words = ("push", "--url", "http://g", "--token-env", "T", "--only", "en/customs", "--json")
    result = invoke(*words, "--remark", "new", T="glsa_x")
    assert json.loads(result.stdout) == {
        "uid": "portclock-customs-en", "version": 3, "folder": "portclock-en",
    }  # fmt: skip
    assert pushed == [(Grafana("http://g", "glsa_x"), ["en/customs.json"], "new")]


def test_push_without_a_choice_takes_every_board(
    pushed: list[tuple[Grafana, list[str], str]],
) -> None:
    result = invoke("push", "--url", "http://g", PORTCLOCK_GRAFANA_TOKEN="glsa_x")
    assert result.stdout == "portclock-customs-en: in portclock, version 3\n"
    assert pushed[0][1] == sorted(rendered())


def test_push_without_a_token_sends_nothing(pushed: list[tuple[Grafana, list[str], str]]) -> None:
    result = invoke("push", "--url", "http://g", "--token-env", "NOT_THERE")
    assert isinstance(result.exception, Failure)
    assert "the environment has no NOT_THERE" in str(result.exception)
    assert pushed == []


def test_a_board_that_is_not_there_is_named_with_those_that_are() -> None:
    result = invoke("push", "--url", "http://g", "--only", "customs", PORTCLOCK_GRAFANA_TOKEN="x")
    assert result.exit_code == 2
    assert "en/customs" in result.output


def test_what_grafana_did_not_take_ends_the_command(
    pushed: list[tuple[Grafana, list[str], str]],
) -> None:
    result = invoke("push", "--url", "http://g", PORTCLOCK_GRAFANA_TOKEN="bad")
    assert isinstance(result.exception, Failure)
    assert str(result.exception) == "the token is unknown"
    assert "version 3" in result.stdout
