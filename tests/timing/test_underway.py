"""What is under way: opened, gone on with and ended in a few numbers, told when it is asked for."""

from collections.abc import Callable
from copy import copy
from typing import Any

import pytest

from events.envelope import Event
from events.testing import at, event, suspension, told
from events.vocabulary import Kind
from timing.brief import Detour
from timing.engine import Rules, closures_of, declare, observe
from timing.findings import Level
from timing.history import History, written
from timing.limits import Edition, Register
from timing.observation import Observation, observation_of
from timing.passage import Passage, entered
from timing.roles import NUMBER, NUMBER_OF_KIND
from timing.running import NOWHERE, ODD, SIZE, all_of, unpack_from
from timing.stages import STAGES
from timing.underway import ASKED_OF, Acts, odd

KNOWN: dict[str, Any] = {"cargo": {"size_type": "22G1", "laden": True, "category": "general"}}
MOVE = next(NUMBER[stage] for stage in STAGES if stage.id == "box-move")
TURN = next(NUMBER[stage] for stage in STAGES if stage.id == "truck-turn")
ORDERED, STARTED, ENDED = (
    NUMBER_OF_KIND[kind] for kind in (Kind.MOVE_ORDERED, Kind.MOVE_STARTED, Kind.MOVE_ENDED)
)


@pytest.fixture
def half_an_hour(rules: Callable[..., Rules]) -> Rules:
    return rules("box-move PT30M")


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def visit(rules: Rules, *sentences: str, watermark: int = 0) -> Passage:
    """A visit told so, before the next report goes through it."""
    history: History | None = None
    for each in told("08:00 gated-in", *sentences, **KNOWN):
        history = observe(history, each, rules, watermark).history
    assert history is not None
    assert history.live is not None
    return entered(history, history.live, rules, watermark)


def hear(passage: Passage, kind: str, when: str) -> Observation:
    """A report comes in, and nothing is made of it yet."""
    report = observation_of(event(kind, when, event_id="next", **KNOWN))
    passage.hear(report, len(passage.body))
    passage.body += written(report)
    return report


def made(passage: Passage) -> Acts:
    """What happened so far; more may happen to the passage itself."""
    return copy(passage)


def test_what_is_opened_is_written_and_told(half_an_hour: Rules) -> None:
    passage = visit(half_an_hour)
    offset = len(passage.body)
    hear(passage, "move-ordered", "10:00")
    passage.open(MOVE, ORDERED)
    due_at = epoch("10:24")
    assert list(all_of(passage.running)) == [
        (MOVE, 1, epoch("10:00"), due_at, 0, ORDERED, offset, NOWHERE)
    ]
    assert (passage.soonest, passage.place_of(MOVE)) == (due_at, 0)
    (change,) = made(passage)
    assert (change.finding.verdict, change.finding.deadline_at) == ("open", epoch("10:30"))
    assert (change.was, change.gone, change.told) == (Level.CALM, False, False)


def test_what_goes_on_keeps_both_its_reports(half_an_hour: Rules) -> None:
    passage = visit(half_an_hour, "10:00 move-ordered")
    _, _, start, due_at, _, _, first, _ = unpack_from(passage.running, passage.place_of(MOVE))
    hear(passage, "move-started", "10:10")
    passage.go_on(passage.place_of(MOVE), STARTED)
    now = unpack_from(passage.running, passage.place_of(MOVE))
    assert now == (MOVE, 1, start, due_at, 0, STARTED, first, passage.offset)
    (change,) = made(passage)
    assert [r.event_id for r in change.finding.occurrence.reports] == ["e2", "next"]


def test_a_third_report_of_what_goes_on_is_refused(half_an_hour: Rules) -> None:
    passage = visit(half_an_hour, "10:00 move-ordered", "10:10 move-started")
    hear(passage, "move-ordered", "10:20")
    with pytest.raises(Detour):
        passage.go_on(passage.place_of(MOVE), ORDERED)


def test_what_goes_on_too_late_is_judged_by_when_it_does(half_an_hour: Rules) -> None:
    passage = visit(half_an_hour, "10:00 move-ordered")
    hear(passage, "move-started", "10:26")
    passage.go_on(passage.place_of(MOVE), STARTED)
    assert unpack_from(passage.running)[3:5] == (epoch("10:30:01"), Level.AT_RISK)
    assert passage.soonest == epoch("10:30:01")


def test_what_ends_is_under_way_no_longer(half_an_hour: Rules) -> None:
    passage = visit(half_an_hour, "10:00 move-ordered", "10:05 move-started")
    hear(passage, "move-ended", "10:40")
    passage.close(passage.place_of(MOVE), ())
    assert passage.place_of(MOVE) < 0
    assert passage.done.count(MOVE) == 1
    (change,) = made(passage)
    assert (change.finding.verdict, change.finding.gross_s) == ("breached", 2400)
    assert [r.event_id for r in change.finding.occurrence.reports] == ["e2", "e3", "next"]


def test_once_it_has_ended_the_next_is_another(half_an_hour: Rules) -> None:
    passage = visit(half_an_hour, "09:00 move-ordered", "09:10 move-ended")
    hear(passage, "move-ordered", "10:00")
    passage.open(MOVE, ORDERED)
    assert unpack_from(passage.running)[1] == 2


