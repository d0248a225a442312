"""`portclock intake`: files and folders in foreign formats, into lines here; into topics, see
test_with_broker."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from portclock.cli import app
from portclock.commands import intake
from portclock.intake.testing import gate_out, pushed, write_profile

TWO = pushed(gate_out(1), gate_out(2))


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "LOOK_S", 0.01)


def run(tmp_path: Path, *words: str) -> Result:
    feeds = write_profile(tmp_path / "feeds")
    told = ["--feed", "carrier", "--feeds", str(feeds), "--out", str(tmp_path / "out.jsonl")]
    return CliRunner().invoke(app, ["intake", *words, *told])


def test_a_file_becomes_lines_that_the_judge_reads(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(TWO)
    found = run(tmp_path, str(tmp_path / "a.json"), "--json")
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["events"] == {"gated-out": 2}
    assert len((tmp_path / "out.jsonl").read_bytes().splitlines()) == 2
    judged = CliRunner().invoke(app, ["judge", str(tmp_path / "out.jsonl"), "--json"])
    assert judged.exit_code == 0, judged.output
    assert (tmp_path / "a.json").exists()


def test_a_file_that_was_refused_is_said_with_what_to_do_and_fails_the_command(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.json").write_bytes(TWO)
    (tmp_path / "b.json").write_bytes(b"[{]")
    found = run(tmp_path, str(tmp_path / "b.json"), str(tmp_path / "a.json"))
    assert found.exit_code == 1
    assert "b.json: refused" in found.stdout
    assert "send UTF-8 JSON" in found.stdout
    assert "a.json: taken" in found.stdout


def test_a_folder_is_emptied_into_what_was_done_and_what_was_refused(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.json").write_bytes(TWO)
    (inbox / "b.json").write_bytes(b"[{]")
    found = run(tmp_path, str(inbox), "--once")
    assert found.exit_code == 0, found.output
    assert (inbox / "done" / "a.json.receipt.json").is_file()
    assert (inbox / "refused" / "b.json").is_file()
    assert [file.name for file in inbox.iterdir() if file.is_file()] == []


def test_what_was_being_taken_at_a_crash_is_taken_first(tmp_path: Path) -> None:
    taken = tmp_path / "inbox" / "taken"
    taken.mkdir(parents=True)
    (taken / "a.json").write_bytes(TWO)
    found = run(tmp_path, str(tmp_path / "inbox"), "--once", "--json")
    assert json.loads(found.stdout)["outcome"] == "taken"
    assert (tmp_path / "inbox" / "done" / "a.json").is_file()


@pytest.mark.parametrize("words", [["nowhere.json"], ["nowhere", "neither"]])
def test_what_is_not_there_is_said(tmp_path: Path, words: list[str]) -> None:
    found = run(tmp_path, *words)
    assert found.exit_code == 1
    assert "there is no file" in found.stderr


def test_a_file_beyond_the_bound_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portclock.intake import taking

    monkeypatch.setattr(taking, "INPUT_BYTES_MAX", 10)
    (tmp_path / "a.json").write_bytes(TWO)
    found = run(tmp_path, str(tmp_path / "a.json"))
    assert found.exit_code == 1
    assert "cut it into smaller files" in found.stderr
