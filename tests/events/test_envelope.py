"""The event: strict in what it knows, open to what it does not, and never changed."""

from typing import Any

import pytest
from pydantic import ValidationError

from events.envelope import Cargo, Event, Place, Unit
from events.identifiers import Identity
from events.testing import at, box, event
from events.vocabulary import SUSPENSIONS, Category, Kind, Mode, Precision, UnitType


def test_identity_is_source_and_id() -> None:
    fact = event("arrived", "10:00", source="a", event_id="1")
    assert fact.identity == Identity("a", "1")
    assert fact.identity != event("arrived", "10:00", source="b", event_id="1").identity


def test_an_event_is_never_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        event("arrived", "10:00").event_id = "another"  # type: ignore[misc]


def test_what_nobody_said_is_absent() -> None:
    fact = event("arrived", "10:00", direction=None)
    assert (fact.direction, fact.cargo, fact.recorded_at) == (None, None, None)
    assert fact.precision is Precision.SECOND


@pytest.mark.parametrize("kind", sorted(set(Kind) - SUSPENSIONS))
def test_only_a_suspension_may_be_about_a_place(kind: Kind) -> None:
    place = Unit(type=UnitType.PLACE, id="CNLYG")
    with pytest.raises(ValidationError, match="only a suspension"):
        event(kind, "10:00", unit=place)


@pytest.mark.parametrize("kind", sorted(SUSPENSIONS))
def test_a_suspension_may_be_about_a_place_or_about_one_unit(kind: Kind) -> None:
    assert event(kind, "10:00", unit=Unit(type=UnitType.PLACE, id="石岛新港")).unit.id == "石岛新港"
    assert event(kind, "10:00").unit.id == box()


@pytest.mark.parametrize("other", [UnitType.WAGON, UnitType.ULD, UnitType.LOT])
def test_only_containers_have_container_numbers(other: UnitType) -> None:
    assert Unit(type=other, id="1634521").id == "1634521"
    with pytest.raises(ValidationError, match="ISO 6346"):
        Unit(type=UnitType.CONTAINER, id="1634521")


@pytest.mark.parametrize(
    ("shape", "fields"),
    [
        (Cargo, {"weight_kg": True}),
        (Cargo, {"weight_kg": "21300"}),
        (Cargo, {"weight_kg": 21300.0}),
        (Cargo, {"weight_kg": -1}),
        (Cargo, {"weight_kg": 1_000_001}),
        (Cargo, {"laden": 1}),
        (Cargo, {"laden": "true"}),
        (Cargo, {"size_type": "45g1"}),
        (Cargo, {"size_type": "45 G1"}),
        (Cargo, {"size_type": "4"}),
        (Cargo, {"category": "General"}),
        (Place, {"port": "CNLYG", "facility": " LPCT"}),
        (Place, {"port": "CNLYG", "facility": ""}),
        (Place, {"port": "CNLYG", "spot": 7}),
        (Unit, {"type": "Container", "id": box()}),
        (Unit, {"type": "lot", "id": 7}),
        (Unit, {"type": "lot", "id": "x" * 65}),
    ],
)
def test_nothing_is_guessed(shape: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        shape.model_validate(fields)


@pytest.mark.parametrize("weight", [0, 1_000_000])
def test_a_weight_reaches_from_nothing_to_a_thousand_tonnes(weight: int) -> None:
    assert Cargo(weight_kg=weight).weight_kg == weight


# --- what was booked, what is covered


#   10:00 at    18:00 begins ... 18:00:01 the first end that is one
def test_what_was_booked_ends_after_it_begins() -> None:
    booked = event("overtime-booked", "10:00", at=at("18:00"), until=at("18:00:01"))
    assert booked.until == at("18:00:01")
    for until in ("18:00", "17:59:59"):
        with pytest.raises(ValidationError, match="not after `at`"):
            event("overtime-booked", "10:00", at=at("18:00"), until=at(until))
    assert event("overtime-booked", "10:00", until=at("08:00")).until == at("08:00")


@pytest.mark.parametrize("wrong", [-1, 366 * 24 * 3600 + 1, "3600", 3600.0, True])
def test_a_journey_has_a_length_in_whole_seconds_of_at_most_a_year(wrong: Any) -> None:
    assert event("arrived", "10:00", journey_s=366 * 24 * 3600).journey_s == 31_622_400
    with pytest.raises(ValidationError):
        event("arrived", "10:00", journey_s=wrong)


def test_a_scope_keeps_a_stage_that_nobody_knows_and_no_other_strange_word() -> None:
    scope = {"stages": ["lashing"], "categories": ["reefer"], "modes": ["rail"]}
    fact = event("suspension-declared", "10:00", scope=scope)
    assert fact.scope == scope
    assert fact.scope["categories"] == [Category.REEFER]
    assert fact.scope["modes"] == [Mode.RAIL]
    for name in ("categories", "modes"):
        with pytest.raises(ValidationError):
            event("suspension-declared", "10:00", scope={name: ["lashing"]})


@pytest.mark.parametrize(
    ("scope", "read"),
    [
        ({}, {}),
        ({"stage": "pickup"}, {"stages": ["pickup"]}),
        ({"stage": "pickup", "stages": ["box-move"]}, {"stages": ["box-move", "pickup"]}),
        ({"stage": None, "modes": ["water"]}, {"modes": ["water"]}),
    ],
)
def test_the_older_spelling_of_one_stage_is_read_as_one_of_the_stages(
    scope: dict[str, Any], read: dict[str, Any]
) -> None:
    fact = event("clock-stopped", "10:00", scope=scope)
    assert fact.scope == read
    assert Event.model_validate(fact.model_dump()) == fact


@pytest.mark.parametrize(
    "scope",
    [
        {"facilities": ["LPCT"]},
        {"Stages": ["pickup"]},
        {"stages": []},
        {"stages": "pickup"},
        {"stages": ["pick up"]},
        {"stages": {"pickup": True}},
        {"categories": [None]},
        {"stage": ["pickup"]},
    ],
)
def test_a_scope_that_might_cover_more_than_was_meant_is_refused(scope: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        event("suspension-declared", "10:00", scope=scope)


def test_unknown_fields_stay_with_the_event() -> None:
    fact = event("arrived", "10:00", identity="theirs", model_fields="theirs too")
    assert fact.model_extra == {"identity": "theirs", "model_fields": "theirs too"}
    assert fact.identity == Identity(fact.source, fact.event_id)
    assert isinstance(fact, Event)