def test_an_end_by_inference_is_refused_where_a_limit_may_lapse(half_an_hour: Rules) -> None:
    passage = visit(half_an_hour, "10:00 move-ordered")
    hear(passage, "gated-out", "10:40")
    with pytest.raises(Detour):
        passage.close(passage.place_of(MOVE), ("inferred-close",))
    free = visit(Rules(Register(())), "10:00 move-ordered")
    hear(free, "gated-out", "10:40")
    free.close(free.place_of(MOVE), ("inferred-close",))
    assert [change.finding.flags for change in made(free)] == [("inferred-close",)]


@pytest.mark.parametrize(
    ("now", "level", "told_only"),
    [("10:24", Level.AT_RISK, True), ("10:31", Level.BREACHED, False)],
)
def test_time_makes_it_urgent(now: str, level: Level, told_only: bool, half_an_hour: Rules) -> None:
    passage = visit(half_an_hour, "10:00 move-ordered")
    passage.watermark = epoch(now)
    passage.look_at(passage.place_of(MOVE), waited=True)
    (change,) = made(passage)
    assert (change.finding.level, change.told) == (level, told_only)


def test_to_be_shown_is_told_in_full_even_at_risk(half_an_hour: Rules) -> None:
    passage = visit(half_an_hour, "10:00 move-ordered")
    passage.watermark = epoch("10:24")
    passage.look_at(passage.place_of(MOVE), waited=False)
    assert [change.told for change in made(passage)] == [False]


def test_what_nothing_has_shown_is_written_and_not_told(half_an_hour: Rules) -> None:
    passage = visit(half_an_hour)
    hear(passage, "truck-arrived", "10:00")
    passage.open(TURN, NUMBER_OF_KIND[Kind.TRUCK_ARRIVED])
    assert passage.place_of(TURN) == 0
    assert list(made(passage)) == []
    hear(passage, "move-ended", "10:30")
    passage.close(0, ())
    assert (list(made(passage)), len(passage.running)) == ([], 0)


def odd_rules(edition: Callable[..., Edition]) -> Rules:
    """Moving a box is judged by two limits at once."""
    half = {"stage": "box-move", "kind": "duration", "within": "PT30M"}
    return Rules(Register((edition(limit=[{**half, "id": "a"}, {**half, "id": "b"}]),)))


def test_what_is_odd_is_refused(edition: Callable[..., Edition], half_an_hour: Rules) -> None:
    two = odd_rules(edition)
    passage = visit(two, "10:00 move-ordered")
    assert unpack_from(passage.running)[4] & ODD
    hear(passage, "move-ended", "10:20")
    with pytest.raises(Detour):
        passage.close(0, ())
    stage, start = STAGES[MOVE], epoch("10:00")
    assert odd(passage, stage, start, None) == ODD
    assert odd(visit(half_an_hour), stage, start, None) == 0


def resting(rules: Rules, *declared: Event) -> Rules:
    place: History | None = None
    for each in declared:
        place = declare(place, each, rules, 0).history
    assert place is not None
    return rules.under(closures_of([place]))


RESTS = {
    "while it was under way": (suspension("10:05", "10:10"), True),
    "and still does": (suspension("09:00"), True),
    "before it began": (suspension("09:00", "10:00"), False),
    "for another stage": (suspension("10:05", "10:10", scope={"stages": ["pickup"]}), False),
    "in another port": (suspension("10:05", place="CNSHA", port="CNSHA"), False),
}


@pytest.mark.parametrize(("rest", "touched"), RESTS.values(), ids=RESTS.keys())
def test_what_stood_still_is_refused(rest: list[Event], touched: bool, half_an_hour: Rules) -> None:
    passage = visit(resting(half_an_hour, *rest), "10:00 move-ordered")
    hear(passage, "move-ended", "10:20")
    assert passage.stood_still(epoch("10:00"), frozenset({"box-move"})) is touched
    if touched:
        with pytest.raises(Detour):
            passage.close(passage.place_of(MOVE), ())
    else:
        passage.close(passage.place_of(MOVE), ())
        assert len(passage.acts) == 1


def test_where_all_answer_whatever_rests_of_the_clearance_bears_upon_it() -> None:
    by_id = {stage.id: asked for stage, asked in zip(STAGES, ASKED_OF, strict=True)}
    assert by_id["box-move"] == {"box-move"}
    assert by_id["overall-clearance"] >= {"overall-clearance", "customs-clearance", "unloading"}


def test_the_changes_are_made_once_and_counted_without(half_an_hour: Rules) -> None:
    passage = visit(half_an_hour)
    hear(passage, "move-ordered", "10:00")
    passage.open(MOVE, ORDERED)
    acts = made(passage)
    assert (len(acts), acts.made) == (1, None)
    (once,), (again,) = acts, acts
    assert once is again


def test_what_is_dropped_leaves_the_others_where_they_can_be_found(half_an_hour: Rules) -> None:
    passage = visit(half_an_hour, "09:00 lab-sampled", "10:00 move-ordered", "10:10 tally-ended")
    before = list(all_of(passage.running))
    passage.drop(passage.place_of(MOVE))
    assert list(all_of(passage.running)) == [one for one in before if one[0] != MOVE]
    assert len(passage.running) == (len(before) - 1) * SIZE
