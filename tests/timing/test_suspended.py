"""Units where work rests: what a suspension excuses, and that the step-wise road and the set-wise
one agree on it wherever it stands among the messages.

One box ordered to be moved at 10:00 within half an hour, unless a test says otherwise.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from events.codec import canonical
from events.envelope import Event
from events.outcomes import Outcome
from events.testing import FACILITY, at, box, event, suspension, told, wire
from events.vocabulary import Verdict
from timing.engine import Rules, Step, watermark_of
from timing.judge import judge
from timing.play import Play

MOVED = ("08:00 gated-in", "10:00 move-ordered", "10:45 move-ended")
NOW = "day+1 08:00"


@pytest.fixture
def half_an_hour(rules: Callable[..., Rules]) -> Rules:
    return rules("box-move PT30M", "inspection PT30M")


def steps(events: Iterable[Event], rules: Rules, now: str = NOW) -> list[Step]:
    """What a stream does with these events in this order, and then until now."""
    play, found = Play(rules), list[Step]()
    for each in events:
        play.reach(watermark_of(each.recorded_at or each.occurred_at, rules))
        found += play.take(each)
    play.reach(watermark_of(at(now), rules))
    return [*found, *play.settle()]


def last_words(of: Iterable[Step]) -> list[Outcome]:
    """What stands in the end of all that was published."""
    said = {
        (o.visit_id, o.stage, o.occurrence, o.limit and o.limit.id): o
        for step in of
        for o in step.outcomes
    }
    return [outcome for outcome in said.values() if outcome.verdict is not Verdict.VOID]


def agreed(events: list[Event], rules: Rules, now: str = NOW) -> list[Outcome]:
    """The outcomes that both roads come to."""
    played = last_words(steps(events, rules, now))
    judged = judge(wire(*events), rules, at(now)).lines()
    assert sorted(map(canonical, played)) == judged
    return played


def the_move(events: list[Event], rules: Rules, now: str = NOW) -> Outcome:
    (found,) = (o for o in agreed(events, rules, now) if o.stage == "box-move")
    return found


def correction(of: Event, **fields: Any) -> Event:
    """What puts a report right, recorded at 20:00."""
    told_at = {"event_id": f"{of.event_id}-c", "recorded_at": at("20:00")}
    return of.model_copy(update={**told_at, **fields})


REST = suspension("10:10", "10:30")


def narrowed(scope: dict[str, Any]) -> list[Event]:
    """The declaration put right at 20:00: it was of that scope, and nobody has lifted that."""
    return suspension("10:10", ids="n", scope=scope, supersedes="s1", recorded_at=at("20:00"))


PLACES: dict[str, list[Event]] = {
    "live": [*told(*MOVED[:2]), REST[0], REST[1], *told(MOVED[2], ids="m")],
    "before the unit came": [*REST, *told(*MOVED)],
    "declared late": [*told(*MOVED), *suspension("10:10", "10:30", recorded_at=at("18:00"))],
    "lifted before it was declared": [*told(*MOVED), REST[1], REST[0]],
    "told twice": [*told(*MOVED), *REST, *REST],
    "the unit is told afterwards": [*REST, *reversed(told(*MOVED))],
    "late, of a unit that worked in booked overtime": [
        *told(*MOVED, "12:00 overtime-booked at=20:00 until=22:00"),
        *REST[::-1],
    ],
}


@pytest.mark.parametrize("events", PLACES.values(), ids=PLACES.keys())
def test_it_excuses_wherever_it_stands_among_the_messages(
    events: list[Event], half_an_hour: Rules
) -> None:
    found = the_move(events, half_an_hour)
    assert (found.verdict, found.gross_s, found.net_s) == (Verdict.EXCUSED, 2700, 1500)
    assert found.held_s == {"force-majeure": 1200}
    assert found.split_s == {"terminal": 1500, "force-majeure": 1200}


CORRECTED: dict[str, tuple[list[Event], int]] = {
    # net seconds of 2700, 1200 of them at rest unless it was put right
    "withdrawn": ([correction(REST[0], retracts="s1")], 2700),
    "begun later": ([correction(REST[0], supersedes="s1", occurred_at=at("10:20"))], 2100),
    "lifted later": ([correction(REST[1], supersedes="s2", occurred_at=at("10:40"))], 900),
    "not lifted after all": ([correction(REST[1], retracts="s2")], 600),
    "never for this cargo": (narrowed({"categories": ["dangerous"]}), 2700),
    "in another mode": (narrowed({"modes": ["rail"]}), 2700),
    "for this mode": (narrowed({"modes": ["water"]}), 600),
}


@pytest.mark.parametrize(("more", "net_s"), CORRECTED.values(), ids=CORRECTED.keys())
def test_a_correction_of_it_is_heard_by_all_it_touched(
    more: list[Event], net_s: int, half_an_hour: Rules
) -> None:
    found = the_move([*told(*MOVED), *REST, *more], half_an_hour)
    assert found.net_s == net_s
    assert found.verdict is (Verdict.EXCUSED if net_s <= 1800 else Verdict.BREACHED)


COVERED: dict[str, tuple[dict[str, Any], bool]] = {
    "everything": ({}, True),
    "this stage": ({"scope": {"stages": ["inspection", "box-move"]}}, True),
    "another stage": ({"scope": {"stages": ["inspection"]}}, False),
    "this cargo": ({"scope": {"categories": ["reefer"]}}, True),
    "other cargo": ({"scope": {"categories": ["dangerous", "general"]}}, False),
    "this mode": ({"scope": {"modes": ["water"]}}, True),
    "another mode": ({"scope": {"modes": ["rail", "air"]}}, False),
    "this stage of other cargo": (
        {"scope": {"stages": ["box-move"], "categories": ["dangerous"]}},
        False,
    ),
    "this facility": ({"place": FACILITY}, True),
    "another facility": ({"place": "LPT2"}, False),
    "another port": ({"place": "CNSHA", "port": "CNSHA"}, False),
}


@pytest.mark.parametrize(("where", "covered"), COVERED.values(), ids=COVERED.keys())
def test_it_excuses_what_it_covers(
    where: dict[str, Any], covered: bool, half_an_hour: Rules
) -> None:
    story = told(*MOVED, cargo={"category": "reefer"})
    found = the_move([*story, *suspension("10:10", "10:30", **where)], half_an_hour)
    assert found.verdict is (Verdict.EXCUSED if covered else Verdict.BREACHED)


def test_cargo_of_no_stated_category_is_general(half_an_hour: Rules) -> None:
    rest = suspension("10:10", "10:30", scope={"categories": ["general"]})
    assert the_move([*told(*MOVED), *rest], half_an_hour).verdict is Verdict.EXCUSED


def test_where_the_unit_stands_is_unknown_only_the_port_covers_it(half_an_hour: Rules) -> None:
    story = told(*MOVED, facility=None)
    here = the_move([*story, *suspension("10:10", "10:30", place=FACILITY)], half_an_hour)
    assert here.verdict is Verdict.BREACHED
    assert the_move([*story, *REST], half_an_hour).verdict is Verdict.EXCUSED


def test_where_customs_held_it_too_nobody_could_help_it(half_an_hour: Rules) -> None:
    # customs 10:05 [--------------] 10:25
    # rest       10:10 [-----------------] 10:30
    held = told("10:05 clock-stopped party=customs", "10:25 clock-resumed", ids="h")
    found = the_move([*told(*MOVED), *held, *REST], half_an_hour)
    assert found.held_s == {"customs": 300, "force-majeure": 1200}
    assert (found.net_s, sum(found.split_s.values())) == (1200, found.gross_s)


def test_its_own_hold_is_no_longer_held_against_it_while_work_rests(half_an_hour: Rules) -> None:
    # terminal 10:00 [---------------------------] 10:45, the port rests 10:10 [----] 10:30
    held = told("10:00 clock-stopped party=terminal", ids="h")
    found = the_move([*told(*MOVED), *held, *REST], half_an_hour)
    assert found.held_s == {"terminal": 1500, "force-majeure": 1200}
    assert (found.net_s, found.verdict) == (1500, Verdict.EXCUSED)


def test_two_suspensions_of_one_hour_take_it_off_once(half_an_hour: Rules) -> None:
    twice = [*REST, *suspension("10:20", "10:40", place=FACILITY, ids="f")]
    assert the_move([*told(*MOVED), *twice], half_an_hour).net_s == 900


def test_an_open_stage_at_rest_has_no_deadline_and_gets_one_again(half_an_hour: Rules) -> None:
    # 10:00 o----[10:10 ........ 12:00]----12:20 deadline
    story = told(*MOVED[:2])
    still = the_move([*story, *suspension("10:10")], half_an_hour)
    assert (still.verdict, still.deadline_at) == (Verdict.OPEN, None)
    on = the_move([*story, *suspension("10:10", "12:00")], half_an_hour, "12:22")
    assert (on.verdict, on.deadline_at) == (Verdict.OPEN, at("12:20"))
    over = the_move([*story, *suspension("10:10", "12:00")], half_an_hour, "12:22:01")
    assert (over.verdict, over.decided_at) == (Verdict.BREACHED, at("12:20"))


def test_where_all_answer_together_only_such_rest_excuses(rules: Callable[..., Rules]) -> None:
    story = told("08:00 arrived", "12:00 released")
    promised = rules("overall-clearance PT3H30M")
    (found,) = (o for o in agreed([*story, *REST], promised) if o.stage == "overall-clearance")
    assert (found.verdict, found.net_s) == (Verdict.BREACHED, 13200)
    longer = suspension("10:10", "11:00")
    (found,) = (o for o in agreed([*story, *longer], promised) if o.stage == "overall-clearance")
    assert (found.verdict, found.net_s) == (Verdict.EXCUSED, 11400)


def test_it_judges_anew_exactly_what_it_touches(half_an_hour: Rules) -> None:
    boxes = [
        told(*MOVED, unit=box(0)),
        told(*MOVED, unit=box(1), facility="LPT2"),
        told(*MOVED, unit=box(2), port="CNSHA"),
        told("08:00 gated-in", "12:00 move-ordered", "12:45 move-ended", unit=box(3)),
        told("08:00 gated-in", "09:00 move-ordered", "10:10 move-ended", unit=box(4)),
    ]
    (rest,) = suspension("10:10", place=FACILITY, recorded_at=at("18:00"))
    play = Play(half_an_hour)
    for each in (each for story in boxes for each in story):
        list(play.take(each))
    found = [o for step in play.take(rest) for o in step.outcomes]
    assert {(o.unit.id, o.verdict) for o in found} == {
        (box(0), Verdict.EXCUSED), (box(3), Verdict.EXCUSED)
    }  # fmt: skip
    assert {o.cause.id for o in found if o.cause} == {"lyg-tos/s1"}
    assert {o.cause.what for o in found if o.cause} == {"suspension"}


def test_a_unit_that_comes_while_work_rests_is_judged_so_at_once(half_an_hour: Rules) -> None:
    (rest,) = suspension("09:00")
    heard = [rest, *told(*MOVED)]
    assert the_move(heard, half_an_hour).net_s == 0
    causes = {o.cause.what for step in steps(heard, half_an_hour) for o in step.outcomes if o.cause}
    assert causes == {"event"}


NEXT_STAY = told("day+2 08:00 gated-in", "day+2 09:00 declared", ids="n")


@pytest.mark.parametrize("late", [REST, REST[::-1]], ids=["in order", "the lifting first"])
def test_it_is_heard_by_a_stay_that_is_over_when_the_next_has_begun(
    late: list[Event], half_an_hour: Rules
) -> None:
    # |--o[rest]c--#.......|---- and only now anybody tells that work rested
    heard = [*told(*MOVED), event("gated-out", "12:00"), *NEXT_STAY, *late]
    assert the_move(heard, half_an_hour, "day+3 08:00").verdict is Verdict.EXCUSED


def test_to_withdraw_it_brings_back_what_was_said_before(half_an_hour: Rules) -> None:
    heard = [*told(*MOVED), *REST, correction(REST[0], retracts="s1")]
    said = [o for step in steps(heard, half_an_hour) for o in step.outcomes]
    moved = [o.model_copy(update={"cause": None}) for o in said if o.stage == "box-move"]
    without = [o for step in steps(told(*MOVED), half_an_hour) for o in step.outcomes]
    assert (
        moved[-1]
        == [o.model_copy(update={"cause": None}) for o in without if o.stage == "box-move"][-1]
    )


def test_what_a_place_says_goes_nowhere_and_is_judged(half_an_hour: Rules) -> None:
    judged = judge(wire(*told(*MOVED), *REST), half_an_hour, at(NOW)).fates
    played = [fate for step in steps([*told(*MOVED), *REST], half_an_hour) for fate in step.fates]
    assert sorted(played, key=lambda f: f.event_id) == sorted(judged, key=lambda f: f.event_id)
    assert [f.visit_id for f in played if f.unit.type == "place"] == [None, None]


def test_a_visit_of_many_months_keeps_the_rest_it_was_judged_with(half_an_hour: Rules) -> None:
    # heard of every hundred days, so that it is not forgotten; the rest of its first day is over
    # for longer than any silent visit is kept when another suspension is declared
    reminders = [event("declared", f"day+{day} 08:00", event_id=f"d{day}") for day in (100, 190)]
    heard = [*told(*MOVED), *REST, *reminders, *suspension("day+191 08:00", ids="x")]
    assert the_move(heard, half_an_hour, "day+192 08:00").verdict is Verdict.EXCUSED
