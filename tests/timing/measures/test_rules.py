"""Rules of measures: which value is extreme, when it is peak, and that released rules stay."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.testing import at
from timing.measures.rules import RULES, measure_rules

RELEASED = "078b16a6de7b8dced05e782ed37fe48ae042209cc685fa0aad7a78582d620a00"


def test_every_rule_is_cited_by_id_and_version() -> None:
    assert measure_rules().ids == {
        "cohort": "ended-in-month/1",
        "extremes": "extremes/1",
        "peak": "peak/1",
    }


def test_a_released_rule_is_never_edited() -> None:
    """Another reading of a rule gets another version, in a file that has both."""
    assert sha256(RULES.read_bytes()).hexdigest() == RELEASED


def test_extreme_is_what_lies_beyond_three_times_the_spread_of_the_middle_half() -> None:
    ordered = [10, 20, 30, 40, 50, 60, 70, 80]
    assert measure_rules().extremes.above(ordered) == 60 + 3 * (60 - 20)


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=50).map(sorted))
def test_at_least_three_quarters_are_never_extreme(ordered: list[int]) -> None:
    above = measure_rules().extremes.above(ordered)
    assert 4 * sum(value <= above for value in ordered) >= 3 * len(ordered)


@pytest.mark.parametrize(
    ("when", "peak"),
    [
        ("07:59:59", False),
        ("08:00", True),
        ("17:59:59", True),
        ("18:00", False),
        ("day+4 10:00", True),  # Friday
        ("day+5 10:00", False),  # Saturday
        ("day+6 10:00", False),
        ("day+7 10:00", True),
    ],
)
def test_peak_is_from_eight_to_before_six_on_working_days_by_port_time(
    when: str, peak: bool
) -> None:
    assert measure_rules().peak.holds(int(at(when).timestamp())) is peak
