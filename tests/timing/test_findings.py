"""Findings: everything a unit's reports amount to at an instant, judged by a limit or by none."""

from collections.abc import Callable
from typing import Any

import pytest

from events.envelope import Event
from events.testing import PORT, at, box, event, suspension, told
from events.vocabulary import Party, Verdict
from timing.engine import Rules
from timing.findings import Finding, Findings, Level, find
from timing.history import History
from timing.instants import NEVER
from timing.limits import Edition, Register
from timing.observation import observation_of, unit_key
from timing.patience import Patience
from timing.places import closures_of

KEY = f"{PORT}/{box()}"
MOVED = ("08:00 gated-in", "10:00 move-ordered")
MakeRules = Callable[..., Rules]


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def known_at(when: str, events: list[Event], rules: Rules) -> Findings:
    return find(KEY, tuple(map(observation_of, events)), rules, epoch(when))


def one(stage: str, when: str, events: list[Event], rules: Rules) -> Finding:
    (found,) = (f for k, f in known_at(when, events, rules).by_key.items() if k.stage == stage)
    return found


@pytest.fixture
def half_an_hour(rules: MakeRules) -> Rules:
    return rules("box-move PT30M")


# 10:00 o-----------------10:30 limit
#                           c         met to the second
#                            c        breached a second later
@pytest.mark.parametrize(
    ("end", "verdict"), [("10:29:59", "met"), ("10:30", "met"), ("10:30:01", "breached")]
)
def test_a_closer_is_judged_at_the_boundary(end: str, verdict: str, half_an_hour: Rules) -> None:
    found = one("box-move", "12:00", told(*MOVED, f"{end} move-ended"), half_an_hour)
    assert found.verdict == verdict
    assert (found.gross_s, found.decided_at) == (epoch(end) - epoch("10:00"), epoch(end))
    assert found.deadline_at == (epoch("10:30") if verdict == "breached" else None)


@pytest.mark.parametrize(
    ("now", "verdict", "level"),
    [
        ("10:23:59", "open", Level.CALM),
        ("10:24", "open", Level.AT_RISK),
        ("10:30", "open", Level.AT_RISK),
        ("10:30:01", "breached", Level.BREACHED),
        ("18:00", "breached", Level.BREACHED),
    ],
)
def test_a_timer_is_judged_at_the_same_boundary(
    now: str, verdict: str, level: Level, half_an_hour: Rules
) -> None:
    found = one("box-move", now, told(*MOVED), half_an_hour)
    assert (found.verdict, found.level) == (verdict, level)
    assert (found.gross_s, found.net_s) == (None, None)
    assert found.deadline_at == epoch("10:30")


def test_an_open_breach_is_decided_at_its_deadline_not_when_it_was_noticed(
    half_an_hour: Rules,
) -> None:
    found = one("box-move", "18:00", told(*MOVED), half_an_hour)
    assert found.decided_at == epoch("10:30")


def test_a_limit_nobody_gave_is_never_met(rules: MakeRules) -> None:
    closed = one("box-move", "12:00", told(*MOVED, "10:01 move-ended"), rules("pickup PT1H"))
    still = one("box-move", "12:00", told(*MOVED), rules("pickup PT1H"))
    assert closed.verdict is still.verdict is Verdict.NO_LIMIT
    assert (closed.key.limit_id, closed.applied, still.deadline_at) == ("", None, None)


# 10:00 o---[10:10 customs 10:30]---- c   gross 45, held 20, net 25
def test_time_that_others_held_is_excused(half_an_hour: Rules) -> None:
    story = told(
        *MOVED, "10:10 clock-stopped party=customs", "10:30 clock-resumed", "10:45 move-ended"
    )
    found = one("box-move", "12:00", story, half_an_hour)
    assert found.verdict is Verdict.EXCUSED
    assert (found.gross_s, found.net_s, found.held) == (2700, 1500, ((Party.CUSTOMS, 1200),))


def test_time_that_the_terminal_held_itself_is_not(half_an_hour: Rules) -> None:
    story = told(
        *MOVED, "10:10 clock-stopped party=terminal", "10:30 clock-resumed", "10:45 move-ended"
    )
    found = one("box-move", "12:00", story, half_an_hour)
    assert found.verdict is Verdict.BREACHED
    assert (found.net_s, found.held) == (2700, ((Party.TERMINAL, 1200),))


