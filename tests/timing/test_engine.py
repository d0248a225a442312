"""The verbs: observe, elapse, declare, reconsider, next_deadline.

Each test plays one unit's morning, step by step.
"""

from collections.abc import Callable
from typing import Any

import pytest

from events.envelope import Event
from events.outcomes import Outcome
from events.testing import PORT, SOURCE, at, box, event, suspension, told
from events.vocabulary import Cause, Fate, Verdict
from timing.engine import (
    Novelty,
    Rules,
    Step,
    closures_of,
    declare,
    elapse,
    next_deadline,
    observe,
    reconsider,
    unit_key,
    watermark_of,
)
from timing.findings import Finding, Key
from timing.history import History
from timing.suspensions import Closures

MOVED = ("08:00 gated-in", "10:00 move-ordered", "10:20 move-ended")
VISIT = f"{PORT}/{box()}/20260302T000000Z"


@pytest.fixture
def half_an_hour(rules: Callable[..., Rules]) -> Rules:
    return rules("box-move PT30M")


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def play(events: list[Event], rules: Rules, now: str | None = None) -> Step:
    """The step of the last event, all heard at one watermark."""
    watermark = epoch(now) if now else 0
    step = Step(None)
    for each in events:
        step = observe(step.history, each, rules, watermark)
    return step


def history(step: Step) -> History:
    assert step.history is not None
    return step.history


def of(stage: str, step: Step) -> list[Outcome]:
    return [outcome for outcome in step.outcomes if outcome.stage == stage]


def test_a_stage_is_published_when_it_opens_and_when_it_closes(half_an_hour: Rules) -> None:
    (opened,) = of("box-move", play(told(*MOVED[:2]), half_an_hour))
    (closed,) = of("box-move", play(told(*MOVED), half_an_hour))
    assert (opened.verdict, closed.verdict) == (Verdict.OPEN, Verdict.MET)
    assert closed.revision > opened.revision


def test_a_duplicate_changes_nothing_and_says_nothing(half_an_hour: Rules) -> None:
    once = play(told(*MOVED), half_an_hour)
    again = observe(once.history, told(*MOVED)[1], half_an_hour, 0)
    assert again == Step(once.history, novelty=Novelty.DUPLICATE)


def test_an_event_is_told_its_visit(half_an_hour: Rules) -> None:
    (fate,) = play(told(*MOVED), half_an_hour).fates
    assert (fate.event_id, fate.fate, fate.visit_id) == ("e3", Fate.JUDGED, VISIT)


def test_an_event_without_a_visit_is_kept_until_there_is_one(half_an_hour: Rules) -> None:
    waiting = play(told("07:00 declared"), half_an_hour)
    assert [(f.fate, f.visit_id) for f in waiting.fates] == [(Fate.KEPT, None)]
    opened = observe(waiting.history, event("gated-in", "08:00"), half_an_hour, 0)
    assert {f.visit_id for f in opened.fates} == {VISIT}
    assert len(opened.fates) == 2


def test_the_same_identity_with_later_content_is_a_correction(half_an_hour: Rules) -> None:
    # recorded 10:20: ended 10:20 (met)   recorded 10:50: ended 10:45 (breached)
    later = event("move-ended", "10:45", event_id="e3", recorded_at=at("10:50"))
    step = observe(play(told(*MOVED), half_an_hour).history, later, half_an_hour, 0)
    assert step.novelty is Novelty.CORRECTION
    assert [o.verdict for o in of("box-move", step)] == [Verdict.BREACHED]


def test_and_with_earlier_content_it_changes_only_the_account(half_an_hour: Rules) -> None:
    late = event("move-ended", "10:45", event_id="e3", recorded_at=at("10:10"))
    step = observe(play(told(*MOVED), half_an_hour).history, late, half_an_hour, 0)
    assert step.novelty is Novelty.CORRECTION
    assert [o.verdict for o in of("box-move", step)] == [Verdict.MET]


def test_a_version_heard_before_is_a_duplicate_even_if_another_stands(half_an_hour: Rules) -> None:
    later = event("move-ended", "10:45", event_id="e3", recorded_at=at("10:50"))
    step = play([*told(*MOVED), later, told(*MOVED)[2]], half_an_hour)
    assert step.novelty is Novelty.DUPLICATE


