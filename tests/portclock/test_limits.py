"""What `portclock limits check` says of editions."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from portclock.cli import app

EDITION = """\
edition = "here/1"
issuer = "a port"
title = "limits"
source = "on its wall"
status = "example"
port = "CNLYG"
effective_from = "undated"

[[limit]]
id = "here.move"
stage = "box-move"
kind = "duration"
within = "PT30M"

[[example]]
limit = "here.move"
given = ["10:00 move-ordered", "{ended}"]
expect = "{expect}"
"""
UNSHOWN = """
[[limit]]
id = "here.transfer"
stage = "in-yard-transfer"
kind = "duration"
within = "PT1H"
"""


def check(folder: Path, text: str) -> Any:
    (folder / "here.toml").write_text(text, encoding="utf-8")
    return CliRunner().invoke(app, ["limits", "check", str(folder), "--json"])


def test_an_edition_whose_examples_hold_is_good(tmp_path: Path) -> None:
    result = check(tmp_path, EDITION.format(ended="10:30 move-ended", expect="met"))
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {"editions": 1, "limits": 1, "examples": 1, "findings": []}


@pytest.mark.parametrize(
    ("text", "limit", "what"),
    [
        (
            EDITION.format(ended="10:31 move-ended", expect="met"),
            "here.move",
            "breached, expected met",
        ),
        (EDITION.format(ended="half past", expect="met"), "half past", "cannot be read"),
        (EDITION.format(ended="10:30 moved", expect="met"), "moved", "cannot be read"),
        (
            EDITION.format(ended="10:30 move-ended", expect="met") + UNSHOWN,
            "here.transfer",
            "no example",
        ),
    ],
)
def test_a_finding_names_the_file_the_limit_and_what_to_do(
    tmp_path: Path, text: str, limit: str, what: str
) -> None:
    result = check(tmp_path, text)
    assert result.exit_code == 1
    assert "1 findings in the register; correct the files named above" in result.stderr
    (finding,) = json.loads(result.stdout)["findings"]
    assert finding["file"].endswith("here.toml")
    assert limit in finding["what"]
    assert what in finding["what"]
    assert finding["remedy"]


def test_a_misspelt_key_names_the_file(tmp_path: Path) -> None:
    result = check(
        tmp_path, EDITION.format(ended="10:30 move-ended", expect="met") + "wihtin = 1\n"
    )
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "here.toml" in result.stderr
    assert "wihtin" in result.stderr
