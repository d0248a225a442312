"""Faults: as many as stated, within their bounds, and without effect on the final outcomes."""

from collections import Counter
from datetime import datetime

import orjson
import pytest

from events.codec import decode
from events.outcomes import Outcome
from portclock.traffic.feed import traffic
from portclock.traffic.flows import read_sample
from portclock.traffic.hostile import (
    DISORDER_MAX_S,
    ENDS,
    HONEST,
    LATE_MAX_S,
    Fault,
    Parcel,
    Rates,
    harass,
)
from portclock.traffic.plans import World
from portclock.traffic.stories import tell
from portclock.traffic.telling import Report
from timing.engine import Rules
from timing.judge import judge

WORLD = World(41, 1772380800, read_sample())


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    return [report for visit in range(2500) for report in tell(WORLD, visit)]


@pytest.fixture(scope="module")
def suffered(reports: list[Report]) -> dict[Fault, list[tuple[Report, list[Parcel]]]]:
    found: dict[Fault, list[tuple[Report, list[Parcel]]]] = {fault: [] for fault in Fault}
    for report in reports:
        fault, parcels = harass(report, WORLD.seed, Rates())
        if fault is not None:
            found[fault].append((report, parcels))
    return found


Suffered = dict[Fault, list[tuple[Report, list[Parcel]]]]


def test_honest_rates_leave_everything_as_it_is(reports: list[Report]) -> None:
    for report in reports[:500]:
        fault, parcels = harass(report, WORLD.seed, HONEST)
        assert fault is None
        assert [(parcel.due_s, parcel.value) for parcel in parcels] == [
            (report.due_s, report.value())
        ]


@pytest.mark.parametrize(
    ("fault", "share"),
    [
        (Fault.DUPLICATE, 0.02),
        (Fault.DISORDER, 0.02),
        (Fault.LATE, 0.003),
        (Fault.SUPERSEDED, 0.003),
        (Fault.REWRITTEN, 0.003),
        (Fault.RETRACTED, 0.003),
        (Fault.POISON, 0.004),
    ],
)
def test_faults_are_as_frequent_as_stated(
    suffered: Suffered, reports: list[Report], fault: Fault, share: float
) -> None:
    assert len(suffered[fault]) / len(reports) == pytest.approx(share, rel=0.3)


def test_only_ends_go_missing_and_as_often_as_stated(
    suffered: Suffered, reports: list[Report]
) -> None:
    missing = suffered[Fault.MISSING_END]
    assert all(report.kind in ENDS and not parcels for report, parcels in missing)
    ends = sum(report.kind in ENDS for report in reports)
    assert len(missing) / ends == pytest.approx(0.02, rel=0.3)


def test_delays_keep_their_bounds(suffered: Suffered) -> None:
    for report, parcels in suffered[Fault.DISORDER]:
        assert 0 < parcels[0].due_s - report.due_s <= DISORDER_MAX_S
    for fault in set(Fault) - {Fault.DISORDER, Fault.MISSING_END}:
        for report, parcels in suffered[fault]:
            assert max(parcel.due_s for parcel in parcels) - report.due_s <= 2 * LATE_MAX_S
    for report, parcels in suffered[Fault.LATE]:
        assert 300 <= parcels[0].due_s - report.due_s <= LATE_MAX_S


def test_a_duplicate_is_the_same_bytes_again(suffered: Suffered) -> None:
    for report, parcels in suffered[Fault.DUPLICATE]:
        assert [parcel.value for parcel in parcels] == [report.value()] * 2
        assert parcels[1].due_s > parcels[0].due_s


def test_corrections_end_with_the_truth(suffered: Suffered) -> None:
    for fault in (Fault.SUPERSEDED, Fault.REWRITTEN):
        for report, (wrong, right) in suffered[fault]:
            first, last = orjson.loads(wrong.value), orjson.loads(right.value)
            truth = report.body["occurred_at"]
            assert datetime.fromisoformat(first["occurred_at"]) < datetime.fromisoformat(
                first["recorded_at"]
            )
            assert first["occurred_at"] != truth == last["occurred_at"]
            assert datetime.fromisoformat(last["recorded_at"]).timestamp() == right.due_s
            assert right.due_s >= wrong.due_s + 600
            same = first["event_id"] == last["event_id"]
            assert same is (fault is Fault.REWRITTEN)
            assert last.get("supersedes") == (None if same else first["event_id"])


def test_what_is_false_is_taken_back(suffered: Suffered) -> None:
    for report, (honest, false, retraction) in suffered[Fault.RETRACTED]:
        assert honest.value == report.value()
        assert orjson.loads(retraction.value)["retracts"] == orjson.loads(false.value)["event_id"]


def test_good_messages_are_valid_and_say_when_they_were_recorded(suffered: Suffered) -> None:
    for fault in Fault:
        for _, parcels in suffered[fault][:150]:
            for parcel in parcels:
                if parcel.refused_for is None:
                    recorded_at = decode(parcel.value)[0].recorded_at
                    assert recorded_at is not None
                    assert recorded_at.timestamp() == parcel.said_s


def test_but_for_missing_ends_the_outcomes_are_those_of_the_honest_reports() -> None:
    faults = Rates(0.05, 0.05, 0.03, 0.09, 0.01, missing_ends=0)
    hostile = judge((sent.value for sent in traffic(400, 6, rates=faults)), Rules())
    honest = judge((sent.value for sent in traffic(400, 6, rates=HONEST)), Rules(), hostile.now)
    assert hostile.accounts.corrections > 50
    assert hostile.accounts.duplicates > 100
    assert Counter(map(_said, hostile.outcomes)) == Counter(map(_said, honest.outcomes))


def _said(outcome: Outcome) -> tuple[object, ...]:
    """All of an outcome but how often it was revised and which events told of it."""
    limit = outcome.limit.id if outcome.limit else None
    return (
        outcome.visit_id, outcome.stage, outcome.occurrence, limit, outcome.verdict,
        outcome.opened_at, outcome.closed_at, outcome.gross_s, outcome.net_s, outcome.flags,
    )  # fmt: skip