def test_a_stopped_clock_has_no_deadline_and_breaks_no_limit(half_an_hour: Rules) -> None:
    found = one(
        "box-move", "23:00", told(*MOVED, "10:10 clock-stopped party=customs"), half_an_hour
    )
    assert (found.verdict, found.deadline_at, found.level) == ("open", None, Level.CALM)


# 80% of 30 min are 24: 10:00 o------10:24[customs 10:40]--- The 24 minutes are used at 10:24, and
# that is when people are warned, not when the hold is over.
@pytest.mark.parametrize("resumed", [["10:40 clock-resumed"], []], ids=["resumed", "stopped"])
def test_the_warning_does_not_wait_for_a_hold_that_begins_with_it(
    resumed: list[str], half_an_hour: Rules
) -> None:
    story = told(*MOVED, "10:24 clock-stopped party=customs", *resumed)
    found = one("box-move", "10:24", story, half_an_hour)
    assert found.level is Level.AT_RISK
    assert found.risk_at == epoch("10:24")


def test_every_limit_in_force_judges_by_itself(edition: Callable[..., Edition]) -> None:
    strict = edition("box-move PT10M", edition="strict/undated", issuer="strict")
    strict = strict.model_copy(
        update={"limit": (strict.limit[0].model_copy(update={"id": "strict.move"}),)}
    )
    both = Rules(Register((edition("box-move PT30M"), strict)), Patience())
    found = known_at("12:00", told(*MOVED, "10:20 move-ended"), both)
    verdicts = {k.limit_id: f.verdict for k, f in found.by_key.items() if k.stage == "box-move"}
    assert verdicts == {"test.box-move": Verdict.MET, "strict.move": Verdict.BREACHED}


def test_the_edition_in_force_when_it_began_judges(edition: Callable[..., Edition]) -> None:
    first = edition("box-move PT10M", edition="a", effective_to="2026-03-03")
    second = edition("box-move PT1H", edition="b", effective_from="2026-03-03", supersedes="a")
    both = Rules(Register((first, second)))
    for day, verdict, name in (("", "breached", "a"), ("day+1 ", "met", "b")):
        story = told(f"{day}08:00 gated-in", f"{day}10:00 move-ordered", f"{day}10:30 move-ended")
        found = one("box-move", "day+3 00:00", story, both)
        assert found.applied is not None
        assert (found.verdict, found.applied.edition) == (verdict, name)


def test_a_limit_that_judges_says_why_another_does_not(edition: Callable[..., Edition]) -> None:
    sizes: dict[str, Any] = {"kind": "duration-by-size", "within_by_size": {"20": "PT20M"}}
    fog = {"reason": "fog", "from": "2026-03-01", "within": "PT1H"}
    foggy: dict[str, Any] = {"kind": "duration", "within": "PT30M", "override": [fog]}
    limits = [{"id": own["kind"], "stage": "box-move", **own} for own in (sizes, foggy)]
    rules = Rules(Register((edition(limit=limits),)))
    found = one("box-move", "12:00", told(*MOVED, "10:45 move-ended"), rules)
    assert (found.verdict, found.flags) == ("met", ("size-unknown", "override"))


def by_size(edition: Callable[..., Edition]) -> Rules:
    kind: dict[str, Any] = {
        "kind": "duration-by-size",
        "within_by_size": {"20": "PT20M", "40": "PT40M"},
    }
    return Rules(Register((edition("box-move", scope=kind),)), Patience())


@pytest.mark.parametrize(
    ("size_type", "verdict", "flags"),
    [
        ("22G1", "breached", ()),
        ("42G1", "met", ()),
        ("45R1", "met", ()),
        ("L5G1", "no-limit", ()),
        (None, "no-limit", ("size-unknown",)),
    ],
)
def test_the_allowance_depends_on_the_size_of_the_box(
    size_type: str | None, verdict: str, flags: tuple[str, ...], edition: Callable[..., Edition]
) -> None:
    story = told(*MOVED, "10:30 move-ended", cargo={"size_type": size_type})
    found = one("box-move", "12:00", story, by_size(edition))
    assert (found.verdict, found.flags) == (verdict, flags)


