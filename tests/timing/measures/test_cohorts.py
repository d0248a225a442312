"""Cohorts: what was stated first in the visit, by reports that stand."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.envelope import Event
from events.reading import read
from events.testing import box, event, told, wire
from timing.measures.cohorts import Cohort, cohorts_of
from timing.patience import Patience
from timing.testing import told as told_at

VISIT = (
    "08:00 arrived",
    "09:00 discharged",
    "10:00 declaration-accepted",
    "12:00 released",
    "15:00 gated out",
)


def _cohorts(*events: Event) -> list[Cohort]:
    return sorted(cohorts_of(events, Patience()))


def _only(*events: Event) -> Cohort:
    (found,) = _cohorts(*events)
    return found


def _customs(when: str, kind: str = "declared", **said: object) -> Event:
    return event(kind, when, event_id=f"{kind}-{when}", customs=said)


def test_what_nobody_states_is_unknown_and_what_nobody_orders_was_not_done() -> None:
    found = _only(*told(*VISIT))
    assert found[1:] == (None, None, False, None, None)


def test_traits_are_those_stated_first() -> None:
    found = _only(
        *told(*VISIT, cargo={"category": "reefer", "laden": True}),
        _customs("09:30", trader="3207960001", advance=True),
        _customs("09:45", trader="3207960002", advance=False),
    )
    assert found[1:] == ("reefer", True, False, True, "3207960001")


@pytest.mark.parametrize(
    "kind", ["inspection-ordered", "scan-ordered", "inspection-started", "inspection-ended"]
)
def test_an_inspection_ordered_or_done_makes_the_visit_inspected(kind: str) -> None:
    assert _only(*told(*VISIT, f"11:00 {kind}")).inspected


def test_a_retracted_order_is_none_and_a_corrected_company_is_the_new_one() -> None:
    events = told(*VISIT, "11:00 inspection-ordered")
    wrong = events[-1]
    retraction = event("inspection-ordered", "11:00", event_id="no", retracts=wrong.event_id)
    first = _customs("09:30", trader="3207960001")
    better = event(
        "declared", "09:30", event_id="new", supersedes=first.event_id,
        customs={"trader": "3207960009"},
    )  # fmt: skip
    found = _only(*events, retraction, first, better)
    assert not found.inspected
    assert found.trader == "3207960009"


def test_a_box_that_comes_back_has_a_cohort_for_each_visit() -> None:
    events = [
        *told(*VISIT, ids="a", cargo={"category": "general"}),
        _customs("10:30", trader="1"),
        *told("day+3 08:00 gated in", "day+4 09:00 loaded", ids="b", cargo={"category": "mineral"}),
    ]
    found = _cohorts(*events)
    assert [one.goods for one in found] == ["general", "mineral"]
    assert [one.trader for one in found] == ["1", None]


def test_two_contents_of_one_event_count_once_whatever_came_first() -> None:
    first = event("declared", "09:30", event_id="d", customs={"trader": "1"})
    again = first.model_copy(update={"customs": None})
    late = event(
        "declared", "09:31", event_id="d", recorded_at="2026-03-02T12:00:00+08:00",
        customs={"trader": "2"},
    )  # fmt: skip
    events = told(*VISIT)
    assert _only(*events, first, again).trader == _only(*events, again, first).trader == "1"
    assert _only(*events, first, late).trader == _only(*events, late, first).trader == "2"


def test_a_place_makes_no_cohort() -> None:
    unit = {"type": "place", "id": "CNLYG"}
    storm = told("09:00 suspension-declared unit=place/CNLYG party=force-majeure")
    assert storm[0].unit.model_dump() == unit
    assert not _cohorts(*storm)


@given(st.integers(0, 10_000))
def test_order_and_repetition_change_nothing_and_gists_say_the_same(seed: int) -> None:
    rng = Random(seed)
    events = [one for n in range(3) for one in told_at(rng, number=n)]
    for place, one in enumerate(events):
        if rng.random() < 0.3:
            customs = {"trader": str(rng.randrange(4)), "advance": rng.random() < 0.5}
            again = one.model_dump(mode="json", exclude_none=True) | {"customs": customs}
            events[place] = Event.model_validate(again)
    shuffled = [*events, *rng.sample(events, len(events) // 2)]
    rng.shuffle(shuffled)
    expected = _cohorts(*events)
    assert _cohorts(*shuffled) == expected
    gists = [one for line in wire(*events) for one in read(line)]
    assert sorted(cohorts_of(gists, Patience())) == expected
    assert all(one.visit_id.split("/")[1] in {box(n) for n in range(3)} for one in expected)
