"""Holds: when a clock stands still, and which party answers for each second of it."""

from itertools import combinations, pairwise
from typing import Any

import pytest

from events.testing import at, told
from events.vocabulary import Category, Direction, Kind, Mode, Party
from timing.holds import (
    HOLD_KINDS,
    PRECEDENCE,
    STOPS,
    Hold,
    Slice,
    attributed,
    excuses,
    stopping,
    suspending,
)
from timing.holds import holds_in as paired
from timing.observation import observation_of
from timing.stages import STAGES, Stage, Stopper
from timing.suspensions import Suspension
from timing.visits import Traits

GENERAL = Traits(Mode.WATER, Direction.IMPORT, "LPCT", "22G1", True, None)
REEFER = GENERAL._replace(category=Category.REEFER)


def holds_in(*sentences: str, traits: Traits = GENERAL, **fields: Any) -> tuple[Hold, ...]:
    return paired(map(observation_of, told(*sentences, **fields)), traits)


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def hold(party: Party, start: str, end: str | None) -> Hold:
    return Hold(Stopper.CLOCK, party, epoch(start), epoch(end) if end else None, (), ())


def cut(start: str, end: str | None, party: Party) -> Slice:
    return Slice(epoch(start), epoch(end) if end else None, party)


def stage(id: str) -> Stage:
    return next(s for s in STAGES if s.id == id)


def test_a_stop_and_a_resumption_make_a_hold() -> None:
    (found,) = holds_in("10:00 clock-stopped party=customs", "10:20 clock-resumed party=customs")
    assert (found.party, found.start, found.end) == (Party.CUSTOMS, epoch("10:00"), epoch("10:20"))
    assert [report.event_id for report in found.reports] == ["e1", "e2"]


def test_a_stop_without_a_resumption_lasts_until_further_notice() -> None:
    (found,) = holds_in("10:00 clock-stopped party=agent")
    assert found.end is None


@pytest.mark.parametrize(("stop", "resume", "party"), [(s, r, p) for s, (_, r, p) in STOPS.items()])
def test_each_family_has_its_own_end_and_its_usual_party(
    stop: Kind, resume: Kind, party: Party
) -> None:
    (found,) = holds_in(f"10:00 {stop}", f"10:20 {resume}")
    assert (found.end, found.party) == (epoch("10:20"), party)
    (other,) = holds_in(
        f"10:00 {stop}", *(f"10:20 {k}" for _, k, _ in STOPS.values() if k != resume)
    )
    assert other.end is None


def test_a_second_stop_by_the_same_party_changes_nothing() -> None:
    (found,) = holds_in(
        "10:00 clock-stopped party=customs",
        "10:10 clock-stopped party=customs",
        "10:20 clock-resumed party=customs",
    )
    assert (found.start, found.end) == (epoch("10:00"), epoch("10:20"))


def test_a_party_resumes_only_its_own_stop() -> None:
    first, second = holds_in(
        "10:00 clock-stopped party=customs",
        "10:05 clock-stopped party=agent",
        "10:20 clock-resumed party=agent",
    )
    assert (first.party, first.end) == (Party.CUSTOMS, None)
    assert (second.party, second.end) == (Party.AGENT, epoch("10:20"))


def test_a_resumption_that_names_nobody_ends_all_of_its_family() -> None:
    ends = [h.end for h in holds_in(
        "10:00 clock-stopped party=customs",
        "10:05 clock-stopped party=agent",
        "10:10 documents-requested",
        "10:20 clock-resumed",
    )]  # fmt: skip
    assert ends == [epoch("10:20"), epoch("10:20"), None]


def test_a_release_ends_a_detention_whoever_released() -> None:
    (found,) = holds_in("10:00 detained party=customs", "12:00 released party=agent")
    assert found.end == epoch("12:00")


def test_a_resumption_without_a_stop_is_no_hold() -> None:
    assert holds_in("10:20 clock-resumed", "10:30 documents-supplied", "11:00 released") == ()


def test_other_kinds_hold_nothing() -> None:
    assert holds_in(*(f"10:00 {kind}" for kind in Kind if kind not in HOLD_KINDS)) == ()


@pytest.mark.parametrize("scope", [{"stage": "box-move"}, {"stages": ["box-move", "pickup"]}])
def test_a_hold_may_be_of_some_stages(scope: dict[str, Any]) -> None:
    (found,) = holds_in("10:00 clock-stopped", scope=scope)
    assert stopping((found,), stage("box-move")) == (found,)
    assert stopping((found,), stage("unstuffing")) == ()


@pytest.mark.parametrize(
    ("scope", "traits", "held"),
    [
        ("categories=general", GENERAL, True),
        ("categories=general,reefer", REEFER, True),
        ("categories=dangerous", REEFER, False),
        ("modes=rail", GENERAL, False),
        ("modes=rail,water", GENERAL, True),
        ("categories=general modes=rail", GENERAL, False),
    ],
)
def test_a_stop_that_speaks_of_other_cargo_or_another_mode_stops_nothing(
    scope: str, traits: Traits, held: bool
) -> None:
    assert bool(holds_in(f"10:00 clock-stopped {scope}", traits=traits)) is held


def test_a_party_may_hold_two_stages_apart_and_let_go_of_one() -> None:
    first, second = holds_in(
        "10:00 clock-stopped stages=box-move", "10:10 clock-stopped stages=pickup",
        "10:20 clock-resumed stages=pickup",
    )  # fmt: skip
    assert (first.stages, first.end) == (("box-move",), None)
    assert (second.stages, second.end) == (("pickup",), epoch("10:20"))


