"""Abridged: which visits the short road can go on with, and what it must know of them."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from events.envelope import Event
from events.testing import PORT, at, box, event, told
from events.vocabulary import Kind, Mode, Party
from timing.abridged import prepared
from timing.corrections import RANK
from timing.engine import Rules
from timing.history import History, offsets, report_at
from timing.instants import NEVER
from timing.limits import Edition, Register
from timing.observation import observation_of
from timing.roles import BIT, NUMBER, NUMBER_OF_KIND, NUMBER_OF_PARTY
from timing.running import NOWHERE, ODD, WAITING, Live, all_of, turns_in, waits
from timing.stages import IMPORT_CHAIN, STAGES

KEY = f"{PORT}/{box()}"
KNOWN: dict[str, Any] = {
    "cargo": {"size_type": "22G1", "laden": True, "category": "general", "weight_kg": 900},
    "journey_s": 7200,
}
BEGUN = ("08:00 arrived", "09:00 discharged", "10:00 transfer-ordered")
STAGE = {stage.id: NUMBER[stage] for stage in (*STAGES, *IMPORT_CHAIN.stages, IMPORT_CHAIN.whole)}


@pytest.fixture
def promised(rules: Callable[..., Rules]) -> Rules:
    return rules("in-yard-transfer PT30M", "tally-report PT15M")


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def in_short(events: list[Event], rules: Rules, now: str = "08:00") -> History:
    told_so = History.of(KEY, events[0].unit, map(observation_of, events)).at(epoch(now), rules)
    return prepared(told_so, told_so.findings(rules), rules)


def live(rules: Rules, *sentences: str, now: str = "08:00") -> Live:
    found = in_short(told(*sentences, **KNOWN), rules, now).live
    assert found is not None
    return found


def test_what_is_under_way_is_told_with_where_its_reports_stand(promised: Rules) -> None:
    history = in_short(told(*BEGUN, "10:05 transfer-started", **KNOWN), promised)
    assert history.live is not None
    found = {running[0]: running for running in all_of(history.live.running)}
    one = found[STAGE["in-yard-transfer"]]
    number, opened_at, due_at, level, kind_no, first, second = one[1:]
    assert (number, opened_at, level) == (1, epoch("10:00"), 0)
    assert due_at == epoch("10:24")
    assert kind_no == NUMBER_OF_KIND[Kind.TRANSFER_STARTED]
    bodies = [len(in_short(told(*BEGUN[:n], **KNOWN), promised).body) for n in (2, 3)]
    assert [first, second] == bodies
    assert {running[7] for stage_no, running in found.items() if stage_no != one[0]} == {NOWHERE}


def test_what_has_ended_is_counted_by_its_stage(promised: Rules) -> None:
    twice = ("10:10 transfer-ended", "10:20 transfer-ordered", "10:30 transfer-ended")
    done = live(promised, *BEGUN, *twice).done
    assert done.count(STAGE["in-yard-transfer"]) == 2
    assert done.count(STAGE["unloading"]) == 1
    assert list(done) == sorted(done)


def test_what_nothing_has_shown_yet_waits_among_the_others(promised: Rules) -> None:
    # a truck turns, which is told only where trucks are seen leaving
    found = live(promised, *BEGUN, "11:00 truck-arrived")
    due = {running[0]: running[3] for running in all_of(found.running)}
    assert due[STAGE["truck-turn"]] == NEVER
    assert STAGE["truck-turn"] not in live(promised, *BEGUN).running[:: len(found.running)]


def test_it_knows_all_that_was_seen_and_where_it_stands_in_the_order(promised: Rules) -> None:
    found = live(promised, "07:00 declared mode=rail", *BEGUN)
    kinds = (Kind.DECLARED, Kind.ARRIVED, Kind.DISCHARGED, Kind.TRANSFER_ORDERED)
    assert found.seen == sum(BIT[word] for word in (*kinds, Mode.RAIL, Mode.WATER))
    assert (found.stay.since, found.stay.visit_id) == (epoch("07:00"), f"{KEY}/20260302T000000Z")
    assert (found.stay.entered_at, found.stay.closed_at) == (epoch("09:00"), None)
    assert found.last_at == epoch("10:00")


def test_it_knows_who_had_the_unit_since_when(promised: Rules) -> None:
    found = live(promised, *BEGUN, "11:00 declaration-accepted")
    assert list(turns_in(found.turns)) == [
        (NUMBER_OF_PARTY[Party.AGENT], epoch("09:00")),
        (NUMBER_OF_PARTY[Party.CUSTOMS], epoch("11:00")),
    ]
    assert live(promised, *BEGUN[:1]).turns == b""


HOLDS = {
    "none": ((), 0),
    "one that runs": (("10:10 clock-stopped",), NEVER),
    "one that has ended": (("10:10 clock-stopped", "10:20 clock-resumed"), "10:20"),
    "one of two": (
        ("10:10 clock-stopped", "10:12 documents-requested", "10:20 clock-resumed"), NEVER,
    ),
    "a resumption of nothing": (("10:20 clock-resumed",), 0),
}  # fmt: skip


@pytest.mark.parametrize(("more", "until"), HOLDS.values(), ids=HOLDS.keys())
def test_it_knows_until_when_a_clock_stood_still(
    more: tuple[str, ...], until: int | str, promised: Rules
) -> None:
    expected = epoch(until) if isinstance(until, str) else until
    assert live(promised, *BEGUN, *more).stay.held_until == expected


def test_it_knows_what_fell_and_where_it_stands(promised: Rules) -> None:
    assert live(promised, *BEGUN).stay.fallen == ()
    corrected = told(*BEGUN, "10:10 tally-ended", "10:20 declared retracts=e4", **KNOWN)
    found = in_short(corrected, promised)
    bodies = [len(in_short(corrected[:n], promised).body) for n in (3, 4)]
    assert found.live is not None
    kinds = (BIT[Kind.TALLY_ENDED], BIT[Kind.DECLARED])
    assert found.live.stay.fallen == tuple(zip(kinds, bodies, strict=True))


def test_it_is_looked_at_when_something_is_due(promised: Rules) -> None:
    assert in_short(told(*BEGUN, **KNOWN), promised).due_at == epoch("10:24")
    left = in_short(told(*BEGUN, "12:00 gated-out", **KNOWN), promised, "12:00")
    assert left.due_at == epoch("day+7 12:00:01")


def test_before_a_visit_everything_waits(promised: Rules) -> None:
    assert in_short(told("07:00 declared"), promised).live is WAITING


def test_after_a_visit_what_was_heard_last_waits_for_the_next(promised: Rules) -> None:
    story = told(*BEGUN, "12:00 gated-out", "13:00 declared", "13:10 stored", **KNOWN)
    history = in_short(story, promised, "14:00")
    found = history.live
    assert found is not None
    assert waits(found)
    assert found.stay.ahead == offsets(history.body)[-2]
    assert found.stay.due_at == epoch("day+7 12:00:01")
    assert (found.last_at, found.last_rank) == (epoch("13:10"), RANK[Kind.STORED])


NOT_IN_SHORT = {
    "what waits was corrected": ("07:00 declared", "07:10 declared supersedes=e1"),
    "it passed a gate within a transfer": (
        *BEGUN, "10:10 transfer-started", "10:20 gated-out", "10:40 gated-in",
        "10:50 transfer-ended",
    ),
    "what was told of it came after what waits": (
        *BEGUN, "12:00 gated-out", "13:00 declared", "12:10 stored",
    ),
    "what waits after it corrects": (
        *BEGUN, "12:00 gated-out", "13:00 declared", "13:10 declared supersedes=e5",
    ),
}  # fmt: skip


@pytest.mark.parametrize("story", NOT_IN_SHORT.values(), ids=NOT_IN_SHORT.keys())
def test_a_visit_cannot_be_told_in_short_if(story: tuple[str, ...], promised: Rules) -> None:
    assert in_short(told(*story, **KNOWN), promised, "14:00").live is None


def test_appointments_are_those_made_since_such_work_ended_last(promised: Rules) -> None:
    made = (*BEGUN, "10:10 inspection-ordered", "10:20 inspection-scheduled at=12:00")
    history = in_short(told(*made, "10:30 inspection-scheduled at=13:00", **KNOWN), promised)
    assert history.live is not None
    named = [report_at(history.body, where).event_id for where in history.live.stay.booked]
    assert named == ["e5", "e6"]
    assert live(promised, *made, "10:40 positioned").stay.booked == ()
    again = live(promised, *made, "10:40 positioned", "10:50 inspection-scheduled at=13:00")
    assert len(again.stay.booked) == 1


def test_booked_overtime_makes_odd_what_is_counted_in_working_time(
    edition: Callable[..., Edition],
) -> None:
    # what is judged round the clock goes on as plainly as before
    office = {"id": "office", "days": "china", "hours": [["08:00", "18:00"]], "overtime": True}
    half = {"kind": "duration", "within": "PT30M"}
    limits = [
        {**half, "id": "a", "stage": "in-yard-transfer", "calendar": "office"},
        {**half, "id": "b", "stage": "box-move"},
    ]
    rules = Rules(Register((edition(limit=limits, working_time=[office]),)))
    found = live(rules, *BEGUN, "10:10 overtime-booked at=20:00 until=22:00", "10:20 move-ordered")
    odd = {running[0]: bool(running[4] & ODD) for running in all_of(found.running)}
    assert (odd[STAGE["in-yard-transfer"]], odd[STAGE["box-move"]]) == (True, False)


def test_a_visit_that_has_left_can_be_told_in_short(promised: Rules) -> None:
    found = live(promised, *BEGUN, "12:00 gated-out", "12:10 tally-ended")
    assert (found.stay.closed_at, found.last_at) == (epoch("12:00"), epoch("12:10"))


def test_of_two_stays_the_later_is_told_and_the_earlier_is_not_forgotten_too_late(
    promised: Rules,
) -> None:
    found = live(promised, *BEGUN, "12:00 gated-out", "day+2 08:00 gated-in", now="day+2 08:00")
    assert found.stay.visit_id == f"{KEY}/20260304T000000Z"
    assert found.stay.due_at == epoch("day+7 12:00:01")
    assert live(promised, *BEGUN).stay.due_at == NEVER


def test_the_same_traits_are_held_once(promised: Rules) -> None:
    one, other = (live(promised, *BEGUN).stay.traits for _ in range(2))
    assert one is other


def test_nothing_but_what_the_reports_imply_is_noted(promised: Rules) -> None:
    events = told(*BEGUN, **KNOWN)
    known = History.of(KEY, event("arrived", "08:00").unit, map(observation_of, events))
    judged = known.at(epoch("08:00"), promised)
    bare = msgspec.structs.replace(in_short(events, promised), due_at=None, live=None)
    assert bare == judged