@pytest.mark.parametrize("verb", ["supersedes", "retracts"])
def test_a_correction_is_counted_as_one(verb: str, half_an_hour: Rules) -> None:
    step = play(told(*MOVED, f"11:00 move-ended {verb}=e3"), half_an_hour)
    assert step.novelty is Novelty.CORRECTION


def test_a_correction_may_come_before_what_it_corrects(half_an_hour: Rules) -> None:
    events = told(*MOVED, "10:40 move-ended supersedes=e3")
    straight = play(events, half_an_hour)
    reversed_ = play(list(reversed(events)), half_an_hour)
    assert judged(straight, half_an_hour) == judged(reversed_, half_an_hour)


def test_a_stage_whose_opener_is_retracted_is_published_as_void(half_an_hour: Rules) -> None:
    before = play(told(*MOVED), half_an_hour)
    step = observe(
        before.history, event("move-ordered", "10:00", event_id="r", retracts="e2"), half_an_hour, 0
    )
    (void,) = of("box-move", step)
    assert void.verdict is Verdict.VOID
    assert void.revision > of("box-move", before)[0].revision


def test_a_retracted_retraction_brings_the_stage_back(half_an_hour: Rules) -> None:
    step = play(
        told(*MOVED, "11:00 move-ordered retracts=e2", "11:05 move-ordered retracts=e4"),
        half_an_hour,
    )
    (back,) = of("box-move", step)
    assert (back.verdict, back.net_s) == (Verdict.MET, 1200)


def test_a_late_opener_moves_the_visit_and_voids_the_old_one(half_an_hour: Rules) -> None:
    # heard first:        |08:00 gated in ----
    # heard later: |07:00 arrived ------------
    before = play(told(*MOVED), half_an_hour)
    step = observe(before.history, event("arrived", "07:00"), half_an_hour, 0)
    moved = of("box-move", step)
    assert {(o.visit_id, o.verdict) for o in moved} == {
        (f"{PORT}/{box()}/20260301T230000Z", Verdict.MET),
        (VISIT, Verdict.VOID),
    }
    assert len(step.fates) == 4


def test_superseding_changes_exactly_the_stage_it_speaks_of(half_an_hour: Rules) -> None:
    story = told(
        *MOVED, "11:00 inspection-ordered", "11:20 positioned", "12:00 truck-arrived",
        "12:30 gated-out",
    )  # fmt: skip
    corrected = event("positioned", "11:25", event_id="c", supersedes="e5")
    step = observe(play(story, half_an_hour).history, corrected, half_an_hour, 0)
    assert {o.stage for o in step.outcomes} == {"inspection-positioning", "inspection-wait"}


# allowed lateness 2 min: a tick of 10:32 proves that nothing happened until 10:30
def test_a_tick_proves_the_time_before_the_allowed_lateness(half_an_hour: Rules) -> None:
    assert watermark_of(at("10:32"), half_an_hour) == epoch("10:30")


def test_time_alone_warns_then_breaks_the_limit(half_an_hour: Rules) -> None:
    step = play(told(*MOVED[:2]), half_an_hour, "10:00")
    told_people, verdicts = [], []
    while (due := next_deadline(history(step), half_an_hour)) and due <= epoch("12:00"):
        step = elapse(history(step), due, half_an_hour)
        told_people += [(a.state, a.raised_at) for a in step.alerts]
        verdicts += [(o.verdict, o.decided_at) for o in step.outcomes]
    assert told_people == [("at-risk", at("10:24")), ("breached", at("10:30"))]
    assert verdicts == [(Verdict.BREACHED, at("10:30"))]


def test_a_second_before_it_is_due_nothing_happens(half_an_hour: Rules) -> None:
    waiting = history(play(told(*MOVED[:2]), half_an_hour, "10:00"))
    due = next_deadline(waiting, half_an_hour)
    assert due == epoch("10:24")
    step = elapse(waiting, due - 1, half_an_hour)
    assert (step.outcomes, step.alerts, step.fates) == ((), (), ())


def test_a_closer_on_time_that_comes_late_takes_the_breach_back(half_an_hour: Rules) -> None:
    # 10:30:01 breached by the timer; 10:29 the end, heard at 11:00
    broken = play(told(*MOVED[:2]), half_an_hour, "11:00")
    assert [o.verdict for o in of("box-move", broken)] == [Verdict.BREACHED]
    step = observe(broken.history, event("move-ended", "10:29"), half_an_hour, epoch("11:00"))
    assert [o.verdict for o in of("box-move", step)] == [Verdict.MET]
    assert [a.state for a in step.alerts] == ["retracted"]


