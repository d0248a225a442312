"""Every poison is refused for the reason it claims, and fits on one line."""

from random import Random

import pytest

from events.codec import decode
from events.refusals import InvalidEvent, Reason
from portclock.traffic.flows import read_sample
from portclock.traffic.plans import World
from portclock.traffic.poison import HUGE_BYTES, RECIPES, poison
from portclock.traffic.stories import STORM_EVERY, tell
from portclock.traffic.telling import Report

WORLD = World(31, 1772380800, read_sample())


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    visits = [*range(12), STORM_EVERY // 2]
    return [report for visit in visits for report in tell(WORLD, visit)]


def test_there_is_a_poison_for_every_reason_but_the_empty_message() -> None:
    assert set(RECIPES) == set(Reason) - {Reason.EMPTY}


@pytest.mark.parametrize("reason", RECIPES)
def test_poison_is_refused_for_the_reason_it_claims(reason: Reason, reports: list[Report]) -> None:
    repeats = 1 if reason is Reason.TOO_LARGE else 4
    for number, report in enumerate(reports * repeats):
        value = poison(report, reason, Random(number))
        with pytest.raises(InvalidEvent) as caught:
            decode(value)
        assert caught.value.refusal.reason is reason, value[:300]
        assert value
        assert not {b"\n"[0], b"\r"[0]} & set(value)


def test_the_honest_report_is_left_alone(reports: list[Report]) -> None:
    before = [report.value() for report in reports]
    for reason in RECIPES:
        for number, report in enumerate(reports):
            poison(report, reason, Random(number))
    assert [report.value() for report in reports] == before


def test_some_garbage_is_huge(reports: list[Report]) -> None:
    sizes = [len(poison(reports[0], Reason.TOO_LARGE, Random(n))) for n in range(60)]
    assert 0.95 * HUGE_BYTES < max(sizes) <= HUGE_BYTES
    assert min(sizes) < 100_000