def test_a_resumption_that_names_no_stage_ends_the_holds_of_all() -> None:
    ends = [h.end for h in holds_in(
        "10:00 clock-stopped stages=box-move", "10:10 clock-stopped", "10:20 clock-resumed"
    )]  # fmt: skip
    assert ends == [epoch("10:20")] * 2


def test_a_resumption_of_one_stage_leaves_a_hold_of_all() -> None:
    (found,) = holds_in("10:00 clock-stopped", "10:20 clock-resumed stages=pickup")
    assert found.end is None


@pytest.mark.parametrize(("id", "stops"), [("inspection", True), ("box-move", False)])
def test_waiting_for_documents_stops_only_the_clock_of_customs(id: str, stops: bool) -> None:
    waiting = holds_in("10:00 documents-requested", "11:00 documents-supplied")
    assert bool(stopping(waiting, stage(id))) is stops


@pytest.mark.parametrize("party", Party)
def test_nobody_is_excused_by_its_own_hold(party: Party) -> None:
    assert not excuses(party, party)


@pytest.mark.parametrize(("holder", "answers"), list(combinations(Party, 2)))
def test_everybody_is_excused_by_the_hold_of_another(holder: Party, answers: Party) -> None:
    assert excuses(holder, answers)
    assert excuses(answers, holder)


@pytest.mark.parametrize("party", Party)
def test_where_all_answer_only_what_nobody_could_help_excuses(party: Party) -> None:
    assert excuses(party, "all") is (party is Party.FORCE_MAJEURE)


def test_every_party_has_its_place_in_the_precedence() -> None:
    assert sorted(PRECEDENCE) == sorted(Party)
    assert PRECEDENCE[0] is Party.FORCE_MAJEURE
    assert PRECEDENCE[-1] is Party.TERMINAL


@pytest.mark.parametrize(("first", "second"), list(pairwise(PRECEDENCE)))
def test_where_two_hold_the_earlier_in_the_precedence_answers(first: Party, second: Party) -> None:
    # second  09:00 ------------------ 12:00
    # first          10:00 --- 11:00
    both = (hold(second, "09:00", "12:00"), hold(first, "10:00", "11:00"))
    assert attributed(both, epoch("08:00"), epoch("13:00")) == (
        cut("09:00", "10:00", second),
        cut("10:00", "11:00", first),
        cut("11:00", "12:00", second),
    )


def test_holds_are_cut_at_the_ends_of_the_stretch() -> None:
    # hold 09:00 ---------------- 12:00
    # stretch    10:00 -- 11:00
    found = attributed((hold(Party.AGENT, "09:00", "12:00"),), epoch("10:00"), epoch("11:00"))
    assert found == (cut("10:00", "11:00", Party.AGENT),)


@pytest.mark.parametrize(("start", "end"), [("08:00", "10:00"), ("11:00", "12:00")])
def test_holds_that_only_touch_the_stretch_take_nothing(start: str, end: str) -> None:
    assert attributed((hold(Party.AGENT, start, end),), epoch("10:00"), epoch("11:00")) == ()


def test_an_endless_hold_over_an_open_stretch_has_no_end() -> None:
    endless = attributed((hold(Party.AGENT, "10:30", None),), epoch("10:00"), None)
    assert endless == (cut("10:30", None, Party.AGENT),)


@pytest.mark.parametrize("end", ["10:00", "09:00"])
def test_a_stretch_without_length_is_held_by_nobody(end: str) -> None:
    always = (hold(Party.AGENT, "08:00", None),)
    assert attributed(always, epoch("10:00"), epoch(end)) == ()


def test_a_hold_without_length_is_none() -> None:
    assert attributed((hold(Party.AGENT, "10:30", "10:30"),), epoch("10:00"), epoch("11:00")) == ()


def rest(**scope: tuple[str, ...]) -> Suspension:
    named = {"stages": (), "categories": (), "modes": (), **scope}
    return Suspension(epoch("10:00"), epoch("12:00"), None, **named, reports=())


def test_a_suspension_is_a_hold_that_nobody_could_help() -> None:
    (found,) = suspending((rest(),), "LPCT", GENERAL)
    assert found == Hold(
        Stopper.SUSPENSION, Party.FORCE_MAJEURE, epoch("10:00"), epoch("12:00"), (), ()
    )
    assert all(stopping((found,), each) == ((found,) if each.stoppers else ()) for each in STAGES)


@pytest.mark.parametrize(
    ("scope", "traits", "covered"),
    [
        ({"categories": ("general",)}, GENERAL, True),
        ({"categories": ("reefer",)}, GENERAL, False),
        ({"categories": ("dangerous", "reefer")}, REEFER, True),
        ({"categories": ("general",)}, REEFER, False),
        ({"modes": ("rail", "water")}, GENERAL, True),
        ({"modes": ("rail",)}, GENERAL, False),
        ({"modes": ("water",), "categories": ("reefer",)}, GENERAL, False),
    ],
)
def test_a_suspension_covers_cargo_and_modes(
    scope: dict[str, tuple[str, ...]], traits: Traits, covered: bool
) -> None:
    assert bool(suspending((rest(**scope),), "LPCT", traits)) is covered


@pytest.mark.parametrize(("facility", "covered"), [("LPCT", True), ("LPT2", False), (None, False)])
def test_a_facility_at_rest_covers_what_is_done_there(facility: str | None, covered: bool) -> None:
    there = rest()._replace(facility="LPCT")
    assert bool(suspending((there,), facility, GENERAL)) is covered
    assert suspending((rest(),), facility, GENERAL)


def test_a_suspension_may_be_of_some_stages() -> None:
    (found,) = suspending((rest(stages=("pickup",)),), "LPCT", GENERAL)
    assert stopping((found,), stage("pickup")) == (found,)
    assert stopping((found,), stage("box-move")) == ()
