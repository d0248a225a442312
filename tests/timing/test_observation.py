"""Observations: what the rules read of an event, and which of two reports of it stands."""

from itertools import permutations
from typing import Any

import pytest

from events import codec
from events.envelope import Event, Unit
from events.gist import Gist
from events.identifiers import Identity
from events.reading import gist_of
from events.testing import SOURCE, at, box, event
from timing.observation import (
    Observation,
    Rare,
    decode,
    encode,
    merged,
    observation_of,
    unit_key,
    unit_of,
)


def report(when: str = "10:00", recorded: str | None = None, **fields: Any) -> Observation:
    recorded_at = at(recorded) if recorded else None
    return observation_of(event("move-ended", when, recorded_at=recorded_at, **fields))


def test_instants_become_epoch_seconds() -> None:
    seen = report("10:00:01", "10:05", at=at("11:00"))
    assert seen.occurred_at == int(at("10:00:01").timestamp())
    assert seen.recorded_at == int(at("10:05").timestamp())
    assert seen.said.about_at == int(at("11:00").timestamp())


def test_an_unrecorded_event_counts_as_recorded_when_it_occurred() -> None:
    assert report("10:00").recorded_at == report("10:00").occurred_at


def test_the_cargo_is_taken_as_far_as_limits_depend_on_it() -> None:
    cargo = {"size_type": "45G1", "laden": False, "category": "perishable", "weight_kg": 9}
    seen = report(cargo=cargo)
    told = (seen.size_type, seen.laden, seen.category, seen.weight_kg)
    assert told == ("45G1", False, "perishable", 9)
    unstated = report()
    unsaid = (unstated.size_type, unstated.laden, unstated.category, unstated.weight_kg)
    assert unsaid == (None,) * 4


@pytest.mark.parametrize(
    ("scope", "stages"),
    [
        (None, ()),
        ({}, ()),
        ({"stage": "pickup"}, ("pickup",)),
        ({"stages": ["pickup"]}, ("pickup",)),
        ({"stages": ["unstuffing", "pickup", "unstuffing"]}, ("pickup", "unstuffing")),
    ],
)
def test_a_hold_may_name_its_stages_in_the_scope(
    scope: dict[str, Any] | None, stages: tuple[str, ...]
) -> None:
    assert report(scope=scope).said.stages == stages


def test_a_suspension_may_be_of_some_cargo_and_some_modes() -> None:
    said = report(scope={"categories": ["reefer", "dangerous"], "modes": ["rail"]}).said
    assert (said.stages, said.categories, said.modes) == ((), ("dangerous", "reefer"), ("rail",))


def test_two_spellings_of_one_scope_are_one_content() -> None:
    one = report(scope={"modes": ["rail", "water"]})
    assert one == report(scope={"modes": ["water", "rail", "water"]})


RARE: dict[str, dict[str, Any]] = {
    "precision": {"precision": "minute"},
    "about_at": {"at": at("11:00")},
    "until_at": {"until": at("12:00")},
    "party": {"party": "customs"},
    "journey_s": {"journey_s": 3600},
    "supersedes": {"supersedes": "e1"},
    "retracts": {"retracts": "e1"},
    "stages": {"scope": {"stages": ["pickup"]}},
    "categories": {"scope": {"categories": ["reefer"]}},
    "modes": {"scope": {"modes": ["rail"]}},
}


def test_an_event_that_says_nothing_rare_keeps_nothing_of_it() -> None:
    assert report().rare is None
    assert report(cargo={"size_type": "22G1", "laden": True}, extra={"crane": "Q7"}).rare is None
    assert report().said == Rare()


def test_what_is_spelled_out_as_usual_is_usual() -> None:
    usual: dict[str, Any] = {"precision": "second", "party": None, "at": None, "scope": {}}
    assert report(**usual).rare is None
    assert report(**usual).digest == report().digest


@pytest.mark.parametrize(("field", "fields"), RARE.items(), ids=RARE.keys())
def test_whatever_is_seldom_said_is_kept_when_it_is(field: str, fields: dict[str, Any]) -> None:
    seen = report(**fields)
    assert seen.rare is not None
    others = {name for name in Rare.__struct_fields__ if name != field}
    assert all(getattr(seen.rare, name) == getattr(Rare(), name) for name in others)
    assert getattr(seen.rare, field) != getattr(Rare(), field)


def test_a_journey_without_length_is_said_too() -> None:
    assert report(journey_s=0).said.journey_s == 0
    assert report().said.journey_s is None


def test_every_rare_field_but_the_other_versions_can_be_said_by_an_event() -> None:
    assert set(Rare.__struct_fields__) == {*RARE, "others"}


@pytest.mark.parametrize("fields", RARE.values(), ids=RARE.keys())
def test_whatever_the_rules_read_makes_another_content(fields: dict[str, Any]) -> None:
    assert report(event_id="e", **fields).digest != report(event_id="e").digest


def test_the_key_is_the_port_and_the_unit() -> None:
    assert unit_key(event("arrived", "10:00", unit=box(7))) == f"CNLYG/{box(7)}"


def test_the_same_content_has_the_same_digest_and_another_content_another() -> None:
    assert report("10:00").digest == report("10:00").digest
    assert report("10:00", event_id="e").digest != report("10:01", event_id="e").digest