def test_a_size_told_later_brings_its_limit(edition: Callable[..., Edition]) -> None:
    story = told(*MOVED, "10:30 move-ended")
    sized = event("positioned", "11:00", cargo={"size_type": "22G1"}, event_id="size")
    assert one("box-move", "12:00", story, by_size(edition)).verdict is Verdict.NO_LIMIT
    found = one("box-move", "12:00", [*story, sized], by_size(edition))
    assert found.verdict is Verdict.BREACHED


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        ({"facilities": ["LPCT"]}, True),
        ({"facilities": ["LNOCT"]}, False),
        ({"modes": ["water"]}, True),
        ({"modes": ["rail"]}, False),
        ({"directions": ["import"]}, True),
        ({"directions": ["export"]}, False),
        ({"categories": ["general"]}, True),
        ({"categories": ["dangerous"]}, False),
    ],
)
def test_a_limit_judges_only_what_it_speaks_of(
    scope: dict[str, Any], covered: bool, rules: MakeRules
) -> None:
    story = told(*MOVED, "10:20 move-ended")
    found = one("box-move", "12:00", story, rules("box-move PT30M", scope=scope))
    assert found.verdict == ("met" if covered else "no-limit")


def test_the_facility_is_the_one_where_the_work_began(rules: MakeRules) -> None:
    # gated in at LPCT, moved at LNOCT
    story = told("08:00 gated-in", "10:00 move-ordered facility=LNOCT", "10:20 move-ended")
    at_lnoct = rules("box-move PT30M", scope={"facilities": ["LNOCT"]})
    assert one("box-move", "12:00", story, at_lnoct).verdict is Verdict.MET


@pytest.mark.parametrize("precision", ["minute", "day"])
def test_a_coarse_source_is_flagged(precision: str, half_an_hour: Rules) -> None:
    story = told(*MOVED, f"10:20 move-ended precision={precision}")
    assert one("box-move", "12:00", story, half_an_hour).flags == (f"{precision}-precision",)


def test_the_revision_grows_with_what_bears_on_the_stage(half_an_hour: Rules) -> None:
    # opened, warned, broken by the timer, closed, closed otherwise: each is another revision
    opened = told(*MOVED)
    closed = told(*MOVED, "10:40 move-ended")
    corrected = [*closed, event("move-ended", "10:20", event_id="c1", supersedes="e3")]
    steps = [(opened, "10:10"), (opened, "10:31"), (closed, "12:00"), (corrected, "12:00")]
    found = [one("box-move", now, story, half_an_hour).revision for story, now in steps]
    assert found == sorted(set(found))


def test_an_appointment_is_part_of_the_revision_of_what_was_booked(rules: MakeRules) -> None:
    story = told("08:00 discharged", "09:00 inspection-ordered")
    booked = [*story, event("inspection-scheduled", "09:10", event_id="b", at=at("15:00"))]
    positioning = [one("inspection-positioning", "10:00", s, rules("pickup PT1H"))
                   for s in (story, booked)]  # fmt: skip
    assert [found.revision for found in positioning] == [1, 3]


def test_it_is_looked_at_again_when_the_first_of_its_findings_is_due(rules: MakeRules) -> None:
    law = rules("box-move PT30M", "in-yard-transfer PT20M", "tally-report PT1H")
    story = told(*MOVED, "10:00 transfer-ordered", "10:00 tally-ended")
    dues = [known_at(now, story, law).due_at for now in ("10:01", "10:16", "10:21")]
    assert dues == [epoch("10:16"), epoch("10:20:01"), epoch("10:24")]
    over = known_at("12:00", told(*MOVED, "10:10 move-ended"), law)
    assert over.due_at == NEVER


def test_each_occurrence_rests_with_its_own_facility(half_an_hour: Rules) -> None:
    story = told(
        "08:00 gated-in facility=LPCT", "10:00 move-ordered facility=LPCT",
        "11:00 move-ended facility=LPCT", "12:00 move-ordered facility=LPT2",
        "13:00 move-ended facility=LPT2", "14:00 move-ordered facility=LPCT",
        "15:00 move-ended facility=LPCT",
    )  # fmt: skip
    rest = suspension("07:00", "20:00", place="LPCT")
    closures = closures_of([History.of(unit_key(rest[0]), rest[0].unit, map(observation_of, rest))])
    found = known_at("18:00", story, half_an_hour.under(closures)).by_key
    assert [f.net_s for key, f in found.items() if key.stage == "box-move"] == [0, 3600, 0]


def test_a_correction_in_one_stay_is_no_revision_of_another(half_an_hour: Rules) -> None:
    story = told("day+2 08:00 gated-in", "day+2 10:00 move-ordered", "day+2 10:20 move-ended")
    past = told(
        *MOVED, "10:20 move-ended", "10:25 move-ended retracts=p3", "12:00 gated-out", ids="p"
    )
    alone = one("box-move", "day+3 12:00", story, half_an_hour)
    both = known_at("day+3 12:00", [*past, *story], half_an_hour).by_key[alone.key]
    assert both.revision == alone.revision


