"""The passage of a report: which stages it opens, goes on with and ends, in a plain visit.

That it comes to what the long road comes to is for test_two_roads.
"""

from typing import Any

import pytest

from events.testing import at, event, told
from events.vocabulary import Kind, Mode, Party
from timing.brief import Detour
from timing.engine import Rules, observe
from timing.history import History, written
from timing.limits import Register
from timing.observation import observation_of
from timing.passage import Passage, entered
from timing.roles import NUMBER_OF_PARTY, bits_of, part_of
from timing.running import all_of, turns_in
from timing.stages import IMPORT_CHAIN, STAGES

KNOWN: dict[str, Any] = {"cargo": {"size_type": "22G1", "laden": True, "category": "general"}}
NOTHING = Rules(Register(()))
IMPORTED = ("08:00 arrived", "09:00 discharged")


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def visit(*sentences: str, **fields: Any) -> Passage:
    """A visit told so, before the next report goes through it."""
    history: History | None = None
    for each in told(*sentences, **{**KNOWN, **fields}):
        history = observe(history, each, NOTHING, 0).history
    assert history is not None
    assert history.live is not None
    return entered(history, history.live, NOTHING, 0)


def take(passage: Passage, kind: str, when: str, **fields: Any) -> Passage:
    """The next report goes through; its kind decides what it may do."""
    report = observation_of(event(kind, when, event_id="next", **{**KNOWN, **fields}))
    traits = passage.traits
    part = part_of(Kind(kind), traits.mode, traits.direction, traits.laden)
    passage.hear(report, len(passage.body))
    passage.take(part)
    return passage


def under_way(passage: Passage) -> set[str]:
    return {STAGES[one[0]].id for one in all_of(passage.running)}


def did(passage: Passage) -> list[tuple[str, bool, tuple[str, ...]]]:
    """What happened, in order: the stage, whether it ended, and how."""
    return [(STAGES[act.stage_no].id, act.end is not None, act.flags) for act in passage.acts]


def test_to_enter_with_a_report_is_to_enter_and_then_to_hear_it() -> None:
    history: History | None = None
    for each in told(*IMPORTED, **KNOWN):
        history = observe(history, each, NOTHING, 0).history
    assert history is not None
    assert history.live is not None
    report = observation_of(event("truck-arrived", "10:00", event_id="next", mode="rail", **KNOWN))
    at_once = entered(history, history.live, NOTHING, 0, report)
    one_by_one = entered(history, history.live, NOTHING, 0)
    one_by_one.body += written(report)
    one_by_one.hear(report, len(history.body))
    assert at_once == one_by_one
    assert at_once.seen & ~at_once.before == bits_of(Kind.TRUCK_ARRIVED, Mode.RAIL)


def test_a_milestone_ends_a_link_and_begins_the_next() -> None:
    passage = take(visit(*IMPORTED), "declaration-accepted", "10:00")
    assert did(passage) == [("clearance-preparation", True, ()), ("customs-clearance", False, ())]
    links = {stage.id for stage in IMPORT_CHAIN.stages}
    assert under_way(passage) & links == {"customs-clearance"}
    assert under_way(passage) >= {"overall-clearance", "release-time"}


def test_the_first_milestone_begins_the_whole() -> None:
    export = visit("08:00 gated-in", direction="export")
    passage = take(export, "arrival-reported", "09:00", direction="export")
    assert under_way(passage) == {"clearance-preparation", "overall-clearance", "release-time"}


def test_a_milestone_that_skips_one_infers_its_end() -> None:
    passage = take(visit("08:00 arrived"), "declaration-accepted", "10:00")
    assert did(passage) == [
        ("unloading", True, ("inferred-close",)), ("customs-clearance", False, ())
    ]  # fmt: skip


def test_a_milestone_told_again_does_nothing() -> None:
    accepted = visit(*IMPORTED, "10:00 declaration-accepted")
    assert did(take(accepted, "declaration-accepted", "11:00")) == []


def test_a_milestone_after_its_successor_is_refused() -> None:
    with pytest.raises(Detour):
        take(visit("08:00 arrived", "08:30 declaration-accepted"), "discharged", "09:00")


def test_a_milestone_hands_the_unit_over() -> None:
    passage = take(visit(*IMPORTED), "declaration-accepted", "10:00")
    assert list(turns_in(passage.turns)) == [
        (NUMBER_OF_PARTY[Party.AGENT], epoch("09:00")),
        (NUMBER_OF_PARTY[Party.CUSTOMS], epoch("10:00")),
    ]


def test_the_exit_ends_all_work_and_the_stay() -> None:
    busy = visit(*IMPORTED, "10:00 move-ordered", "10:10 lab-sampled", "10:20 tally-ended")
    passage = take(busy, "gated-out", "12:00")
    ended = {stage: flags for stage, over, flags in did(passage) if over}
    inferred = {"box-move", "clearance-preparation", "overall-clearance", "release-time"}
    assert {stage for stage, flags in ended.items() if flags} == inferred
    assert under_way(passage) == {"lab-test", "tally-report"}


