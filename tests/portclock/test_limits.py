"""What `portclock limits` says of editions: check, show, list, hash."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from portclock.cli import app

EDITION = """\
edition = "here/1"
issuer = "a port"
title = "an example"
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
GOOD = EDITION.format(ended="10:30 move-ended", expect="met")


def invoke(*words: str) -> Any:
    return CliRunner().invoke(app, ["limits", *words])


def check(folder: Path, text: str) -> Any:
    (folder / "here.toml").write_text(text, encoding="utf-8")
    return invoke("check", str(folder), "--json")


def test_an_edition_whose_examples_hold_is_good(tmp_path: Path) -> None:
    result = check(tmp_path, GOOD)
    assert (result.exit_code, result.stderr) == (0, "")
    counts = {"editions": 1, "limits": 1, "commitments": 0, "examples": 1}
    assert json.loads(result.stdout) == {**counts, "findings": []}
    people = invoke("check", str(tmp_path))
    assert people.stdout == "1 editions, 1 limits, 0 commitments, 1 examples: good\n"


FINDINGS = {
    "an example does not hold": (
        EDITION.format(ended="10:31 move-ended", expect="met"), 14, "breached, expected met",
        "correct the example or the limit",
    ),
    "an example is no sentence": (
        EDITION.format(ended="half past", expect="met"), 16, "half past", "write it as"
    ),
    "an example has no such kind": (
        EDITION.format(ended="10:30 move-endet", expect="met"), 16, "move-endet", "'move-ended'"
    ),
    "a limit is not shown": (GOOD + UNSHOWN, 19, "here.transfer has no example", "add an"),
    "a key is misspelt": (GOOD + "wihtin = 1\n", 18, "no key 'wihtin'", "take it out"),
    "a stage is misspelt": (
        GOOD.replace("box-move", "box-movs"), 10, "no stage 'box-movs'", "mean 'box-move'"
    ),
    "it is not TOML": (GOOD + "wihtin\n", 18, "not TOML", "correct the syntax"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "what", "remedy"), FINDINGS.values(), ids=FINDINGS.keys())
def test_a_finding_names_file_line_what_and_remedy(
    text: str, line: int, what: str, remedy: str, tmp_path: Path
) -> None:
    result = check(tmp_path, text)
    assert result.exit_code == 1
    assert "1 findings in the register; correct the files named above" in result.stderr
    (finding,) = json.loads(result.stdout)["findings"]
    assert finding["file"] == str(tmp_path / "here.toml")
    assert finding["line"] == line
    assert what in finding["what"]
    assert remedy in finding["remedy"]


def test_people_read_one_finding_on_each_line(tmp_path: Path) -> None:
    file = tmp_path / "here.toml"
    file.write_text(GOOD.replace("PT30M", "soon").replace("CNLYG", "here"), encoding="utf-8")
    result = invoke("check", str(tmp_path))
    assert (result.exit_code, result.stdout) == (1, "")
    port, within, last = result.stderr.splitlines()
    assert port.startswith(f"{file}:5: port = 'here' will not do; ")
    assert within.startswith(f"{file}:12: 'soon' is no ISO 8601 duration; write PT30M")
    assert last.startswith("portclock: 2 findings")


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_a_folder_without_editions_is_a_finding(folder: str, tmp_path: Path) -> None:
    result = invoke("check", str(tmp_path / folder))
    assert result.exit_code == 1
    assert "no edition (*.toml) below" in result.stderr


def test_a_limit_is_shown_with_its_allowance_in_words_and_its_examples(tmp_path: Path) -> None:
    override = (
        '[[limit.override]]\nreason = "fog"\nfrom = 2026-03-02\nwithin = "PT1H"\n\n[[example]]'
    )
    check(tmp_path, GOOD.replace("[[example]]", override))
    result = invoke("show", "here.move", "--limits", str(tmp_path), "--json")
    shown = json.loads(result.stdout)
    assert shown["allowance"] == {"zh": "30分钟内", "en": "within 30 min"}
    assert shown["override"] == [{"within": 3600, "reason": "fog", "from": "2026-03-02"}]
    assert [one["expect"] for one in shown["examples"]] == ["met"]
    assert "within 30 min" in invoke("show", "here.move", "--limits", str(tmp_path)).stdout


@pytest.mark.parametrize(
    "words", [(), ("here.move", "--port", "CNLYG"), ("x", "--at", "2026-03-02")]
)
def test_show_takes_a_name_or_else_a_port(words: tuple[str, ...]) -> None:
    assert invoke("show", *words).exit_code == 2
