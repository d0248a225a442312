"""`portclock limits show --port P --at DATE`: what is in force, in two languages."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from typer.testing import CliRunner

from portclock.cli import app
from portclock.commands import limits_words as words
from timing.calendars import CONTINUOUS, Calendar, parse_hours
from timing.commitments.promise import CallPromise, Promise, UnitPromise
from timing.editions import AnyLimit
from timing.kinds.limit import Limit

HEAD = """\
edition = "{name}"
issuer = "a port"
title = "an example"
status = "example"
port = "CNLYG"
effective_from = {since}
calendar = "office"
exclusions = "weather"
{more}

[[working_time]]
id = "office"
days = "china"
hours = [["08:00", "12:00"], ["14:00", "18:00"]]
"""
OLD = """
[[limit]]
id = "here.move"
stage = "box-move"
kind = "duration"
within = "PT2H"
"""
NEW = """
[[limit]]
id = "here.move"
stage = "box-move"
kind = "duration"
within = "PT30M"
words = "30分钟/自然箱"
modes = ["water", "rail"]
laden = true

[[limit.override]]
reason = "疫情防控"
from = 2026-03-02
to = 2026-03-03
within = "PT1H"

[[limit]]
id = "here.inspection"
stage = "inspection"
kind = "listed"
calendar = "24x365"

[[commitment]]
id = "here.share"
words = "完成率99%"
kind = "share"
of = "here.move"
at_least = 0.99