def test_a_ship_ends_the_stay_of_an_export_only() -> None:
    export = visit("08:00 gated-in", "09:00 move-ordered", direction="export")
    assert under_way(take(export, "departed", "12:00", direction="export")) == set()
    assert "box-move" in under_way(
        take(visit(*IMPORTED, "09:30 move-ordered"), "departed", "12:00")
    )


def test_after_the_exit_only_what_outlives_the_stay_goes_on() -> None:
    left = visit(*IMPORTED, "10:00 lab-sampled", "12:00 gated-out")
    assert did(take(left, "tally-ended", "12:10")) == [("tally-report", False, ())]
    left = visit(*IMPORTED, "10:00 lab-sampled", "12:00 gated-out")
    assert did(take(left, "lab-result", "12:10")) == [("lab-test", True, ())]
    left = visit(*IMPORTED, "10:00 lab-sampled", "12:00 gated-out")
    assert did(take(left, "move-started", "12:10")) == []


def test_the_start_goes_on_with_the_order_and_an_order_begins_anew() -> None:
    ordered = visit(*IMPORTED, "10:00 move-ordered")
    assert did(take(ordered, "move-started", "10:10")) == [("box-move", False, ())]
    begun = visit(*IMPORTED, "10:00 move-ordered", "10:10 move-started")
    assert did(take(begun, "move-ordered", "11:00")) == [
        ("box-move", True, ("inferred-close",)), ("box-move", False, ())
    ]  # fmt: skip
    ordered = visit(*IMPORTED, "10:00 move-ordered")
    assert did(take(ordered, "move-ordered", "10:10")) == []


def test_another_truck_ends_the_turn_of_the_one_before() -> None:
    first = visit(*IMPORTED, "10:00 truck-arrived")
    assert did(take(first, "truck-arrived", "11:00")) == [
        ("pickup", True, ("inferred-close", "undone")), ("pickup", False, ())
    ]  # fmt: skip


def test_an_inspection_that_begins_ends_the_positioning_by_inference() -> None:
    ordered = visit(*IMPORTED, "10:00 inspection-ordered")
    assert did(take(ordered, "inspection-started", "11:00")) == [
        ("inspection-positioning", True, ("inferred-close",)), ("inspection", False, ())
    ]  # fmt: skip


def test_what_happens_once_does_not_begin_again() -> None:
    told_once = visit(*IMPORTED, "10:00 tally-ended", "10:10 tally-reported")
    assert did(take(told_once, "tally-ended", "11:00")) == []


def test_the_first_truck_seen_leaving_shows_that_trucks_turn() -> None:
    there = visit(*IMPORTED, "10:00 truck-arrived")
    assert "truck-turn" not in {stage for stage, _, _ in did(there)}
    passage = take(there, "truck-departed", "10:20")
    assert did(passage) == [("pickup", True, ("undone",)), ("truck-turn", True, ())]


def test_a_train_shows_what_was_under_way_for_it() -> None:
    passage = take(visit(*IMPORTED), "declared", "10:00", mode="rail")
    assert did(passage) == [("water-to-rail", False, ())]


def test_what_was_unpacked_before_anybody_inspected_it_is_refused() -> None:
    unpacked = visit(*IMPORTED, "09:10 unstuffing-started", "09:20 unstuffing-ended")
    with pytest.raises(Detour):
        take(unpacked, "inspection-ordered", "10:00")


def test_no_exit_is_plain_while_anything_is_unpacked() -> None:
    unpacked = visit(*IMPORTED, "09:10 unstuffing-started")
    with pytest.raises(Detour):
        take(unpacked, "gated-out", "12:00")


def test_while_time_passes_nothing_without_a_limit_happens() -> None:
    passage = visit(*IMPORTED, "10:00 move-ordered")
    passage.wait(epoch("day+9 08:00"))
    assert passage.acts == []


def test_what_is_refused_leaves_the_visit_as_it_was() -> None:
    history: History | None = None
    for each in told("08:00 arrived", "08:30 declaration-accepted", **KNOWN):
        history = observe(history, each, NOTHING, 0).history
    assert history is not None
    assert history.live is not None
    before = history.live
    with pytest.raises(Detour):
        take(entered(history, before, NOTHING, 0), "discharged", "09:00")
    assert history.live == before
    assert entered(history, before, NOTHING, 0).running == before.running


def test_an_appointment_waits_for_its_work_and_none_is_made_for_what_has_left() -> None:
    when = {"at": at("15:00")}
    here = take(visit(*IMPORTED), "inspection-scheduled", "10:00", **when)
    assert len(here.booked) == 1
    gone = take(visit(*IMPORTED, "12:00 gated-out"), "inspection-scheduled", "13:00", **when)
    assert gone.booked == ()


def test_an_appointment_of_the_second_of_another_report_is_refused() -> None:
    ordered = visit(*IMPORTED, "09:20 inspection-ordered")
    with pytest.raises(Detour):
        take(ordered, "inspection-scheduled", "09:20", at=at("12:00"))
