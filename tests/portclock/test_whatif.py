"""`portclock whatif`: a draft and a history in, what it would change out."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from events.testing import box, told, wire
from portclock.cli import app

MOVE = """\
[[limit]]
id = "here.move"
stage = "box-move"
kind = "duration"
within = "PT{minutes}M"

[[commitment]]
id = "here.moves"
words = "移位 完成率70%"
kind = "share"
of = "here.move"
at_least = 0.7

[[example]]
limit = "here.move"
given = ["10:00 move-ordered", "10:{minutes} move-ended"]
expect = "met"
"""
WAIT = """
[[limit]]
id = "here.wait"
stage = "inspection-positioning"
kind = "duration"
within = "PT2H"

[[example]]
limit = "here.wait"
given = ["10:00 inspection-ordered", "12:00 positioned"]
expect = "met"
"""


def _edition(name: str, since: str, *rest: str) -> str:
    said = f'edition = "{name}"\nissuer = "a port"\ntitle = "an example"\nport = "CNLYG"\n'
    return "\n".join([f'{said}status = "example"\neffective_from = {since}', *rest])


OLD = _edition("here/1", '"undated"', MOVE.format(minutes=30), WAIT)
LATER = '2027-01-01\nsupersedes = "here/1"'
DRAFT = _edition("here/2", f'{LATER}\nwithdraws = ["here.wait"]', MOVE.format(minutes=20))
SAME = _edition("here/2", LATER, MOVE.format(minutes=30), WAIT)


@pytest.fixture
def port(tmp_path: Path) -> Path:
    """Five boxes moved in 10, 15, 20, 25 and 40 minutes, one of them also positioned; one waits."""
    register = tmp_path / "register"
    register.mkdir()
    (register / "here.toml").write_text(OLD, encoding="utf-8")
    (tmp_path / "draft.toml").write_text(DRAFT, encoding="utf-8")
    stories = [
        told(
            "08:00 gated-in", "10:00 move-ordered", f"10:{minutes} move-ended",
            unit=box(n), ids=f"{n}-", facility="LPCT",
        )
        for n, minutes in enumerate((10, 15, 20, 25, 40))
    ]  # fmt: skip
    ordered = told("11:00 inspection-ordered", "14:00 positioned", unit=box(1), ids="i")
    waits = told("08:00 gated-in", "12:00 move-ordered", unit=box(7), ids="w", facility="LPCT")
    events = [*(one for story in stories for one in story), *ordered, *waits]
    (tmp_path / "history.jsonl").write_bytes(b"\n".join([*wire(*events), b"{"]))
    return tmp_path


def _run(folder: Path, *more: str, ends: int = 0) -> tuple[str, str]:
    given = [
        "whatif",
        "--edition",
        str(folder / "draft.toml"),
        "--limits",
        str(folder / "register"),
    ]
    if "--from" not in more:
        given += ["--from", "2026-03"]
    found = CliRunner().invoke(app, [*given, *more, str(folder / "history.jsonl")])
    assert found.exit_code == ends, found.output
    return found.stdout, found.stderr


def _json(folder: Path, *more: str) -> Any:
    return json.loads(_run(folder, "--json", *more)[0])


def test_what_would_change_is_counted(port: Path) -> None:
    found = _json(port)
    assert (found["port"], found["draft"], found["current"]) == ("CNLYG", "here/2", ["here/1"])
    assert (found["from"], found["to"], found["units"]) == ("2026-03", "2026-03", 6)
    assert found["refused"] == 1
    [move, wait] = sorted(found["limits"], key=lambda one: one["side"], reverse=True)
    assert (move["limit"], move["ended"], move["open"]) == ("here.move", 5, 1)
    assert move["current"] == {"met": 4, "breached": 1, "excused": 0, "no-limit": 0}
    assert move["draft"] == {"met": 3, "breached": 2, "excused": 0, "no-limit": 0}
    assert (move["newly_broken"], move["no_longer_broken"]) == (1, 0)
    assert move["answers"] == {"terminal": 1}
    assert move["used_pct"] == {"p50": 100, "p90": 200, "p95": 200, "p99": 200}
    assert (wait["limit"], wait["ended"], wait["current"]["breached"]) == ("here.wait", 1, 1)
    assert wait["draft"]["no-limit"] == 1
    assert found["all"]["ended"] == 6


def test_a_commitment_is_told_under_both(port: Path) -> None:
    told_of = {one["side"]: one for one in _json(port)["commitments"]}
    assert [told_of[side]["kept"] for side in ("current", "draft")] == [True, False]
    measures = [told_of[side]["measures"][0] for side in ("current", "draft")]
    assert [(one["numerator"], one["denominator"]) for one in measures] == [(4, 5), (3, 5)]


def test_the_farthest_over_are_named_and_no_more_than_asked_for(port: Path) -> None:
    affected = _json(port)["affected"]
    [broken] = affected["broken"]
    assert broken["visit_id"] == f"CNLYG/{box(3)}/20260302T000000Z"
    assert (broken["over_s"], broken["net_s"], broken["limit_s"]) == (300, 1500, 1200)
    assert (broken["now"], broken["then"], broken["answers"]) == ("met", "breached", "terminal")
    assert broken["closed_at"] == "2026-03-02T02:25:00Z"
    assert (affected["visits_broken"], affected["visits_spared"]) == (1, 1)
    nobody = _json(port, "--most", "0")["affected"]
    assert (nobody["broken"], nobody["visits_broken"]) == ([], 1)


def test_units_have_pseudonyms_where_they_are_asked_for(
    port: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PORTCLOCK_DATA", str(tmp_path / "data"))
    broken, again = (_json(port, "--pseudonyms")["affected"]["broken"] for _ in range(2))
    assert broken == again
    assert broken[0]["visit_id"].startswith("visit-")
    printed, _ = _run(port, "--pseudonyms")
    assert box(3) not in printed
    assert box(3) in _run(port)[0]


def test_people_read_it_in_english(port: Path) -> None:
    out, err = _run(port)
    assert "CNLYG  here/2 beside here/1" in out
    assert "what ended in 2026-03, port time; 6 boxes or lots compared" in out
    assert "Who answers for what would be newly broken: terminal 1" in out
    row = next(line for line in out.splitlines() if line.startswith("here.move"))
    assert row.split() == ["here.move", "5", "1", "1", "2", "1", "0", "80.00", "/", "60.00"]
    assert "80.00% kept" in out
    assert "60.00% not kept" in out
    assert "here.wait" in out
    assert "1 lines could not be read" in err


def test_people_read_it_in_chinese(port: Path) -> None:
    out, _ = _run(port, "--lang", "zh")
    assert "CNLYG  here/2 与 here/1 对照" in out
    assert "新增超时的责任方: 码头 1" in out
    assert "60.00% 未兑现" in out
    assert "20分钟内" in out


def test_rows_for_a_spreadsheet_name_no_unit(port: Path) -> None:
    out, _ = _run(port, "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    moves = {row["measure"]: row for row in rows if row["name"] == "here.move"}
    assert (moves["breached"]["current"], moves["breached"]["draft"]) == ("1", "2")
    assert (moves["kept_pct"]["current"], moves["kept_pct"]["draft"]) == ("80.00", "60.00")
    assert moves["used_pct_p90"]["draft"] == "200"
    kept = {row["edition"]: row for row in rows if row["measure"] == "kept"}
    assert (kept["here/1"]["current"], kept["here/2"]["draft"]) == ("kept", "not-kept")
    assert box(3) not in out


def test_at_another_port_it_stands_beside_what_is_in_force_there(port: Path) -> None:
    found = _json(port, "--port", "CNSHD")
    assert (found["port"], found["current"], found["units"]) == ("CNSHD", [], 0)
    out, _ = _run(port, "--port", "CNSHD")
    assert "here/2 beside nothing in force" in out
    assert "neither side judged any unit" in out


def test_where_nothing_changes_it_says_so(port: Path) -> None:
    (port / "draft.toml").write_text(SAME, encoding="utf-8")
    assert "nothing changes for any unit" in _run(port)[0]


def test_a_draft_that_could_not_be_published_is_refused_with_every_finding(port: Path) -> None:
    wrong = DRAFT.replace("10:20 move-ended", "10:21 move-ended").replace("withdraws", "# w")
    (port / "draft.toml").write_text(wrong, encoding="utf-8")
    _, err = _run(port, ends=1)
    assert "here.move says breached, expected met" in err
    assert "here/1 had a limit here.wait" in err
    assert "2 findings in the draft" in err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--from", "2026-3"], "'2026-3' is no month; write 2026-03"),
        (["--from", "2026-03", "--to", "2026-02"], "2026-02 is before 2026-03"),
        (["--json", "--csv"], "give --json or --csv, not both"),
    ],
)
def test_what_makes_no_sense_is_a_mistake_of_use(port: Path, more: list[str], words: str) -> None:
    _, err = _run(port, *more, ends=2)
    assert words in " ".join(err.replace("│", " ").split())


def test_a_draft_that_is_not_there_is_one_sentence(port: Path) -> None:
    (port / "draft.toml").unlink()
    _, err = _run(port, ends=1)
    assert "there is no file" in err
