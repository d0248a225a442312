"""Verdicts: one sentence each, true to the numbers; a verdict without its arithmetic raises."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from events.testing import told
from events.vocabulary import Party, Verdict
from timing.findings import Finding
from timing.story.chapters import Chapter
from timing.story.chinese import CHINESE
from timing.story.english import ENGLISH
from timing.story.sums import Sum
from timing.story.verdicts import Unexplained, explained

Explained = Callable[..., Any]
MOVED = ("08:00 gated-in", "10:00 move-ordered")
HELD = "10:05 clock-stopped party=customs"


def one(explained: Explained, stage: str, now: str, *sentences: str, **fields: Any) -> Chapter:
    (story,) = explained(told(*sentences, **fields), now).telling.stories
    (found,) = (c for c in story.chapters if c.finding.key.stage == stage)
    assert isinstance(found, Chapter)
    return found


# the limit on box-move is 30 minutes
@pytest.mark.parametrize(
    ("now", "more", "english", "chinese"),
    [
        ("18:00", ("10:30 move-ended",),
         "Met: it took 30 min; 30 min were allowed.",
         "达标:用时30分,限额30分。"),
        ("18:00", ("10:30:01 move-ended",),
         "Breached by 1 s: it took 30 min 1 s; 30 min were allowed.",
         "超时1秒:用时30分1秒,限额30分。"),
        ("18:00", (HELD, "10:25 clock-resumed", "10:45 move-ended"),
         "Excused: it took 45 min, of which others held 20 min, which leaves 25 min; "
         "30 min were allowed.",
         "免责:历时45分,其中他方停表20分,净用时25分,限额30分。"),
        ("18:00", (HELD, "10:25 clock-resumed", "11:00 move-ended"),
         "Breached by 10 min: it took 1 h, of which others held 20 min, which leaves 40 min; "
         "30 min were allowed.",
         "超时10分:历时1小时,其中他方停表20分,净用时40分,限额30分。"),
        ("10:12", (),
         "Open: by 03-02 10:12 it took 12 min; 30 min are allowed, until 03-02 10:30.",
         "进行中:至03-02 10:12用时12分,限额30分,截止时刻03-02 10:30。"),
        ("10:40", (HELD,),
         "Open: by 03-02 10:40 it took 40 min, of which others held 35 min, which leaves 5 min; "
         "30 min are allowed, and the clock stands still.",
         "进行中:至03-02 10:40历时40分,其中他方停表35分,净用时5分,限额30分;停表中,暂无截止时刻。"),
        ("11:00", (),
         "Breached by 30 min so far and still open: by 03-02 11:00 it took 1 h; "
         "the 30 min allowed ran out at 03-02 10:30.",
         "超时30分,仍未结束:至03-02 11:00用时1小时,限额30分已于03-02 10:30用尽。"),
    ],
    ids=["met", "breached", "excused", "breached-held", "open", "open-stopped", "breached-open"],
)  # fmt: skip
def test_the_sentence_of_a_verdict(
    now: str, more: tuple[str, ...], english: str, chinese: str, explained: Explained
) -> None:
    found = one(explained, "box-move", now, *MOVED, *more)
    assert ENGLISH.say(found.verdict) == english
    assert CHINESE.say(found.verdict) == chinese


# 11:00 o---12:00 (noon) 14:00---15:30 c   limit 2 working hours
def test_working_time_is_told_from_the_clock_on_the_wall(explained: Explained) -> None:
    visit = ("08:00 gated-in", "11:00 positioned", "15:30 inspection-started")
    found = one(explained, "inspection-wait", "18:00", *visit)
    assert (
        CHINESE.say(found.verdict) == "超时30分:用工作时间2小时30分(钟表时间4小时30分),限额2小时。"
    )
    assert ENGLISH.say(found.verdict) == (
        "Breached by 30 min: it took 2 h 30 min of working time (4 h 30 min by the clock); "
        "2 h were allowed."
    )


def test_holds_are_told_within_working_time(explained: Explained) -> None:
    held = ("11:30 clock-stopped party=consignee", "14:30 clock-resumed")
    visit = ("08:00 gated-in", "11:00 positioned", *held, "16:30 inspection-started")
    found = one(explained, "inspection-wait", "18:00", *visit)
    assert ENGLISH.say(found.verdict) == (
        "Breached by 30 min: it took 3 h 30 min of working time (5 h 30 min by the clock), "
        "of which others held 1 h, which leaves 2 h 30 min; 2 h were allowed."
    )
    assert CHINESE.say(found.verdict) == (
        "超时30分:历工作时间3小时30分(钟表时间5小时30分),其中他方停表1小时,净用时2小时30分,限额2小时。"
    )


@pytest.mark.parametrize(
    ("arrived", "english"),
    [("08:00", "Met: at least 4 h were wanted, and it took 4 h."),
     ("07:59", "Breached by 1 min: at least 4 h were wanted, and it took 3 h 59 min.")],
)  # fmt: skip
def test_a_notice_must_be_long_enough(arrived: str, english: str, explained: Explained) -> None:
    visit = ("04:00 manifest-declared", f"{arrived} arrived")
    found = one(explained, "manifest-notice", "18:00", *visit, journey_s=9 * 3600)
    assert ENGLISH.say(found.verdict) == english


@pytest.mark.parametrize(
    ("stage", "visit", "reason"),
    [
        ("restuffing", ("08:00 gated-in", "09:00 stuffing-started"),
         "no edition in force has a limit on it"),
        ("overall-clearance", ("08:00 arrived", "09:00 released"),
         "no limit in force covers such a unit"),
        ("inspection", ("08:00 gated-in", "09:00 inspection-started"),
         "it is listed, but no bound is published"),
        ("inspection-positioning", ("08:00 gated-in", "09:00 inspection-ordered"),
         "its limit counts from an appointment, and none was made"),
        ("unstuffing", ("08:00 gated-in", "09:00 unstuffing-started"),
         "its limit goes by size, and the size is not stated"),
    ],
)  # fmt: skip
def test_why_nothing_judges_is_part_of_the_sentence(
    stage: str, visit: tuple[str, ...], reason: str, explained: Explained
) -> None:
    found = one(explained, stage, "10:00", *visit)
    assert found.finding.verdict is Verdict.NO_LIMIT
    assert reason in ENGLISH.say(found.verdict)


def _tampered(chapter: Chapter, **changes: Any) -> Finding:
    return msgspec.structs.replace(chapter.finding, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"net_s": 1799},
        {"gross_s": 1801},
        {"verdict": Verdict.BREACHED},
        {"verdict": Verdict.EXCUSED},
        {"split": ((Party.TERMINAL, 1799),)},
        {"held": ((Party.CUSTOMS, 60),)},
    ],
    ids=str,
)
def test_a_verdict_that_its_arithmetic_does_not_bear_out_raises(
    changes: dict[str, Any], explained: Explained
) -> None:
    found = one(explained, "box-move", "18:00", *MOVED, "10:30 move-ended")
    with pytest.raises(Unexplained, match="box-move 1 is"):
        _explain(found, _tampered(found, **changes))


def test_an_open_verdict_is_checked_against_its_steps(explained: Explained) -> None:
    found = one(explained, "box-move", "11:00", *MOVED)
    with pytest.raises(Unexplained, match="its numbers say breached"):
        _explain(found, _tampered(found, verdict=Verdict.OPEN))


def _explain(chapter: Chapter, finding: Finding) -> None:
    total: Sum = chapter.sum
    explained(finding, total, chapter.until, True)
