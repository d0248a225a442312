"""Corrections: which reports stand when others replace or void them."""

from typing import Any

import pytest

from events.testing import at, event, told
from events.vocabulary import Kind
from timing.corrections import in_order, order, standing
from timing.observation import Observation, observation_of


def reports(*sentences: str, **fields: Any) -> tuple[Observation, ...]:
    return tuple(map(observation_of, told(*sentences, **fields)))


def ids(some: tuple[Observation, ...]) -> list[str]:
    return [report.event_id for report in some]


def test_reports_stand_in_the_order_of_the_work_not_of_their_coming() -> None:
    heard = reports("11:00 gated-out", "09:00 discharged", "10:00 move-ended")
    assert ids(standing(heard).facts) == ["e2", "e3", "e1"]


def test_in_one_second_entries_come_first_and_exits_last() -> None:
    words = ("truck-departed", "gated-out", "positioned", "discharged", "arrived", "departed")
    same_second = reports(*(f"10:00 {kind}" for kind in words))
    kinds = [str(report.kind) for report in sorted(same_second, key=order)]
    assert kinds[:2] == ["arrived", "discharged"]
    assert kinds[2:4] == ["positioned", "gated-out"]
    assert set(kinds[4:]) == {"departed", "truck-departed"}


def test_the_order_is_that_of_the_work_whether_or_not_two_speak_of_one_second() -> None:
    apart = reports("11:00 gated-out", "09:00 discharged", "10:00 move-ended")
    at_once = reports("10:00 gated-out", "10:00 truck-departed", "10:00 arrived", "09:00 declared")
    for heard in (apart, at_once, (*apart, *at_once)):
        assert in_order(heard) == sorted(heard, key=order) == in_order(reversed(heard))


@pytest.mark.parametrize("verb", ["supersedes", "retracts"])
def test_a_corrected_report_does_not_stand(verb: str) -> None:
    known = standing(reports("09:00 gated-in", "10:00 move-ended", f"10:05 move-ended {verb}=e2"))
    assert "e2" in ids(known.void)


def test_what_supersedes_is_a_fact_itself_and_what_retracts_is_none() -> None:
    assert ids(standing(reports("10:05 move-ended supersedes=e9")).facts) == ["e1"]
    assert ids(standing(reports("10:05 move-ended retracts=e9")).void) == ["e1"]


def test_every_report_either_stands_or_is_void() -> None:
    heard = reports("09:00 gated-in", "10:00 move-ended", "10:05 move-ended retracts=e2")
    known = standing(heard)
    assert sorted((*known.facts, *known.void), key=order) == sorted(heard, key=order)


def test_a_retracted_retraction_voids_nothing() -> None:
    # e1 stands <- e2 retracts e1 <- e3 retracts e2
    heard = reports(
        "10:00 move-ended", "10:05 move-ended retracts=e1", "10:09 gated-in retracts=e2"
    )
    assert ids(standing(heard).facts) == ["e1"]


def test_a_chain_of_retractions_is_unrolled_from_its_latest_end() -> None:
    # e1 <- e2 <- e3 <- e4: e4 voids e3, so e2 counts again, so e1 is void
    heard = reports(
        "10:00 move-ended",
        "10:01 move-ended retracts=e1",
        "10:02 move-ended retracts=e2",
        "10:03 move-ended retracts=e3",
    )
    assert ids(standing(heard).facts) == []


def test_only_the_last_of_a_chain_of_replacements_stands() -> None:
    # e1 <- e2 replaces e1 <- e3 replaces e2: what e2 put right, e3 does not bring back
    heard = reports(
        "10:00 move-ended", "10:01 move-ended supersedes=e1", "10:02 move-ended supersedes=e2"
    )
    assert ids(standing(heard).facts) == ["e3"]
    assert ids(standing(heard).void) == ["e1", "e2"]


def test_a_retracted_replacement_brings_back_what_it_replaced() -> None:
    heard = reports(
        "10:00 move-ended", "10:01 move-ended supersedes=e1", "10:02 move-ended retracts=e2"
    )
    assert ids(standing(heard).facts) == ["e1"]


def test_a_replaced_retraction_takes_nothing_back() -> None:
    heard = reports(
        "10:00 move-ended", "10:01 move-ended retracts=e1", "10:02 gated-in supersedes=e2"
    )
    assert ids(standing(heard).facts) == ["e1", "e3"]


def test_of_two_that_replace_each_other_the_later_recorded_stands() -> None:
    early = event("move-ended", "10:09", event_id="a", recorded_at=at("10:10"), supersedes="b")
    late = event("move-ended", "10:00", event_id="b", recorded_at=at("10:20"), supersedes="a")
    assert ids(standing(map(observation_of, (early, late))).facts) == ["b"]


def test_a_report_that_says_it_supersedes_itself_is_just_another_version() -> None:
    # Some senders repeat an event's id in `supersedes` when they correct it under the same id.
    assert ids(standing(reports("10:00 move-ended supersedes=e1")).facts) == ["e1"]


def test_a_report_that_retracts_itself_is_no_fact() -> None:
    assert standing(reports("10:00 move-ended retracts=e1")).facts == ()


def test_a_source_corrects_only_its_own_events() -> None:
    mine = observation_of(event("move-ended", "10:00", event_id="e1", source="one"))
    theirs = observation_of(event("gated-in", "10:01", event_id="x", source="two", retracts="e1"))
    assert standing((mine, theirs)).facts == (mine,)


def test_correcting_an_unknown_event_leaves_the_others_alone() -> None:
    heard = reports("10:00 move-ended", "10:01 move-started retracts=e77")
    assert ids(standing(heard).facts) == ["e1"]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_place_within_a_second(kind: Kind) -> None:
    assert order(observation_of(event(kind, "10:00")))[0] == int(at("10:00").timestamp())
