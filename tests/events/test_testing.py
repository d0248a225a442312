"""The test kit itself: the same words make the same morning, boxes and visits."""

from datetime import UTC, datetime, timedelta

import pytest

from events.codec import decode
from events.envelope import Unit
from events.identifiers import checked_container
from events.testing import (
    EXAMPLES,
    MORNING,
    alert,
    at,
    box,
    event,
    examples,
    fate,
    limit,
    outcome,
    suspension,
    tick,
    told,
    wire,
)
from events.vocabulary import AlertState, Cause, Fate, Kind, Party, UnitType, Verdict


def test_the_morning_is_eight_o_clock_in_china() -> None:
    assert datetime(2026, 3, 2, 0, 0, tzinfo=UTC) == MORNING == at("08:00")
    assert MORNING.tzinfo is UTC


@pytest.mark.parametrize(
    ("words", "after"),
    [
        ("10:30", timedelta(hours=2, minutes=30)),
        ("10:30:01", timedelta(hours=2, minutes=30, seconds=1)),
        ("day+1 09:00", timedelta(days=1, hours=1)),
        ("day-2 08:00", timedelta(days=-2)),
        ("day+30 08:00:59", timedelta(days=30, seconds=59)),
    ],
)
def test_words_are_port_time(words: str, after: timedelta) -> None:
    assert at(words) == MORNING + after


@pytest.mark.parametrize(
    "words", ["", "10", "9:00", "noon", "day 09:00", "day+1", "25:00", "10:60"]
)
def test_other_words_are_no_time(words: str) -> None:
    with pytest.raises(ValueError, match=r"time|hour|minute"):
        at(words)


def test_boxes_are_valid_distinct_and_the_same_every_time() -> None:
    numbers = [box(n) for n in range(2_000)]
    assert len(set(numbers)) == 2_000
    assert [checked_container(number) for number in numbers] == numbers
    assert box() == box(0) == "PCKU0000008"


@pytest.mark.parametrize("n", [-1, 1_000_000])
def test_there_are_a_million_boxes(n: int) -> None:
    with pytest.raises(ValueError, match="million"):
        box(n)


def test_the_same_words_make_the_same_event() -> None:
    assert event("move-ended", "10:30") == event("move-ended", "10:30")
    others = [
        event("move-ended", "10:31"),
        event("move-started", "10:30"),
        event("move-ended", "10:30", unit=box(1)),
    ]
    assert len({each.identity for each in [event("move-ended", "10:30"), *others]}) == 4


def test_an_event_takes_the_fields_of_the_wire() -> None:
    fact = event(
        "move-ended",
        at("10:30"),
        unit=Unit(type=UnitType.WAGON, id="1634521"),
        port="CNSHD",
        facility="石岛新港",
        spot="B1",
        cargo={"laden": True},
        refs={"train": "X8011"},
    )
    assert (fact.place.port, fact.place.facility, fact.place.spot) == ("CNSHD", "石岛新港", "B1")
    assert fact.cargo is not None
    assert fact.cargo.laden
    assert fact.unit.id == "1634521"


def test_a_visit_is_told_in_words() -> None:
    visit = told(
        "10:00 inspection-ordered",
        "10:10:30 inspection-scheduled at=14:00",
        "11:00 clock-stopped party=customs reason=typhoon",
        "day+1 09:00 gated out",
    )
    assert [fact.event_id for fact in visit] == ["e1", "e2", "e3", "e4"]
    assert [fact.kind for fact in visit] == [
        Kind.INSPECTION_ORDERED,
        Kind.INSPECTION_SCHEDULED,
        Kind.CLOCK_STOPPED,
        Kind.GATED_OUT,
    ]
    assert visit[1].at == at("14:00")
    assert (visit[2].party, visit[2].reason) == (Party.CUSTOMS, "typhoon")
    assert visit[3].occurred_at == at("day+1 09:00")