def test_what_no_rule_reads_makes_no_other_content() -> None:
    assert report(extra={"a": 1}).digest == report(extra={"a": 2}).digest
    assert report(reason="fog").digest == report(reason="rain").digest


def test_a_correction_speaks_of_an_event_of_its_own_source() -> None:
    assert report().corrects is None
    assert report(supersedes="e1").corrects == Identity(SOURCE, "e1")
    assert report(retracts="e1", source="other").corrects == Identity("other", "e1")


def test_a_report_that_retracts_and_supersedes_retracts() -> None:
    assert report(supersedes="e1", retracts="e2").corrects == Identity(SOURCE, "e2")


def test_the_later_recorded_report_stands_whatever_came_first() -> None:
    # recorded  10:01  10:09
    # says      10:00  09:59    <- stands
    first, later = report("10:00", "10:01", event_id="e"), report("09:59", "10:09", event_id="e")
    for one, other in permutations((first, later)):
        assert merged(one, other).occurred_at == later.occurred_at


def test_of_two_reports_recorded_at_once_the_same_one_stands_in_either_order() -> None:
    one, other = report("10:00", "10:01", event_id="e"), report("09:59", "10:01", event_id="e")
    assert merged(one, other) == merged(other, one)


SEEN = [report(f"10:0{n}", f"10:1{n % 2}", event_id="e") for n in range(4)]


def test_every_version_is_remembered_in_any_order_of_merging() -> None:
    found = {merged(merged(merged(a, b), c), d) for a, b, c, d in permutations(SEEN)}
    assert len(found) == 1
    (stands,) = found
    assert {stands.digest, *stands.said.others} == {each.digest for each in SEEN}
    assert stands.weight == len(SEEN)


def test_merging_is_associative_with_everything_merged_before() -> None:
    for a, b, c, d in permutations(SEEN):
        assert merged(merged(a, b), merged(c, d)) == merged(a, merged(b, merged(c, d)))


def test_merging_a_report_with_itself_changes_nothing() -> None:
    assert merged(report(), report()) == report()
    both = merged(SEEN[0], SEEN[1])
    assert merged(both, both) == both
    assert merged(both, SEEN[0]) == merged(both, SEEN[1]) == both


def test_the_other_versions_are_no_part_of_the_content() -> None:
    stands = max(SEEN, key=lambda seen: (seen.recorded_at, seen.digest))
    merged_all = merged(merged(SEEN[0], SEEN[1]), merged(SEEN[2], SEEN[3]))
    assert merged_all != stands
    assert merged_all.digest == stands.digest


@pytest.mark.parametrize("version", SEEN, ids=["first", "second", "third", "fourth"])
def test_a_version_once_heard_was_said_before_whichever_stands(version: Observation) -> None:
    known = merged(merged(SEEN[0], SEEN[1]), merged(SEEN[2], SEEN[3]))
    assert version.said_before(known)
    assert not report("10:09", event_id="e").said_before(known)


def test_a_report_heard_once_weighs_one_whatever_it_says() -> None:
    assert report().weight == report(party="customs").weight == 1


def test_a_report_survives_the_writing() -> None:
    for seen in (report(), report(party="customs", at=at("11:00")), merged(SEEN[0], SEEN[1])):
        assert decode(encode(seen)) == seen


# --- of a gist


def gist(fact: Event) -> Gist:
    found = gist_of(codec.encode(fact), None)
    assert found is not None
    return found


SPELLED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "recorded": {"recorded_at": at("10:05")},
    "cargo": {"cargo": {"size_type": "45G1", "laden": False, "category": "other", "weight_kg": 0}},
    "some-cargo": {"cargo": {"laden": True}},
    "no-journey": {"journey_s": 0},
    "usual": {"precision": "second", "scope": {}, "cargo": {}},
    "one-stage": {"scope": {"stage": "pickup"}},
    "stages": {"scope": {"stage": "pickup", "stages": ["unstuffing", "box-move", "pickup"]}},
    "scope": {"scope": {"categories": ["reefer", "dangerous"], "modes": ["water", "rail"]}},
    "a-day": {"precision": "day"},
    **RARE,
}


@pytest.mark.parametrize("fields", SPELLED.values(), ids=SPELLED.keys())
def test_a_gist_is_observed_as_its_event(fields: dict[str, Any]) -> None:
    fact = event("move-ended", "10:00", **fields)
    assert observation_of(gist(fact)) == observation_of(fact)
    assert encode(observation_of(gist(fact))) == encode(observation_of(fact))
    assert decode(encode(observation_of(gist(fact)))) == observation_of(fact)


def test_everything_together_is_observed_as_in_the_event() -> None:
    every = {name: value for fields in SPELLED.values() for name, value in fields.items()}
    fact = event("move-ended", "10:00", **every)
    assert observation_of(gist(fact)) == observation_of(fact)


def test_a_gist_is_of_the_unit_of_its_event() -> None:
    fact = event("arrived", "10:00", unit=Unit.model_validate({"type": "wagon", "id": "1634521"}))
    assert unit_key(gist(fact)) == unit_key(fact)
    assert unit_of(gist(fact)) == unit_of(fact)


def test_a_unit_is_named_by_type_and_number_whatever_a_sender_adds() -> None:
    adorned = Unit.model_validate({"type": "container", "id": box(), "nickname": "lucky"})
    assert unit_of(event("arrived", "10:00", unit=adorned)) == event("arrived", "10:00").unit
