"""Telling: every outcome of the judge has one sentence, and its numbers make the verdict."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.codec import canonical
from events.envelope import Event
from events.outcomes import Outcome
from events.testing import MORNING, box, event, told, wire
from events.vocabulary import UnitType, Verdict
from timing.announce import outcome
from timing.engine import watermark_of
from timing.judge import judge
from timing.rules import Rules
from timing.story.acts import Deed
from timing.story.chapters import Chapter
from timing.story.chinese import CHINESE
from timing.story.english import ENGLISH
from timing.story.telling import Telling
from timing.story.words import Language

Explained = Callable[..., Any]
Reading = Callable[[str, Language], list[Any]]
LANGUAGES = (ENGLISH, CHINESE)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def chapters(telling: Telling) -> list[Chapter]:
    return [chapter for story in telling.stories for chapter in story.chapters]


def deeds(telling: Telling) -> dict[str, list[Deed]]:
    lines = [line for story in telling.stories for line in story.lines] + list(telling.waiting)
    return {line.report.event_id: [act.deed for act in line.acts] for line in lines}


def by_the_numbers(numbers: dict[str, int], keys: tuple[str, ...]) -> Verdict:
    """The verdict that a reader with a pencil comes to."""
    net_s, limit_s = numbers["net_s"], numbers.get("limit_s")
    if limit_s is None:
        return Verdict.NO_LIMIT
    if keys[0].endswith("-ahead"):
        return (
            Verdict.OPEN
            if keys[0] == "open-ahead"
            else (Verdict.MET if net_s >= limit_s else Verdict.BREACHED)
        )
    if net_s > limit_s:
        assert numbers["over_s"] == net_s - limit_s
        return Verdict.BREACHED
    if keys[0].startswith("open"):
        return Verdict.OPEN
    return Verdict.EXCUSED if numbers.get("worked_s", net_s) > limit_s else Verdict.MET


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_every_outcome_has_one_sentence_whose_numbers_make_its_verdict(
    data: st.DataObject, any_visit: st.SearchStrategy[list[Event]], all_kinds: Rules,
    explained: Explained, reading: Reading,
) -> None:  # fmt: skip
    events = data.draw(any_visit)
    now = MORNING + timedelta(minutes=data.draw(st.integers(0, 5 * 24 * 60)))
    found = judge(wire(*events), all_kinds, now)
    local = now + timedelta(hours=8, seconds=-all_kinds.patience.allowed_lateness_s)
    day = (local.date() - MORNING.date()).days
    told_of = explained(events, f"day+{day} {local:%H:%M:%S}")
    assert told_of.watermark == watermark_of(now, all_kinds)
    unit = event("gated-in", MORNING).unit
    ours = [(outcome(unit, c.finding), c) for c in chapters(told_of.telling)]
    assert sorted(canonical(o) for o, _ in ours) == found.lines()
    for one, chapter in ours:
        for language in LANGUAGES:
            _bears_out(one, chapter, language, reading)


def _bears_out(one: Outcome, chapter: Chapter, language: Language, reading: Reading) -> None:
    text = language.say(chapter.verdict)
    assert text.lower().startswith(language.verdicts[one.verdict])
    (read,) = reading(text, language)
    assert by_the_numbers(read.numbers, read.keys) is one.verdict
    numbers = read.numbers
    worked_s = numbers.get("worked_s", numbers["net_s"])
    assert worked_s - numbers.get("held_s", 0) == numbers["net_s"]
    assert numbers.get("limit_s") == (one.limit.limit_s if one.limit else None)
    counted = [s.end - s.start for s in chapter.sum.steps if s.counts]
    assert sum(counted) == numbers["net_s"]
    if one.closed_at is not None:
        assert (numbers.get("gross_s", worked_s), numbers["net_s"]) == (one.gross_s, one.net_s)
        assert sum(s.end - s.start for s in chapter.sum.steps) == one.gross_s
        assert sum(one.split_s.values()) == one.gross_s


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_every_event_is_told_once_and_did_something(
    data: st.DataObject, any_visit: st.SearchStrategy[list[Event]], explained: Explained
) -> None:
    events = data.draw(any_visit)
    telling = explained(events, "day+5 12:00").telling
    lines = [line for story in telling.stories for line in story.lines] + list(telling.waiting)
    own = [line for line in lines if line.report.kind not in ("suspension-declared",
                                                               "suspension-lifted")]  # fmt: skip
    ours = {e.identity for e in events if e.unit.type is not UnitType.PLACE}
    assert sorted(line.report.identity for line in own) == sorted(ours)
    assert all(line.acts for line in lines)
    for line in lines:
        for act in line.acts:
            assert all(language.say(act.sentence) for language in LANGUAGES)


# 10:00 o----------10:35 c   limit 30 min
def test_an_ordinary_visit_is_told_in_order(explained: Explained) -> None:
    telling = explained(
        told("08:00 discharged", "10:00 move-ordered", "10:10 move-started", "10:35 move-ended",
             "12:00 gated-out"), "13:00",
    ).telling  # fmt: skip
    assert deeds(telling)["e1"][0] is Deed.OPENED_VISIT
    assert deeds(telling)["e2"] == [Deed.OPENED]
    assert deeds(telling)["e3"] == [Deed.WORKED]
    assert deeds(telling)["e4"] == [Deed.CLOSED]
    assert deeds(telling)["e5"][-1] is Deed.CLOSED_VISIT


def test_corrections_and_repetitions_are_told_beside_what_they_correct(
    explained: Explained,
) -> None:
    visit = told("08:00 discharged", "10:00 move-ordered", "10:20 move-ended", "10:25 move-ended")
    visit[3] = visit[3].model_copy(update={"supersedes": "e3"})
    never = told("11:00 move-ordered", "11:30 gated-in", ids="x")
    never[1] = never[1].model_copy(update={"retracts": "x1"})
    found = deeds(explained([*visit, *never, visit[1]], "13:00").telling)
    assert found["e2"] == [Deed.OPENED, Deed.REPEATED]
    assert found["e3"] == [Deed.WAS_REPLACED]
    assert found["e4"] == [Deed.CLOSED, Deed.REPLACED]
    assert (found["x1"], found["x2"]) == ([Deed.WAS_TAKEN_BACK], [Deed.TOOK_BACK])


def test_what_waits_for_a_visit_is_told_without_one(explained: Explained) -> None:
    telling = explained(told("08:00 truck-arrived", "09:00 inspection-ordered"), "13:00").telling
    assert telling.stories == ()
    assert [line.acts[0].deed for line in telling.waiting] == [Deed.WAITS, Deed.WAITS]


def test_a_suspension_is_told_in_the_visit_it_touches(explained: Explained) -> None:
    typhoon = event("suspension-declared", "10:10", unit=_port(), event_id="s1", source="port")
    visit = told("08:00 discharged", "10:00 move-ordered", "12:00 move-ended", "13:00 gated-out")
    story = explained([*visit, typhoon], "14:00").telling.stories[0]
    line = next(line for line in story.lines if line.report.event_id == "s1")
    stopped = [act for act in line.acts if act.deed is Deed.STOPPED]
    assert "box-move#1" in stopped[0].stages
    assert line.stands


def _port() -> Any:
    return told("08:00 gated-in")[0].unit.model_copy(update={"type": UnitType.PLACE, "id": "CNLYG"})


def test_each_visit_has_its_own_events_and_stages(explained: Explained) -> None:
    first = told("08:00 gated-in", "09:00 gated-out", ids="a")
    second = told("day+20 08:00 gated-in", "day+20 09:00 move-ordered", ids="b")
    telling = explained([*first, *second], "day+20 10:00").telling
    assert [[line.report.event_id for line in story.lines] for story in telling.stories] == [
        ["a1", "a2"], ["b1", "b2"],
    ]  # fmt: skip
    assert [c.finding.key.stage for c in telling.stories[1].chapters] == ["box-move"]


@pytest.mark.parametrize("n", [0, 1])
def test_the_telling_depends_on_no_order(n: int, explained: Explained) -> None:
    visit = told("08:00 discharged", "10:00 move-ordered", "10:35 move-ended", unit=box())
    shuffled = [visit[(i + n) % 3] for i in (2, 0, 1)]
    assert explained(visit, "13:00").telling == explained(shuffled, "13:00").telling