def test_every_event_of_a_visit_shares_the_given_fields() -> None:
    visit = told(
        "10:00 truck-arrived", "10:20 gated-out", unit=box(7), ids="v", port="CNTXG", mode="road"
    )
    assert {(fact.unit.id, fact.place.port, fact.mode) for fact in visit} == {
        (box(7), "CNTXG", "road")
    }
    assert [fact.event_id for fact in visit] == ["v1", "v2"]


def test_a_sentence_says_what_is_its_own_and_keeps_what_is_shared() -> None:
    first, second, third = told(
        "09:00 gated-in facility=LNOCT weight_kg=900",
        "10:00 suspension-declared unit=place/LPCT stages=pickup",
        "day+1 08:00 overtime-booked at=day+1 18:00 until=day+1 22:00 event_id=own",
        cargo={"size_type": "22G1", "weight_kg": 800},
        spot="B1",
    )
    assert (first.place.facility, first.place.spot) == ("LNOCT", "B1")
    assert first.cargo is not None
    assert (first.cargo.size_type, first.cargo.weight_kg) == ("22G1", 900)
    assert second.unit == Unit(type=UnitType.PLACE, id="LPCT")
    assert second.scope == {"stages": ["pickup"]}
    assert second.cargo is not None
    assert second.cargo.weight_kg == 800
    assert (third.event_id, third.unit.id) == ("own", box())
    assert (third.at, third.until) == (at("day+1 18:00"), at("day+1 22:00"))


def test_a_suspension_is_of_a_place_and_may_be_lifted() -> None:
    (running,) = suspension("10:00", place="LPCT", scope={"stages": ["pickup"]})
    assert running.kind is Kind.SUSPENSION_DECLARED
    assert running.unit == Unit(type=UnitType.PLACE, id="LPCT")
    assert running.party is Party.FORCE_MAJEURE
    declared, lifted = suspension("10:00", "12:00", ids="t", recorded_at=at("13:00"))
    assert (declared.unit.id, declared.place.port) == ("CNLYG", "CNLYG")
    assert (lifted.kind, lifted.occurred_at) == (Kind.SUSPENSION_LIFTED, at("12:00"))
    assert [declared.event_id, lifted.event_id] == ["t1", "t2"]
    assert declared.recorded_at == lifted.recorded_at == at("13:00")


@pytest.mark.parametrize(
    "sentence", ["", "10:00", "gated-out", "10:00 flew-away", "10:00 gated-out party=nobody"]
)
def test_a_sentence_without_sense_is_refused(sentence: str) -> None:
    with pytest.raises(ValueError, match=r"time|kind|party"):
        told(sentence)


def test_the_wire_carries_what_was_told() -> None:
    visit = told("10:00 inspection-ordered", "10:30 positioned")
    assert [fact for data in wire(*visit) for fact in decode(data)] == visit


def test_published_shapes_have_builders() -> None:
    closed, still_open = outcome("box-move", "10:00", "10:30"), outcome("box-move", "10:00")
    assert (closed.gross_s, closed.age_s, closed.verdict) == (1800, None, Verdict.NO_LIMIT)
    assert (still_open.closed_at, still_open.age_s) == (None, 0)
    assert (closed.split_s, still_open.split_s) == ({Party.TERMINAL: 1800}, {})
    assert closed.cause is not None
    assert (closed.cause.what, closed.cause.id) == (Cause.EVENT, "lyg-tos/e2")
    judged = outcome("box-move", "10:00", "10:30", limit=limit(1800), verdict="met", unit=box(3))
    assert judged.limit is not None
    assert (judged.limit.limit_s, judged.unit.id) == (1800, box(3))
    assert alert("box-move", "at-risk", "10:25").state is AlertState.AT_RISK
    assert fate(event("arrived", "08:00"), "kept").fate is Fate.KEPT
    assert set(tick("10:00", upto=9).upto.values()) == {9}


def test_the_examples_are_all_found_and_named_by_their_path() -> None:
    assert len(examples()) == len(list(EXAMPLES.glob("*/*")))
    named = {example.name: example for example in examples()}
    case = named["customs-events/inspection-ordered.many-units"]
    assert (case.word, case.case) == ("inspection-ordered", "many-units")
    assert {example.folder for example in examples("refused")} == {"refused"}