STAY = ("08:00 gated-in", "12:00 gated-out")


def forget(rules: Rules) -> Step:
    return elapse(history(play(told(*STAY), rules)), epoch("day+7 12:00:01"), rules)


def test_forgetting_removes_the_row_and_takes_nothing_back(half_an_hour: Rules) -> None:
    step = forget(half_an_hour)
    assert step.history is None
    assert step.outcomes == ()


@pytest.mark.parametrize("kind", ["move-ended", "gated-in"])
def test_what_belongs_to_a_forgotten_visit_is_too_late(kind: str, half_an_hour: Rules) -> None:
    late = event(kind, "11:00", event_id="late")
    step = observe(None, late, half_an_hour, epoch("day+7 12:00:01"))
    assert (step.history, step.outcomes, step.novelty) == (None, (), Novelty.LATE)
    assert [f.fate for f in step.fates] == [Fate.KEPT]


def test_it_is_too_late_even_if_the_next_stay_was_announced_since(half_an_hour: Rules) -> None:
    # |08:00--#12:00 ...... forgotten ... day+8 declared ... and then 11:00 of the first day again
    now = epoch("day+9 08:00")
    announced = observe(None, event("declared", "day+8 09:00"), half_an_hour, now)
    step = observe(announced.history, event("gated-in", "08:00"), half_an_hour, now)
    assert step.novelty is Novelty.LATE
    assert step.history is announced.history


def test_it_is_too_late_while_another_visit_is_remembered(half_an_hour: Rules) -> None:
    now = epoch("day+7 12:00:01")
    both = play(told(*STAY, "day+2 08:00 gated-in"), half_an_hour)
    rest = history(elapse(history(both), now, half_an_hour))
    assert [report.event_id for report in rest.reports] == ["e3"]
    step = observe(rest, event("move-ended", "12:00"), half_an_hour, now)
    assert step.novelty is Novelty.LATE


def test_an_event_within_the_week_can_still_open_a_history(half_an_hour: Rules) -> None:
    step = observe(None, event("gated-in", "08:00"), half_an_hour, epoch("day+7 08:00"))
    assert step.novelty is Novelty.NEW
    assert step.history is not None


def test_another_register_judges_again_and_says_so(rules: Callable[..., Rules]) -> None:
    before = history(play(told(*MOVED), rules("box-move PT30M")))
    step = elapse(before, 0, rules("box-move PT10M"))
    assert [o.verdict for o in of("box-move", step)] == [Verdict.BREACHED]


def test_the_key_of_the_state_is_the_port_and_the_unit() -> None:
    assert unit_key(event("arrived", "08:00")) == f"{PORT}/{box()}"


def test_what_a_sender_adds_to_a_unit_is_not_published(half_an_hour: Rules) -> None:
    plain: dict[str, Any] = {"type": "container", "id": box()}
    adorned = event("gated-in", "08:00").unit.model_validate({**plain, "nickname": "lucky"})
    step = play(told("08:00 gated-in", "10:00 move-ordered", unit=adorned), half_an_hour)
    (opened,) = of("box-move", step)
    assert opened.unit.model_dump(mode="json") == plain
    assert step.fates[0].unit.model_dump(mode="json") == plain


def judged(step: Step, rules: Rules) -> dict[Key, Finding]:
    return history(step).findings(rules).by_key


def resting(*declared: Event) -> Closures:
    """The closures under which work rests as declared."""
    place: History | None = None
    for each in declared:
        place = declare(place, each, Rules(), 0).history
    assert place is not None
    return closures_of([place])


def test_what_is_said_of_a_place_is_declared_and_revises_no_unit(half_an_hour: Rules) -> None:
    (said,) = suspension("10:00")
    step = declare(None, said, half_an_hour, 0)
    assert (step.outcomes, step.alerts, step.novelty) == ((), (), Novelty.NEW)
    assert [(f.event_id, f.fate, f.visit_id) for f in step.fates] == [("s1", Fate.JUDGED, None)]
    assert history(step).key == f"{PORT}/{PORT}"


def test_a_declaration_heard_twice_changes_nothing(half_an_hour: Rules) -> None:
    (said,) = suspension("10:00")
    once = declare(None, said, half_an_hour, 0)
    again = declare(once.history, said, half_an_hour, 0)
    assert again == Step(once.history, novelty=Novelty.DUPLICATE)


