"""The live view: the same scene is the same picture; nothing that matters is left out or cut."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from portclock.demo.scene import AtRisk, Breach, Feed, Scene, Service, StageCount
from portclock.demo.view import STAGE_ROWS, URGENT_ROWS, WIDE, minutes, render
from timing.stages import CHINESE

TEN = datetime(2026, 3, 2, 2, tzinfo=UTC)
SCENE = Scene(
    phase="feeding a simulated port 模拟港口",
    seed=7,
    elapsed_s=23,
    sent=1_200,
    total=4_000,
    event_at=TEN,
    as_of=TEN,
    at_risk=(
        AtRisk("CSQU3054383", "CNSHD", "box-move", TEN + timedelta(minutes=2), 1_800),
        AtRisk("MSKU9070323", "CNTXG", "unstuffing-and-restuffing", TEN, 14_400),
    ),
    breaches=(Breach("TCLU4265727", "pickup-paperwork", 2_520),),
    stages=(StageCount("box-move", 100, 20, 0, 3), StageCount("in-yard-transfer", 1_234, 5)),
    feeds=(
        Feed("terminal-events", 1_000, 12, TEN - timedelta(seconds=3), 4),
        Feed("customs-events", 200),
    ),
    services=(Service("broker", "ready", True), Service("worker", "starting", False, 2)),
    counts={"outcomes": 1_300, "breached": 25},
)


def drawn(scene: Scene, *, wide: bool = True) -> str:
    paper = StringIO()
    console = Console(file=paper, width=WIDE if wide else 80, color_system=None)
    console.print(render(scene, wide=wide))
    assert paper.getvalue()
    return paper.getvalue()


def line_of(text: str, word: str) -> str:
    return next(line for line in text.splitlines() if word in line)


def test_a_unit_is_shown_with_its_stage_in_both_languages_and_what_is_left() -> None:
    line = line_of(drawn(SCENE), "CSQU3054383")
    assert "box-move" in line
    assert CHINESE["box-move"] in line
    assert "2 min" in line
    assert "━━━━━━━" in line


def test_a_breach_is_shown_with_how_much_it_is_over() -> None:
    line = line_of(drawn(SCENE), "TCLU4265727")
    assert "pickup-paperwork" in line
    assert "+42 min" in line


def test_what_is_urgent_leaves_room_for_the_latest_breach() -> None:
    scene = replace(SCENE, at_risk=SCENE.at_risk * 20)
    assert "TCLU4265727" in drawn(scene)


def test_time_that_is_used_up_is_never_negative() -> None:
    late = AtRisk("CSQU3054383", "CNSHD", "box-move", TEN - timedelta(hours=1), 60)
    assert late.left_s(TEN) == 0
    assert "0 s" in line_of(drawn(SCENE), "MSKU9070323")


def test_feeds_show_what_was_sent_what_waits_and_what_was_refused() -> None:
    text = drawn(SCENE)
    line = line_of(text, "terminal  ")
    assert [word for word in ("1,000", "12", "4", "3 s") if word in line] == [
        "1,000",
        "12",
        "4",
        "3 s",
    ]
    assert "·" in line_of(text, "customs  ")


def test_a_service_that_was_restarted_says_so() -> None:
    assert "restarted 2×" in line_of(drawn(SCENE), "worker")


def test_nothing_is_cut_off() -> None:
    assert "…" not in drawn(SCENE)
    longest = max(CHINESE, key=len)
    row = AtRisk("ABCU1234567", "CNSHD", longest, TEN + timedelta(days=3), 86_400)
    wide = Scene(
        "p",
        1,
        event_at=TEN,
        as_of=TEN,
        at_risk=(row,),
        breaches=(Breach("ABCU1234567", longest, 40_000_000),),
        stages=(StageCount(longest, 99_999, 9_999),),
        feeds=(Feed("rail-water-events", 99_999, 99_999, TEN - timedelta(days=99), 9_999),),
    )
    assert "…" not in drawn(wide)


def test_the_frame_keeps_its_height_while_rows_come_and_go() -> None:
    empty = Scene(phase="starting", seed=7)
    full = Scene(
        phase="feeding",
        seed=7,
        event_at=TEN,
        as_of=TEN,
        at_risk=SCENE.at_risk * 20,
        stages=tuple(StageCount(stage, 1) for stage in CHINESE),
    )
    assert len(drawn(empty, wide=False).splitlines()) == len(drawn(full, wide=False).splitlines())
    assert drawn(full).count("CSQU3054383") < URGENT_ROWS


def test_the_stages_with_most_verdicts_are_the_ones_shown() -> None:
    stages = tuple(StageCount(stage, met=n) for n, stage in enumerate(sorted(CHINESE), start=1))
    text = drawn(Scene(phase="p", seed=1, stages=stages))
    assert stages[-1].stage in text
    assert f" {stages[0].stage} " not in text
    assert len([row for row in stages if f" {row.stage} " in text]) == STAGE_ROWS


def test_the_same_scene_is_the_same_picture() -> None:
    assert drawn(SCENE) == drawn(SCENE)


def test_a_narrow_terminal_gets_what_matters_most() -> None:
    text = drawn(SCENE, wide=False)
    assert "CSQU3054383" in text
    assert "broker" not in text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (7_199, "119 min"),
        (7_200, "2 h 00"),
        (172_799, "47 h 59"),
        (172_800, "2 d 00 h"),
    ],
)
def test_minutes_are_said_as_people_say_them(seconds: int, words: str) -> None:
    assert minutes(seconds) == words
