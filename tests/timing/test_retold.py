"""Retold: which reports are judged by telling a plain visit twice, and what that comes to.

That it is what the long road comes to is a property (`tests/properties/laws/roads.py`).
"""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from events.envelope import Event
from events.outcomes import Outcome
from events.testing import at, told
from timing.engine import Rules, Step, observe
from timing.history import History
from timing.instants import NEVER
from timing.limits import Register
from timing.observation import observation_of
from timing.retold import retold
from timing.roles import DETOURS
from timing.running import WAITING, Live
from timing.step import Novelty

KNOWN: dict[str, Any] = {
    "cargo": {"size_type": "22G1", "laden": True, "category": "general", "weight_kg": 900},
    "journey_s": 7200,
}
NOTHING = Rules(Register(()))
WORKED = (
    "08:00 arrived", "09:00 discharged", "10:00 transfer-ordered", "10:20 transfer-ended",
    "11:00 declaration-accepted",
)  # fmt: skip


@pytest.fixture
def promised(rules: Callable[..., Rules]) -> Rules:
    return rules("in-yard-transfer PT30M", "unloading PT2H", "pickup PT30M")


def after(events: list[Event], rules: Rules, watermark: int = 0) -> History:
    history: History | None = None
    for each in events:
        history = observe(history, each, rules, watermark).history
    assert history is not None
    return history


def last_of(
    *sentences: str, rules: Rules = NOTHING, watermark: int = 0, **fields: Any
) -> Step | None:
    """The step of the last of the sentences after the others, by this road."""
    *before, last = told(*sentences, **{**KNOWN, **fields})
    history = after(before, rules, watermark)
    return retold(history, observation_of(last), rules, watermark, Novelty.NEW)


def outcomes(step: Step | None) -> dict[str, Outcome]:
    """What was published, by stage."""
    assert step is not None
    return {o.stage: o for o in step.outcomes}


def kept(step: Step | None) -> Live:
    """What is left of the visit in short."""
    assert step is not None
    assert step.history is not None
    assert step.history.live is not None
    return step.history.live


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def said(step: Step | None) -> dict[str, tuple[str, int | None, int]]:
    """What was published, by stage: verdict, gross time, revision."""
    assert step is not None
    return {o.stage: (o.verdict, o.gross_s, o.revision) for o in step.outcomes}


def test_a_start_that_comes_late_is_put_between_order_and_end(promised: Rules) -> None:
    step = last_of(*WORKED, "10:05 transfer-started", rules=promised)
    assert said(step) == {"in-yard-transfer": ("met", 1200, 5)}
    assert step is not None
    assert [(fate.event_id, fate.visit_id is None) for fate in step.fates] == [("e6", False)]
    assert step.novelty is Novelty.NEW


def test_what_changes_nothing_is_told_of_nothing_but_its_place() -> None:
    step = last_of(*WORKED, "09:30 declared")
    assert said(step) == {}
    assert step is not None
    assert len(step.moved) == 1


def test_a_milestone_that_comes_late_ends_one_link_and_begins_the_next() -> None:
    step = last_of("08:00 arrived", "11:00 declaration-accepted", "09:00 discharged")
    found = said(step)
    assert found["unloading"] == ("no-limit", 3600, 3)
    assert found["clearance-preparation"] == ("no-limit", 7200, 3)
    assert "customs-clearance" not in found


def test_a_turn_known_only_now_splits_what_has_ended_anew() -> None:
    *before, last = told(
        "08:00 arrived", "09:00 discharged", "11:00 released", "10:00 declaration-accepted", **KNOWN
    )
    step = retold(after(before, NOTHING), observation_of(last), NOTHING, 0, Novelty.NEW)
    assert step is not None
    (overall,) = (o for o in step.outcomes if o.stage == "overall-clearance")
    assert overall.split_s == {"carrier": 3600, "agent": 3600, "customs": 3600}


def test_a_mode_stated_for_the_first_time_is_that_of_all_that_was_told() -> None:
    *before, last = told(
        "07:00 truck-arrived mode=road", "07:30 gated-in mode=road", "09:00 arrival-reported",
        direction="export", **KNOWN,
    )  # fmt: skip
    step = retold(after(before, NOTHING), observation_of(last), NOTHING, 0, Novelty.NEW)
    assert step is not None
    assert {o.mode for o in step.outcomes} == {"water"}
    assert {"delivery", "overall-clearance", "release-time"} <= {o.stage for o in step.outcomes}


def test_what_no_longer_stands_is_withdrawn_and_counted(promised: Rules) -> None:
    step = last_of(*WORKED[:3], "10:10 move-started retracts=e3", rules=promised)
    assert said(step) == {"in-yard-transfer": ("void", None, 2)}
    replaced = last_of(*WORKED[:3], "10:10 transfer-ordered supersedes=e3", rules=promised)
    assert said(replaced) == {"in-yard-transfer": ("open", None, 3)}


