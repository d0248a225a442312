"""Where a board begins, the same on every store: the SQL and its plain twin answer alike."""

from random import Random
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from events.outcomes import Alert, Outcome
from events.testing import PORT, alert, at, box, event, limit, outcome
from sinks.accepted import event_row
from sinks.beginning import Place, Seen, TableBeginning, committed
from sinks.rows import alert_row, outcome_row, version_of
from sinks.settings import WriterSettings
from sinks.store import Store
from sinks.tables import ALERTS, DWELLS, EVENTS

VISIT = f"{PORT}/{box(1)}/20260302T000000Z"


def _keep(store: Store, *told: Outcome, era: int = 0) -> None:
    rows = [outcome_row(one, version_of(n, era)) for n, one in enumerate(told)]
    store.insert(DWELLS, rows, f"o{era}/{len(told)}")


def _said(store: Store, *told: Alert) -> None:
    rows = [alert_row(one, version_of(n, 2)) for n, one in enumerate(told)]
    store.insert(ALERTS, rows, f"a{len(told)}")


def _stage(stage: str, opened: str, closed: str | None = None, **fields: Any) -> Outcome:
    return outcome(stage, opened, closed, **{"visit_id": VISIT, **fields})


def _outcomes(store: Store) -> dict[tuple[str, str], Place]:
    found = TableBeginning(store, {}).outcomes()
    return {(one.unit.id, one.stage): place for one, place in found}


def test_what_is_open_comes_whole_with_its_place_in_the_log(store: Store) -> None:
    told = [
        _stage("pickup", "10:00", verdict="open", limit=limit(), deadline_at=at("10:30")),
        _stage("truck-turn", "10:00", "10:20"),
        _stage("release-time", "10:00"),
    ]
    _keep(store, *told, era=3)
    found = list(TableBeginning(store, {}).outcomes())
    assert found == [(told[0], Place(3, 0)), (told[2], Place(3, 2))]


def test_what_was_closed_or_withdrawn_later_does_not_come(store: Store) -> None:
    _keep(store, _stage("pickup", "10:00"), _stage("collection", "10:00"))
    _keep(
        store,
        _stage("pickup", "10:00", "10:30"),
        _stage("collection", "10:00", verdict="void"),
        era=1,
    )
    assert _outcomes(store) == {}


def test_an_inspection_comes_with_its_ended_steps_for_a_day_after_its_end(store: Store) -> None:
    steps = ("box-move", "inspection-positioning", "inspection-wait", "inspection", "pickup")
    ended = [
        _stage(stage, "10:00", "10:30", unit=unit, visit_id=f"{PORT}/{unit}/20260302T000000Z")
        for stage in steps
        for unit in (box(1), box(2))
    ]
    later = _stage("inspection", "10:00", "day+1 10:20", unit=box(2), occurrence=2,
                   visit_id=f"{PORT}/{box(2)}/20260302T000000Z")  # fmt: skip
    now = outcome("release-time", "day+1 10:40", unit=box(3))
    _keep(store, *ended, later, now)
    assert set(_outcomes(store)) == {
        *((box(2), stage) for stage in steps[:-1]),
        (box(3), "release-time"),
    }


def test_the_moves_of_a_unit_that_is_here_come_too(store: Store) -> None:
    _keep(store, _stage("box-move", "10:00", "10:30"), _stage("release-time", "10:00"))
    assert {stage for _, stage in _outcomes(store)} == {"box-move", "release-time"}


def test_alerts_come_of_open_incidents_and_of_those_that_ended_within_a_week(store: Store) -> None:
    told = [
        alert("pickup", "at-risk", "10:00"),
        alert("pickup", "breached", "10:30", cause={"what": "time", "id": None}),
        alert("collection", "at-risk", "10:00"),
        alert("collection", "resolved", "10:30"),
        alert("box-move", "at-risk", "day+7 10:00", unit=box(2)),
        alert("box-move", "retracted", "day+7 10:30", unit=box(2)),
    ]
    _said(store, *told)
    found = {place.offset: one for one, place in TableBeginning(store, {}).alerts()}
    assert found == dict(enumerate(told))
    _said(store, *told, alert("truck-turn", "at-risk", "day+7 10:31"))
    found = {place.offset: one for one, place in TableBeginning(store, {}).alerts()}
    assert sorted(found) == [0, 1, 4, 5, 6]
    assert {place.era for _, place in TableBeginning(store, {}).alerts()} == {2}


def test_the_last_spot_of_each_unit_that_is_here_comes(store: Store) -> None:
    _keep(store, *(outcome("release-time", "10:00", unit=box(n)) for n in (1, 2, 3)))
    seen = [
        event("move-ended", "10:00", unit=box(1), spot="A1-01"),
        event("move-ended", "10:30", unit=box(1), spot="B2-02"),
        event("gated-out", "10:40", unit=box(1)),
        event("move-ended", "10:00", unit=box(2), spot="'; --"),
        event("move-ended", "10:00", unit=box(9), spot="C1-01"),
    ]
    store.insert(EVENTS, [event_row(one, n) for n, one in enumerate(seen)], "e")
    ten = int(at("10:00").timestamp())
    assert list(TableBeginning(store, {}).spots()) == [
        Seen(PORT, box(1), "B2-02", ten + 1800),
        Seen(PORT, box(2), "'; --", ten),
    ]


def test_nothing_in_the_tables_is_a_beginning_too(store: Store) -> None:
    beginning = TableBeginning(store, {("stage-dwells", 1): 7})
    assert [
        *beginning.outcomes(),
        *beginning.alerts(),
        *beginning.deeds(),
        *beginning.spots(),
    ] == []
    assert beginning.upto() == {("stage-dwells", 1): 7}


@pytest.mark.parametrize("seed", range(2))
def test_of_many_outcomes_the_open_ones_come_and_no_other_stage_than_of_inspections(
    store: Store, seed: int
) -> None:
    rng = Random(seed)
    stages = ("pickup", "inspection", "box-move", "collection")
    told = [
        outcome(rng.choice(stages), "10:00", rng.choice((None, "10:30")), unit=box(n % 40),
                occurrence=n + 1, verdict=rng.choice(("no-limit", "void")))
        for n in range(200)
    ]  # fmt: skip
    _keep(store, *told)
    stands = [one for one in told if one.verdict != "void"]
    inspected = {one.visit_id for one in stands if one.closed_at is None}
    inspected |= {one.visit_id for one in stands if one.stage == "inspection"}
    wanted = [
        one
        for one in stands
        if one.closed_at is None
        or (one.stage in ("inspection", "box-move") and one.visit_id in inspected)
    ]
    found = [one for one, _ in TableBeginning(store, {}).outcomes()]
    key = lambda one: (one.stage, one.visit_id, one.occurrence)  # noqa: E731 - one line, twice
    assert sorted(found, key=key) == sorted(wanted, key=key)


def test_where_to_read_on_is_what_the_writer_committed(broker: str) -> None:
    settings = WriterSettings(brokers=(broker,), group="beginning")
    assert committed(settings) == {}
    member = KafkaConsumer(bootstrap_servers=broker, group_id="beginning", enable_auto_commit=False)
    places = {("stage-dwells", 1): 5, ("limit-alerts", 0): 2, ("event-fates", 0): 9}
    topics = [TopicPartition(*place) for place in places]
    member.assign(topics)
    member.commit({p: OffsetAndMetadata(places[p.topic, p.partition], "", -1) for p in topics})
    member.close()
    assert committed(settings) == {("stage-dwells", 1): 5, ("limit-alerts", 0): 2}
