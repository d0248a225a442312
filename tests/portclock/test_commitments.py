"""`portclock commitments`: files of events in, what was promised of many out."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from events.testing import box, event, suspension, told, wire
from portclock.cli import app

EDITION = """\
edition = "here/1"
issuer = "a port"
title = "an example"
source = "https://example.org/limits"
status = "example"
port = "CNLYG"
effective_from = "undated"

[[limit]]
id = "here.move"
stage = "box-move"
kind = "duration"
within = "PT30M"

[[commitment]]
id = "here.moves"
words = "普货移位30分钟 完成率50%"
kind = "share"
of = "here.move"
at_least = 0.5
categories = ["general"]

[[commitment]]
id = "here.calls"
words = "外贸船 1标箱 1小时; 3标箱 2小时"
kind = "bracket"
trade = "foreign"
brackets = [{ teu_upto = 1, within = "PT1H" }, { teu_upto = 3, within = "PT2H" }]

[[commitment]]
id = "here.cranes"
words = "桥时效率30自然箱/小时"
kind = "rate"
lifts = "per-crane-hour"
at_least = 30

[[example]]
limit = "here.move"
given = ["09:00 gated-in", "10:00 move-ordered", "10:30 move-ended"]
expect = "met"
"""


@pytest.fixture
def limits(tmp_path: Path) -> Path:
    folder = tmp_path / "limits"
    folder.mkdir()
    (folder / "here.toml").write_text(EDITION, encoding="utf-8")
    return folder


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """
    08:00 berthed  09:00 V1 lifts a 20  09:30 and a 40, of dangerous goods  10:00-11:00 moves
    """
    said = [
        *told("08:00 arrived", "09:00 discharged", "10:00 move-ordered", "10:30 move-ended",
              refs={"voyage": "V1"}, cargo={"size_type": "22G1"}, ids="a"),
        *told("09:30 discharged", "10:00 move-ordered", "11:00 move-ended", unit=box(1),
              refs={"voyage": "V1"}, cargo={"size_type": "45G1", "category": "dangerous"}, ids="b"),
        *told("09:40 discharged", "10:00 move-ordered", "10:40 move-ended", unit=box(2), ids="c"),
        event("declared", "day+1 12:00"),
    ]  # fmt: skip
    return _file(tmp_path, said)


def _file(folder: Path, said: list[Any]) -> Path:
    file = folder / "day.jsonl"
    file.write_bytes(b"\n".join([*wire(*said), b'{"broken": ']))
    return file


def invoke(file: Path, limits: Path, *more: str, **environ: str) -> Any:
    words = ["commitments", str(file), "--limits", str(limits), *more]
    return CliRunner(env={"COLUMNS": "80", **environ}).invoke(app, words)


def documents(file: Path, limits: Path, *more: str) -> list[dict[str, Any]]:
    result = invoke(file, limits, "--json", *more)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_commitment_in_force_is_judged_from_one_file(day: Path, limits: Path) -> None:
    moves, calls, cranes = documents(day, limits)
    assert (moves["commitment"], moves["kept"]) == ("here.moves", True)
    (measure,) = moves["measures"]
    assert (measure["numerator"], measure["denominator"], measure["left_out"]) == (1, 2, {})
    (measure,) = calls["measures"]
    assert (calls["kept"], measure["numerator"], measure["denominator"]) == (True, 1, 1)
    assert (cranes["kept"], cranes["measures"][0]["left_out"]) == (None, {"cranes-unknown": 1})


def test_a_call_that_only_a_typhoon_slowed_is_excused(tmp_path: Path, limits: Path) -> None:
    """Berthed 08:00, 3 TEU lifted by 11:00, an hour of it typhoon: 3 h, and 2 h without it."""
    said = [
        *told("08:00 arrived", "09:00 discharged", refs={"voyage": "V1"},
              cargo={"size_type": "22G1"}, ids="a"),
        *told("11:00 discharged", unit=box(1), refs={"voyage": "V1"},
              cargo={"size_type": "45G1"}, ids="b"),
        event("declared", "day+1 12:00"),
    ]  # fmt: skip
    storm = suspension("09:30", "10:30")
    _, before, _ = documents(_file(tmp_path, said), limits)
    _, after, _ = documents(_file(tmp_path, [*said, *storm]), limits)
    assert (before["kept"], after["kept"]) == (False, None)
    assert after["measures"][0]["left_out"] == {"excused": 1}


def test_the_month_is_the_last_event_s_unless_another_is_named(day: Path, limits: Path) -> None:
    assert {one["month"] for one in documents(day, limits)} == {"2026-03"}
    february = documents(day, limits, "--month", "2026-02")
    assert {one["month"] for one in february} == {"2026-02"}
    assert all(one["kept"] is None for one in february)


def test_what_is_no_month_is_bad_usage(day: Path, limits: Path) -> None:
    result = invoke(day, limits, "--month", "march")
    assert result.exit_code == 2
    assert "is no month; write 2026-03" in result.stderr


def test_only_ports_that_the_files_speak_of_are_shown_unless_one_is_named(day: Path) -> None:
    shipped = CliRunner().invoke(app, ["commitments", str(day), "--json"])
    ports = {json.loads(line)["port"] for line in shipped.stdout.splitlines()}
    assert ports <= {"CNLYG"}
    named = CliRunner().invoke(app, ["commitments", str(day), "--json", "--port", "CNNSA"])
    found = [json.loads(line) for line in named.stdout.splitlines()]
    assert {one["port"] for one in found} == {"CNNSA"}
    assert {one["kept"] for one in found} == {None}


def test_people_read_it_in_chinese_and_english_and_hear_what_is_missing(
    day: Path, limits: Path
) -> None:
    result = invoke(day, limits)
    assert result.exit_code == 0
    for said in ("承诺", "普货移位30分钟", "50.00%", "≥ 50%", "kept 兑现", "岸桥数不明"):
        assert said in result.stdout, said
    assert "1 lifts by water name no voyage" in result.stderr
    assert "1 lines could not be read" in result.stderr


def test_a_port_without_commitments_is_told_so(day: Path, limits: Path) -> None:
    result = invoke(day, limits, "--port", "CNSHA")
    assert result.exit_code == 0
    assert "no commitment is in force" in result.stdout
    assert documents(day, limits, "--port", "CNSHA") == []


def test_no_event_is_a_failure_with_a_remedy(tmp_path: Path, limits: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_bytes(b"\n")
    result = invoke(empty, limits)
    assert result.exit_code == 1
    assert "there is no event in these files" in result.stderr
    assert result.stdout == ""


def test_a_file_that_is_not_there_is_a_failure(tmp_path: Path, limits: Path) -> None:
    assert invoke(tmp_path / "none.jsonl", limits).exit_code == 1