def test_a_limit_that_lapses_is_withdrawn(promised: Rules) -> None:
    # the truck left without the box, which keeps no promise
    step = last_of(*WORKED, "12:00 truck-arrived", "12:10 truck-departed", rules=promised)
    assert step is not None
    verdicts = {(o.verdict, o.limit is None) for o in step.outcomes if o.stage == "pickup"}
    assert verdicts == {("void", False), ("no-limit", True)}


def test_all_that_waited_is_of_the_visit_that_begins() -> None:
    step = last_of("07:10 move-ordered", "07:00 declared", "08:00 arrived")
    assert step is not None
    assert {fate.event_id for fate in step.fates} == {"e1", "e2", "e3"}
    assert len({fate.visit_id for fate in step.fates}) == 1


def test_an_earlier_opening_names_the_visit_anew_and_all_reports_move(promised: Rules) -> None:
    step = last_of(*WORKED, "07:00 arrived", rules=promised)
    assert step is not None
    ids = {verdict: {o.visit_id[-16:] for o in step.outcomes if (o.verdict == "void") is verdict}
           for verdict in (True, False)}  # fmt: skip
    assert ids == {True: {"20260302T000000Z"}, False: {"20260301T230000Z"}}
    assert {fate.event_id for fate in step.fates} == {f"e{n}" for n in range(1, 7)}
    assert {fate.visit_id for fate in step.fates} == {o.visit_id for o in step.outcomes} - {
        o.visit_id for o in step.outcomes if o.verdict == "void"
    }


def test_reports_out_of_order_in_a_row_come_to_what_each_comes_to_alone(promised: Rules) -> None:
    late = ("10:05 transfer-started", "09:30 declared", "10:40 inspection-scheduled at=15:00",
            "10:35 inspection-ordered", "10:50 positioned", "09:40 pickup-requested")  # fmt: skip
    *before, _ = told(*WORKED, *late, "12:00 stored", **KNOWN)
    history = after(before[: len(WORKED)], promised)
    for each in before[len(WORKED) :]:
        twin = History(**{name: getattr(history, name) for name in History.__struct_fields__})
        report = observation_of(each)
        known = retold(history, report, promised, 0, Novelty.NEW)
        afresh = retold(twin, report, promised, 0, Novelty.NEW)
        assert known is not None
        assert afresh is not None
        assert said(known) == said(afresh)
        assert known.history == afresh.history
        assert known.history is not None
        history = known.history


REFUSED = {
    "another opening of a corrected visit": (*WORKED, "11:10 stored retracts=e3", "07:00 arrived"),
    "what comes long before its visit": (*WORKED, "day-31 08:00 declared"),
    "an entry a day after the other": (*WORKED, "day+1 09:00 gated-in"),
    "an announcement after the exit": (*WORKED, "12:00 gated-out", "13:00 declared"),
    "the second of the exit": (*WORKED, "12:00 gated-out", "12:00 truck-departed"),
    "the retraction of the opening": ("08:00 arrived", "09:00 declared retracts=e1"),
    "a gate passed within a transfer": (*WORKED[:2], "10:00 gated-out", "10:10 transfer-ended",
                                        "09:30 transfer-started"),
    "an exit before the entry": (*WORKED, "07:00 gated-out"),
    "an announcement alone": ("07:00 declared", "07:10 pickup-requested"),
}  # fmt: skip


@pytest.mark.parametrize("story", REFUSED.values(), ids=REFUSED.keys())
def test_it_takes_the_long_road(story: tuple[str, ...]) -> None:
    assert last_of(*story) is None


@pytest.mark.parametrize("kind", sorted(DETOURS))
def test_what_concerns_many_stages_is_told_twice_as_well(kind: str) -> None:
    assert last_of(*WORKED, f"10:30 {kind}") is not None
    assert last_of("07:00 declared", f"07:10 {kind}", "08:00 arrived") is not None


def test_a_clock_that_had_stopped_takes_its_time_off_what_has_ended_since(promised: Rules) -> None:
    # it has stood still from 09:30 on, which is told when the transfer is over
    step = last_of(*WORKED, "09:30 clock-stopped party=customs", rules=promised)
    found = outcomes(step)["in-yard-transfer"]
    assert (found.verdict, found.net_s, found.held_s) == ("met", 0, {"customs": 1200})
    assert kept(step).stay.held_until == NEVER


def test_a_clock_that_goes_on_lets_its_stage_end_later(promised: Rules) -> None:
    held = (*WORKED[:3], "10:10 clock-stopped party=customs", "10:50 clock-resumed")
    found = outcomes(last_of(*held, rules=promised))["in-yard-transfer"]
    assert found.deadline_at == at("11:10")
    assert kept(last_of(*held, rules=promised)).stay.held_until == epoch("10:50")


