"""`portclock announced` lists what the doors kept, and `portclock intake` keeps it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from portclock.cli import app
from portclock.intake.announced import Announced
from portclock.intake.taking import take
from portclock.intake.testing import NOW, feeds, gate_out, pushed
from portclock.intake.wiring import FILE


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder in which one gate-out of noon is planned."""
    monkeypatch.setenv("PORTCLOCK_DATA", str(tmp_path))
    plan = pushed(gate_out(1), classifier="PLN")
    kept = Announced(tmp_path / FILE)
    kept.keep(take(feeds(tmp_path / "feeds")["carrier"], "push", plan, NOW))
    kept.close()
    return tmp_path


def listed(*words: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(app, ["announced", *words, "--json"])
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.usefixtures("data")
def test_what_is_kept_is_listed_and_may_be_narrowed() -> None:
    (one,) = listed()
    assert (one["kind"], one["announced"], one["feed"]) == ("gated-out", "planned", "carrier")
    assert listed("--feed", "carrier", "--unit", str(one["unit"]), "--kind", "gated-out") == [one]
    assert listed("--since", "2026-03-02T12:00:00+08:00") == [one]
    for words in (["--feed", "x"], ["--unit", "x"], ["--until", "2026-03-02T12:00:00+08:00"]):
        assert listed(*words) == []


@pytest.mark.usefixtures("data")
def test_people_see_a_table() -> None:
    told = CliRunner().invoke(app, ["announced"]).stdout
    assert "planned" in told
    assert "gated-out" in told


def test_where_nothing_was_kept_nothing_is_listed_and_no_file_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTCLOCK_DATA", str(tmp_path))
    assert listed() == []
    assert list(tmp_path.iterdir()) == []


def test_an_instant_without_an_offset_is_bad_usage() -> None:
    done = CliRunner().invoke(app, ["announced", "--since", "2026-03-02T12:00:00"])
    assert done.exit_code == 2