[[unexpressed]]
words = "准点率100%"
reason = "no event speaks of tugs"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two editions: the second supersedes the first in March."""
    heads = [
        HEAD.format(name="here/1", since="2026-01-01", more="") + OLD,
        HEAD.format(name="here/2", since="2026-03-01", more='supersedes = "here/1"') + NEW,
    ]
    for number, text in enumerate(heads):
        (tmp_path / f"{number}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def show(folder: Path, *said: str) -> Any:
    return CliRunner().invoke(app, ["limits", "show", "--limits", str(folder), *said])


def document(folder: Path, at: str) -> Any:
    result = show(folder, "--port", "CNLYG", "--at", at, "--json")
    assert (result.exit_code, result.stderr, result.stdout.count("\n")) == (0, "", 1)
    return json.loads(result.stdout)


#  here/1 |=============| here/2 =======>
#                  2026-03-01 00:00 +08:00
@pytest.mark.parametrize(
    ("at", "editions"),
    [
        ("2025-12-31", []),
        ("2026-01-01", ["here/1"]),
        ("2026-02-28", ["here/1"]),
        ("2026-03-01", ["here/2"]),
        ("2026-02-28T23:59:59+08:00", ["here/1"]),
        ("2026-02-28T16:00:00Z", ["here/2"]),
    ],
)
def test_what_is_in_force_on_a_day_or_at_an_instant(
    at: str, editions: list[str], folder: Path
) -> None:
    found = document(folder, at)
    assert [one["edition"] for one in found["editions"]] == editions
    assert {one["edition"] for stage in found["stages"] for one in stage["limits"]} == set(editions)


def test_a_document_says_stage_limit_calendar_scope_edition_and_source(folder: Path) -> None:
    found = document(folder, "2026-03-10")
    assert found["at"] == "2026-03-10T00:00:00+08:00"
    move, inspection = found["stages"]
    assert (move["stage"], move["chinese"]) == ("box-move", "吊箱移位")
    (limit,) = move["limits"]
    assert limit["allowance"] == {"zh": "30分钟内", "en": "within 30 min"}
    assert limit["calendar"] == {
        "id": "office", "zh": "工作日 08:00-12:00, 14:00-18:00",
        "en": "Chinese working days 08:00-12:00, 14:00-18:00",
    }  # fmt: skip
    assert limit["scope"] == {"modes": ["water", "rail"], "laden": True}
    assert (limit["override"], limit["words"]) == (None, "30分钟/自然箱")
    assert inspection["limits"][0]["allowance"]["zh"] == "列出而无时限"
    assert inspection["limits"][0]["calendar"]["id"] == "24x365"
    (share,) = found["commitments"]
    assert (share["of"], share["period"]) == ("here.move", "month")
    assert share["promise"]["en"] == "here.move kept by 99%"
    assert found["unexpressed"][0]["edition"] == "here/2"


def test_an_override_in_force_is_what_is_shown(folder: Path) -> None:
    limit = document(folder, "2026-03-03")["stages"][0]["limits"][0]
    assert limit["allowance"]["en"] == "within 1 h"
    assert limit["override"]["reason"] == "疫情防控"
    assert document(folder, "2026-03-04")["stages"][0]["limits"][0]["override"] is None


def test_people_read_chinese_and_english_headings(folder: Path) -> None:
    read = show(folder, "--port", "CNLYG", "--at", "2026-03-02").stdout
    for line in (
        "吊箱移位 box-move", "时限 limit     1小时内 / within 1 h",
        "临时 override  疫情防控 2026-03-02 - 2026-03-03",
        "范围 scope     modes water, rail; laden true",
        "条款 article   here.move @ here/2", "承诺 commitments", "除外 except    weather",
        "对象 about     here.move", "准点率100% (no event speaks of tugs)",
    ):  # fmt: skip
        assert line in read
    nothing = show(folder, "--port", "CNLYG", "--at", "2025-12-31").stdout
    assert "无有效时限 nothing is in force" in nothing


def test_without_a_day_it_is_now(folder: Path) -> None:
    assert "here/2" in show(folder, "--port", "CNLYG").stdout


def test_a_port_without_editions_is_named_beside_those_that_have_some(folder: Path) -> None:
    result = show(folder, "--port", "CNSHA")
    assert result.exit_code == 1
    assert "no edition for CNSHA; it has some for CNLYG" in result.stderr


def test_a_day_that_is_none_is_bad_usage(folder: Path) -> None:
    assert show(folder, "--port", "CNLYG", "--at", "tomorrow").exit_code == 2


ALLOWANCES: dict[str, tuple[dict[str, Any], str, str]] = {
    "duration": ({"within": "PT1H30M"}, "1小时30分钟内", "within 1 h 30 min"),
    "duration-by-size": (
        {"within_by_size": {"20": "PT2H", "40": "PT3H"}}, "20尺2小时内, 40尺3小时内",
        "20-foot 2 h, 40-foot 3 h",
    ),
    "duration-per-teu": (
        {"within": "PT3H", "teu": {"20": 1, "40": 2}}, "每标准箱3小时内 (20尺计1, 40尺计2)",
        "3 h per TEU (20-foot = 1, 40-foot = 2)",
    ),
    "duration-by-weight": (
        {"within": "PT30M", "up_to_kg": 1000, "step": "PT10M", "step_kg": 500},
        "1000公斤以内30分钟, 每超500公斤加10分钟",
        "30 min up to 1000 kg, 10 min more per further 500 kg",
    ),
    "lead-time": ({"lead": "PT30M"}, "预约时刻前30分钟", "30 min before the appointment"),
    "notice": (
        {"journey_over": "PT4H", "notice": "PT4H"}, "行程超过4小时: 抵达前4小时; 否则出发前",
        "journey over 4 h: 4 h before arrival; otherwise before departure",
    ),
    "half-day": (
        {"due": [{"until": "12:00", "by": "16:00"}]}, "12:00前下达, 当日16:00前",
        "ordered before 12:00: by 16:00 that day",
    ),
    "listed": ({}, "列出而无时限", "listed without a limit"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ALLOWANCES)
def test_every_kind_of_limit_has_its_phrase(kind: str) -> None:
    keys, zh, en = ALLOWANCES[kind]
    read: TypeAdapter[Limit] = TypeAdapter(AnyLimit)
    limit = read.validate_python({"id": "t", "stage": "box-move", "kind": kind, **keys})
    assert words.allowance(limit) == (zh, en)


PROMISES: dict[str, tuple[dict[str, Any], str, str]] = {
    "share": ({"of": "t", "at_least": 0.995}, "t 完成率不低于99.5%", "t kept by 99.5%"),
    "percentile": (
        {"stage": "pickup", "points": [
            {"within": "PT30M", "at_least": 0.6}, {"within": "PT1H", "at_least": 0.9}]},
        "30分钟内不低于60%, 1小时内不低于90%", "60% within 30 min, 90% within 1 h",
    ),
    "mean": (
        {"stage": "truck-turn", "at_most": "PT30M"}, "平均不超过30分钟",
        "30 min at most, on average",
    ),
    "blame-share": (
        {"of": "t", "party": "terminal", "at_most": 0.02}, "因码头原因超时不超过2%",
        "at most 2% broken through the terminal",
    ),
    "rate": (
        {"lifts": "per-call", "at_least": 22}, "船时效率不低于22箱/小时",
        "at least 22 boxes an hour per call",
    ),
    "bracket": (
        {"brackets": [
            {"teu_upto": 2000, "within": "PT12H"}, {"teu_upto": 4000, "within": "PT24H"}]},
        "2000标箱12小时内, 4000标箱24小时内",
        "up to 2000 TEU within 12 h, up to 4000 TEU within 24 h",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", PROMISES)
def test_every_kind_of_commitment_has_its_phrase(kind: str) -> None:
    keys, zh, en = PROMISES[kind]
    read: TypeAdapter[UnitPromise | CallPromise] = TypeAdapter(Promise)
    made = read.validate_python({"id": "t", "words": "t", "kind": kind, **keys})
    assert words.promise(made) == (zh, en)


@pytest.mark.parametrize(
    ("by", "en"),
    [
        (CONTINUOUS, "every hour of every day"),
        (Calendar("t", "all", parse_hours([["22:00", "30:00"]])), "every day 22:00-30:00"),
        (
            Calendar("t", "china", parse_hours([["08:00", "18:00"]]), overtime=True),
            "Chinese working days 08:00-18:00, and booked overtime",
        ),
    ],
)
def test_a_calendar_says_when_its_clock_runs(by: Calendar, en: str) -> None:
    assert words.calendar(by).en == en


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [(0, "0秒", "0 s"), (61, "1分钟1秒", "1 min 1 s"), (129_600, "36小时", "36 h")],
)
def test_a_duration_is_exact_and_hours_are_not_made_into_days(
    seconds: int, zh: str, en: str
) -> None:
    assert words.duration(seconds) == (zh, en)


def test_a_part_of_a_box_is_written_plainly() -> None:
    keys = {"kind": "duration-per-teu", "within": "PT3H", "teu": {"45": Decimal("2.25")}}
    read: TypeAdapter[Limit] = TypeAdapter(AnyLimit)
    limit = read.validate_python({"id": "t", "stage": "unstuffing", **keys})
    assert words.allowance(limit).en == "3 h per TEU (45-foot = 2.25)"
