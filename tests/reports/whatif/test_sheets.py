"""Sheets: the same in both languages, and every figure in its column."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from events.vocabulary import Verdict
from reports.whatif import sheets as module
from reports.whatif.affected import Affected, Most
from reports.whatif.beside import beside
from reports.whatif.document import COLUMNS, document, lines
from reports.whatif.effect import ALL, Effect, Row
from reports.whatif.result import Result, Trial, months_between
from reports.whatif.sheets import Code, Sheet, Telling, head, sheets, words_of
from reports.whatif.testing import drafted, in_force

NOW = datetime(2026, 4, 1, 4, 30, tzinfo=UTC)
MET, BREACHED, EXCUSED, NONE = Verdict.MET, Verdict.BREACHED, Verdict.EXCUSED, Verdict.NO_LIMIT


def _result(**more: Any) -> Result:
    trial = Trial(beside(drafted(), [in_force()]), months_between("2026-03", "2026-03"), 5)
    usual: dict[str, Any] = {
        "trial": trial, "now": NOW, "units": 1234, "refused": 0, "effects": {}, "promised": {},
        "most": Most(),
    }  # fmt: skip
    return Result(**(usual | more))


def _effect() -> Effect:
    effect = Effect(open_n=3)
    effect.shifts.update({(MET, MET): 900, (MET, BREACHED): 100, (BREACHED, MET): 50})
    effect.shifts.update({(EXCUSED, BREACHED): 7, (BREACHED, BREACHED): 1000})
    effect.breakers.update({"terminal": 100, "customs": 7})
    effect.used_pct.update({40: 90, 120: 9, 300: 1})
    return effect


def _sheets(result: Result, code: Code = "en") -> list[Sheet]:
    return list(sheets(result, _telling(code)))


def _telling(code: Code = "en", named: Any = str) -> Telling:
    return Telling(words_of(code), lambda limit: f"<{limit.kind}>", lambda one: "figure", named)


def test_both_languages_say_the_same_things() -> None:
    folder = Path(module.__file__).parent / "words"
    said = [tomllib.loads((folder / f"{code}.toml").read_text("utf-8")) for code in ("en", "zh")]
    keys = [{(part, key) for part in one if part != "code" for key in one[part]} for one in said]
    assert keys[0] == keys[1]


@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_word_is_used_somewhere(code: Code) -> None:
    """In the sheets, or by the command that prints them."""
    sources = (
        Path(module.__file__),
        Path(module.__file__).parents[2] / "portclock/commands/whatif.py",
    )
    told = "".join(source.read_text("utf-8") for source in sources)
    words = words_of(code)
    for name in (*words.titles, *words.columns, *words.lines):
        assert f'"{name}"' in told, name


def test_a_limit_has_its_counts_in_one_row() -> None:
    limit = drafted().limit[3]
    row = Row("draft", limit.stage, limit.id)
    limits, used = _sheets(_result(effects={row: _effect(), ALL: _effect()}))
    assert limits.rows == (
        (limit.id, "2,057", "3", "1,050", "1,107", "107", "50", "48.78 / 46.18"),
    )
    assert len(limits.columns) == len(limits.rows[0])
    assert limits.foot == "Who answers for what would be newly broken: terminal 100, customs 7"
    assert used.rows == ((limit.id, "<duration>", "40%", "40%", "120%", "120%"),)
    assert len(used.columns) == len(used.rows[0])


def test_several_limits_have_a_line_for_all() -> None:
    one, other = drafted().limit[3:5]
    rows = {Row("draft", limit.stage, limit.id): _effect() for limit in (other, one)}
    limits, _ = _sheets(_result(effects={ALL: _effect(), **rows}))
    names = [row[0] for row in limits.rows]
    assert names == [one.id, other.id, "all units that either judges"], "in the draft's order"


def test_what_is_no_longer_judged_has_a_sheet_of_its_own() -> None:
    effect = Effect(open_n=2)
    effect.shifts.update({(MET, NONE): 5, (BREACHED, NONE): 4, (EXCUSED, NONE): 1})
    [sheet] = _sheets(_result(effects={Row("current", "box-move", "old"): effect}))
    assert sheet.rows == (("old", "box-move", "10", "2", "5 / 4 / 1"),)
    [chinese] = _sheets(_result(effects={Row("current", "box-move", "old"): effect}), "zh")
    assert chinese.rows[0][1] == "吊箱移位"


def test_units_are_called_as_the_teller_calls_them() -> None:
    one = Affected(
        "broken", 3725, "CNLYG/X/1", "box-move", 2, "LPCT", "terminal", 0, MET, BREACHED, "m",
        60, 3785,
    )  # fmt: skip
    most = Most(broken=(one,), visits_broken=1500)
    [sheet] = sheets(_result(most=most), _telling(named=lambda visit: f"~{visit[-1]}"))
    assert sheet.rows == (("~1", "box-move #2", "m", "1 h 2 min 5 s", "1 h 3 min 5 s", "terminal"),)
    assert "1,500 visits" in sheet.title
    told: Any = document(_result(most=most), lambda visit: "?")
    assert told["affected"]["broken"][0]["visit_id"] == "?"


def test_the_head_says_what_was_in_force_then_and_until_when_it_is_known() -> None:
    trial = _result().trial
    laid = trial.beside._replace(current=(in_force(edition="old"),))
    assert "here/2 beside old" in head(_result(trial=trial._replace(beside=laid)), _telling())[0]
    assert "as known at 2026-04-01 12:30" in head(_result(), _telling())[1]
    assert head(_result(now=None), _telling())[1].endswith("as known at -")
    nothing = trial._replace(beside=trial.beside._replace(current=()))
    assert "beside nothing in force" in head(_result(trial=nothing), _telling())[0]


def test_an_edition_that_was_over_before_is_not_named() -> None:
    trial = _result().trial
    over = in_force(edition="old", effective_to=date(2026, 3, 1))
    last = in_force(edition="new", effective_to=date(2026, 3, 2))
    laid = trial.beside._replace(current=(over, last))
    said = head(_result(trial=trial._replace(beside=laid)), _telling())[0]
    assert said.endswith("here/2 beside new")


def test_rows_have_all_columns_and_exact_numbers() -> None:
    limit = drafted().limit[3]
    effects = {Row("draft", limit.stage, limit.id): _effect(), ALL: _effect()}
    rows = list(lines(_result(effects=effects)))
    assert {len(row) for row in rows} == {len(COLUMNS)}
    own = {row[5]: row[6:] for row in rows if row[2] == limit.id}
    assert own["met"] == (1000, 950)
    assert own["breached"] == (1050, 1107)
    assert own["newly_broken"] == (None, 107)
    assert [str(one) for one in own["kept_pct"]] == ["48.78", "46.18"]
    assert own["used_pct_p95"] == (None, 120)
    everything = {row[5] for row in rows if row[2] == "all"}
    assert everything == own.keys() - {f"used_pct_p{rank}" for rank in (50, 90, 95, 99)}