def test_a_hold_that_was_over_before_it_began_is_no_part_of_the_revision(
    half_an_hour: Rules,
) -> None:
    held = ("09:00 clock-stopped party=customs", "10:00 clock-resumed")
    before = one("box-move", "10:10", told(*MOVED), half_an_hour)
    assert one("box-move", "10:10", told(*MOVED, *held), half_an_hour) == before


def test_an_unchanged_past_keeps_its_revision(half_an_hour: Rules) -> None:
    story = told(*MOVED, "10:40 move-ended")
    later = [*story, event("positioned", "11:00", event_id="x")]
    first = one("box-move", "12:00", story, half_an_hour)
    assert first.revision == one("box-move", "20:00", later, half_an_hour).revision


def test_a_fallen_report_is_accounted_to_the_visit_it_would_have_been_in(
    half_an_hour: Rules,
) -> None:
    story = told(*MOVED, "10:20 move-ended", "10:25 move-ended retracts=e3")
    found = known_at("12:00", story, half_an_hour)
    (visit,) = found.visits
    assert set(found.visit_of.values()) == {visit.visit_id}
    assert len(found.visit_of) == 4


def test_without_a_visit_a_fallen_report_belongs_to_none(half_an_hour: Rules) -> None:
    story = told("10:20 move-ended", "10:25 move-ended retracts=e1")
    assert set(known_at("12:00", story, half_an_hour).visit_of.values()) == {None}


@pytest.mark.parametrize(
    ("now", "due"), [("10:00", "10:24"), ("10:23", "10:24"), ("10:24", "10:30:01")]
)
def test_it_says_when_to_look_again(now: str, due: str, half_an_hour: Rules) -> None:
    assert known_at(now, told(*MOVED), half_an_hour).due_at == epoch(due)


CHAINED = ("08:00 arrived", "09:00 discharged", "10:00 declaration-accepted", "12:00 released")


def test_an_open_stage_is_nobodys_yet_and_a_closed_one_is_split_to_the_second(
    half_an_hour: Rules,
) -> None:
    held = ("10:10 clock-stopped party=customs", "10:30 clock-resumed")
    still = one("box-move", "12:00", told(*MOVED, *held), half_an_hour)
    closed = one("box-move", "12:00", told(*MOVED, *held, "10:45 move-ended"), half_an_hour)
    assert (still.split, still.held) == ((), ((Party.CUSTOMS, 1200),))
    assert closed.split == ((Party.CUSTOMS, 1200), (Party.TERMINAL, 1500))


def test_where_all_answer_each_has_its_turn(half_an_hour: Rules) -> None:
    found = one("overall-clearance", "18:00", told(*CHAINED), half_an_hour)
    assert found.occurrence.stage.answers == "all"
    assert found.split == ((Party.AGENT, 3600), (Party.CARRIER, 3600), (Party.CUSTOMS, 7200))


def test_a_hold_is_its_partys_even_out_of_turn(half_an_hour: Rules) -> None:
    held = ("10:30 clock-stopped party=consignee", "11:00 clock-resumed")
    found = one("overall-clearance", "18:00", told(*CHAINED, *held), half_an_hour)
    assert dict(found.split)[Party.CONSIGNEE] == 1800
    assert dict(found.split)[Party.CUSTOMS] == 5400
    assert sum(dict(found.split).values()) == found.gross_s
    assert found.net_s == found.gross_s


def test_the_revision_shrinks_where_facts_are_taken_back(half_an_hour: Rules) -> None:
    # readers go by the order of the log, not by it
    held = ("10:10 clock-stopped party=customs", "10:15 clock-stopped retracts=e3")
    known = [
        one("box-move", "10:20", told(*MOVED, *held[:heard]), half_an_hour).revision
        for heard in range(3)
    ]
    assert known == [1, 3, 1]


def test_overtime_says_nothing_of_a_limit_that_never_rests(half_an_hour: Rules) -> None:
    booked = "09:00 overtime-booked at=20:00 until=21:00"
    before = one("box-move", "10:25", told(*MOVED), half_an_hour)
    assert one("box-move", "10:25", told(*MOVED, booked), half_an_hour) == before
