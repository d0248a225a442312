"""`portclock token`: made and shown once, listed without its text, ended for good."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from portclock.cli import app
from portclock.commands.moments import now
from serving.access.token_file import TokenFile
from serving.access.tokens import id_in
from serving.access.viewers import Role


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tokens.toml"


def token(file: Path, *words: str) -> Any:
    return CliRunner(env={"PORTCLOCK_TOKENS": str(file), "COLUMNS": "160"}).invoke(
        app, ["token", *words]
    )


def test_a_token_is_printed_alone_and_is_good_for_what_was_said(file: Path) -> None:
    scope = ("--role", "operator", "--port", "CNSHD", "--facility", "SHD-1", "--facility", "SHD-2")
    made = token(file, "add", "Wang Wei", *scope, "--days", "7")
    text = made.stdout.strip()
    kept = TokenFile(file).token(id_in(text) or "")
    assert kept is not None
    assert kept.matches(text)
    assert (kept.viewer.name, kept.viewer.role) == ("Wang Wei", Role.OPERATOR)
    assert sorted(kept.viewer.ports | kept.viewer.facilities) == ["CNSHD", "SHD-1", "SHD-2"]
    assert 6 <= (kept.expires_at - now()).days <= 7
    assert "not shown again" in made.stderr
    assert text not in made.stderr + file.read_text()


def test_the_list_names_everybody_and_shows_no_token(file: Path) -> None:
    text = token(file, "add", "Li", "--role", "evaluator").stdout.strip()
    token(file, "add", "Wang", "--role", "steward")
    token(file, "revoke", "Wang")
    for listed in (token(file, "list"), token(file, "list", "--json")):
        assert "Li" in listed.stdout
        assert text.rsplit("_", 1)[1] not in listed.stdout
    lines = [json.loads(line) for line in token(file, "list", "--json").stdout.splitlines()]
    assert {one["name"]: one["valid"] for one in lines} == {"Li": True, "Wang": False}


def test_all_of_a_name_or_one_of_an_id_is_revoked_and_nothing_is_a_failure(file: Path) -> None:
    first = json.loads(token(file, "add", "Li", "--role", "customs", "--json").stdout)
    token(file, "add", "Li", "--role", "customs")
    one = token(file, "revoke", first["id"], "--json")
    assert json.loads(one.stdout) == {"revoked": [first["id"]]}
    assert token(file, "revoke", "Li").exit_code == 0
    again = token(file, "revoke", "Li")
    assert again.exit_code == 1
    assert "no token Li that is still good" in again.stderr


@pytest.mark.parametrize("words", [("add", "x"), ("add", "x", "--role", "king"),
                                   ("add", "x", "--role", "steward", "--days", "0")])  # fmt: skip
def test_what_is_not_said_or_wrong_is_bad_usage(file: Path, words: tuple[str, ...]) -> None:
    assert token(file, *words).exit_code == 2
    assert not file.exists()


def test_a_file_that_is_none_of_ours_is_named_and_left_alone(file: Path) -> None:
    file.write_text("precious = [")
    found = token(file, "add", "Li", "--role", "steward")
    assert found.exit_code == 1
    assert str(file) in found.stderr
    assert file.read_text() == "precious = ["