def test_work_on_an_unpacked_box_is_the_sum_of_both(rules: Callable[..., Rules]) -> None:
    half = rules("unstuffing-and-restuffing PT30M")
    out = (*WORKED[:2], "09:30 inspection-started", "10:00 unstuffing-started",
           "10:20 unstuffing-ended", "11:00 stuffing-started")  # fmt: skip
    found = outcomes(last_of(*out, "11:20 stuffing-ended", rules=half))
    assert found["unstuffing-and-restuffing"].net_s == 2400
    assert found["unstuffing-and-restuffing"].verdict == "breached"
    assert found["restuffing"].net_s == 1200


def test_a_milestone_before_its_predecessor_counts_as_with_it() -> None:
    early = ("07:00 declaration-accepted", "08:00 arrived", "09:00 discharged")
    found = outcomes(last_of(*early))
    assert found["clearance-preparation"].flags == ("clamped",)
    assert found["clearance-preparation"].gross_s == 0
    assert found["customs-clearance"].opened_at == at("09:00")


def test_another_content_of_a_known_report_is_told_in_its_place(promised: Rules) -> None:
    *before, other = told(*WORKED, "10:40 transfer-ended", **KNOWN)
    history = after(before, promised)
    report = msgspec.structs.replace(observation_of(other), event_id="e4")
    late = msgspec.structs.replace(report, recorded_at=report.occurred_at + 60)
    step = retold(history, late, promised, 0, Novelty.CORRECTION)
    assert said(step) == {"in-yard-transfer": ("breached", 2400, 6)}
    assert step is not None
    assert step.moved == ()
    assert step.history is not None
    assert len(step.history.reports) == len(before)


def test_another_content_that_does_not_stand_only_weighs(promised: Rules) -> None:
    *before, other = told(*WORKED, "10:40 transfer-ended", **KNOWN)
    history = after(before, promised)
    report = msgspec.structs.replace(observation_of(other), event_id="e4", recorded_at=0)
    step = retold(history, report, promised, 0, Novelty.CORRECTION)
    assert said(step) == {"in-yard-transfer": ("met", 1200, 5)}


def test_overtime_does_not_bear_on_what_is_judged_round_the_clock(promised: Rules) -> None:
    booked = "09:30 overtime-booked at=20:00 until=22:00"
    assert said(last_of(*WORKED, booked, rules=promised)) == {}


def test_an_export_leaves_with_its_ship_only_where_its_way_was_known_by_then() -> None:
    story = ("07:30 gated-in", "09:00 move-ordered", "12:00 departed")
    known = last_of(*story, "08:00 declared", direction="export")
    assert known is not None
    assert known.history is not None
    assert known.history.live is not None
    assert known.history.live.stay.closed_at == int(at("12:00").timestamp())
    *unknown, last = told(*story, direction=None, **KNOWN)
    late = msgspec.structs.replace(
        observation_of(last), event_id="x", direction="export", occurred_at=last_at(last) + 60
    )
    assert retold(after([*unknown, last], NOTHING), late, NOTHING, 0, Novelty.NEW) is None


def last_at(event: Event) -> int:
    return int(event.occurred_at.timestamp())


def test_while_anything_is_due_it_takes_the_long_road(promised: Rules) -> None:
    *before, late = told(*WORKED[:3], "09:30 declared", **KNOWN)
    history, when = after(before, promised), int(at("10:24").timestamp())
    assert history.due_at == when
    one = observation_of(late)
    assert retold(history, one, promised, when, Novelty.NEW) is None
    assert retold(history, one, promised, when - 1, Novelty.NEW) is not None
    assert retold(history, one, NOTHING, 0, Novelty.NEW) is None  # another register
    bare = msgspec.structs.replace(history, live=None)
    assert retold(bare, one, promised, 0, Novelty.NEW) is None
    settled = msgspec.structs.replace(history, settled_until=one.occurred_at)
    assert retold(settled, one, promised, 0, Novelty.NEW) is None


def test_what_would_be_due_at_once_takes_the_long_road(promised: Rules) -> None:
    # told a year late, the visit would be forgotten in the same breath
    waiting = after(told("07:00 declared", **KNOWN), promised)
    assert waiting.live is WAITING
    (arrived,) = told("08:00 arrived", ids="f", **KNOWN)
    year = int(at("day+365 08:00").timestamp())
    quiet = msgspec.structs.replace(waiting, due_at=NEVER)
    assert retold(quiet, observation_of(arrived), promised, year, Novelty.NEW) is None
    assert retold(quiet, observation_of(arrived), promised, 0, Novelty.NEW) is not None