@pytest.mark.parametrize("more", [{"event_id": "s9", "retracts": "s1"}, {"reason": "x"}])
def test_a_declaration_put_right_is_a_correction(more: dict[str, Any], half_an_hour: Rules) -> None:
    (said,) = suspension("10:00")
    later = said.model_copy(update={"recorded_at": at("11:00"), "occurred_at": at("10:30"), **more})
    once = declare(None, said, half_an_hour, 0)
    assert declare(once.history, later, half_an_hour, 0).novelty is Novelty.CORRECTION


def test_a_unit_is_judged_again_when_its_port_rested(half_an_hour: Rules) -> None:
    # 10:00 o----[10:10 typhoon 10:30]----c 10:45: 45 minutes, 25 without the typhoon
    before = play(told(*MOVED[:2], "10:45 move-ended"), half_an_hour)
    after = half_an_hour.under(resting(*suspension("10:10", "10:30")))
    step = reconsider(history(before), half_an_hour, after, 0, f"{SOURCE}/s2")
    (found,) = of("box-move", step)
    assert (found.verdict, found.net_s) == (Verdict.EXCUSED, 1500)
    assert found.split_s == {"terminal": 1500, "force-majeure": 1200}
    assert [alert.state for alert in step.alerts] == ["retracted"]
    assert step.fates == ()


def test_only_what_it_touches_is_said_again(half_an_hour: Rules) -> None:
    story = told(
        *MOVED, "11:00 inspection-ordered", "11:20 positioned", "11:30 truck-arrived"
    )  # fmt: skip
    before = play(story, half_an_hour)
    after = half_an_hour.under(resting(*suspension("11:10", "11:15")))
    step = reconsider(history(before), half_an_hour, after, 0, f"{SOURCE}/s2")
    assert {o.stage for o in step.outcomes} == {"inspection-positioning"}


@pytest.mark.parametrize(
    "rest",
    [
        suspension("11:10", place="CNSHA", port="CNSHA"),
        suspension("11:10", place="LPT2"),
        suspension("06:00", "07:00"),
    ],
    ids=["another port", "another facility", "over before"],
)
def test_what_it_does_not_touch_is_the_very_same_history(
    rest: list[Event], half_an_hour: Rules
) -> None:
    before = history(play(told(*MOVED), half_an_hour, "10:20"))
    under = half_an_hour.under(resting(*rest))
    step = reconsider(before, half_an_hour, under, epoch("10:25"), "x/y")
    assert step.history is before
    assert (step.outcomes, step.alerts, step.fates) == ((), (), ())


def test_a_place_that_rests_has_no_deadlines(half_an_hour: Rules) -> None:
    before = history(play(told(*MOVED[:2]), half_an_hour, "10:00"))
    after = half_an_hour.under(resting(*suspension("10:10")))
    step = reconsider(before, half_an_hour, after, epoch("10:10"), f"{SOURCE}/s1")
    (found,) = of("box-move", step)
    assert (found.verdict, found.deadline_at) == (Verdict.OPEN, None)
    assert next_deadline(history(step), after) == epoch("day+180 10:00:01")


def test_each_revision_says_what_brought_it_about(
    half_an_hour: Rules, rules: Callable[..., Rules]
) -> None:
    event_step = play(told(*MOVED[:2]), half_an_hour, "10:00")
    time_step = elapse(history(event_step), epoch("10:31"), half_an_hour)
    rests = half_an_hour.under(resting(*suspension("10:10")))
    rest_step = reconsider(history(time_step), half_an_hour, rests, 0, f"{SOURCE}/s1")
    longer = rules("box-move PT40M").under(rests.closures)
    edition_step = elapse(history(rest_step), 0, longer)
    steps = (event_step, time_step, rest_step, edition_step)
    causes = [(o.cause.what, o.cause.id) for s in steps for o in of("box-move", s) if o.cause]
    assert causes == [
        ("event", f"{SOURCE}/e2"), ("time", None), ("suspension", f"{SOURCE}/s1"),
        ("edition", "test/undated"),
    ]  # fmt: skip


def test_a_register_that_never_judged_brings_no_cause(half_an_hour: Rules) -> None:
    # a history gathered but never judged: what it amounts to is brought by the event
    bare = History.of(f"{PORT}/{box()}", event("arrived", "08:00").unit)
    step = observe(bare, event("gated-in", "08:00", event_id="a"), half_an_hour, 0)
    assert step.cause == (Cause.EVENT, f"{SOURCE}/a")
