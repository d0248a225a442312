"""Observations: what the rules read of an event, and which of two reports of it stands."""

from itertools import permutations
from typing import Any

import pytest

from events.identifiers import Identity
from events.testing import SOURCE, at, box, event
from timing.observation import Observation, merged, observation_of, unit_key


def report(when: str = "10:00", recorded: str | None = None, **fields: Any) -> Observation:
    recorded_at = at(recorded) if recorded else None
    return observation_of(event("move-ended", when, recorded_at=recorded_at, **fields))


def test_instants_become_epoch_seconds() -> None:
    seen = report("10:00:01", "10:05", at=at("11:00"))
    assert seen.occurred_at == int(at("10:00:01").timestamp())
    assert seen.recorded_at == int(at("10:05").timestamp())
    assert seen.about_at == int(at("11:00").timestamp())


def test_an_unrecorded_event_counts_as_recorded_when_it_occurred() -> None:
    assert report("10:00").recorded_at == report("10:00").occurred_at


def test_the_cargo_is_taken_as_far_as_limits_depend_on_it() -> None:
    cargo = {"size_type": "45G1", "laden": False, "category": "perishable", "weight_kg": 9}
    seen = report(cargo=cargo)
    assert (seen.size_type, seen.laden, seen.category) == ("45G1", False, "perishable")
    unstated = report()
    assert (unstated.size_type, unstated.laden, unstated.category) == (None, None, None)


@pytest.mark.parametrize(
    ("scope", "stage"),
    [(None, None), ({}, None), ({"stage": "pickup"}, "pickup"), ({"stage": ["pickup"]}, None)],
)
def test_a_hold_may_name_its_stage_in_the_scope(
    scope: dict[str, Any] | None, stage: str | None
) -> None:
    assert report(scope=scope).stage == stage


def test_the_key_is_the_port_and_the_unit() -> None:
    assert unit_key(event("arrived", "10:00", unit=box(7))) == f"CNLYG/{box(7)}"


def test_the_same_content_has_the_same_digest_and_another_content_another() -> None:
    assert report("10:00").digest == report("10:00").digest
    assert report("10:00", event_id="e").digest != report("10:01", event_id="e").digest
    assert report(extra={"a": 1}).digest != report(extra={"a": 2}).digest


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


def test_every_version_is_remembered_in_any_order_of_merging() -> None:
    seen = [report(f"10:0{n}", f"10:1{n % 2}", event_id="e") for n in range(4)]
    found = {merged(merged(merged(a, b), c), d) for a, b, c, d in permutations(seen)}
    assert len(found) == 1
    assert set(found.pop().versions) == {each.digest for each in seen}


def test_merging_a_report_with_itself_changes_nothing() -> None:
    assert merged(report(), report()) == report()
