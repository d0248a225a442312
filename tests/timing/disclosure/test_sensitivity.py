"""Primary rules: which cells tell on somebody by themselves."""

import pytest

from timing.disclosure.rules import disclosure
from timing.disclosure.sensitivity import (
    NOBODY,
    Exposure,
    cause,
    changes_tell,
    exposed,
    slacks,
)  # fmt: skip

RULES = disclosure()
SAFE = Exposure(20, 6, 8, 4, 800, 400)


@pytest.mark.parametrize(
    ("exposure", "total_s", "why"),
    [
        (SAFE, 2000, None),
        (NOBODY, 0, None),
        (SAFE._replace(units=4), 2000, "few-units"),
        (SAFE._replace(units=5, largest_units=2, second_units=1), 2000, None),
        (SAFE._replace(companies=2), 2000, "few-companies"),
        (SAFE._replace(companies=3), 2000, None),
        (SAFE._replace(largest_units=15, second_units=1), 2000, None),
        (SAFE._replace(largest_units=16, second_units=1), 2000, "dominance"),
        (SAFE._replace(largest_units=14, second_units=5), 2000, "dominance"),
        (SAFE._replace(largest_s=1500, second_s=100), 2000, None),
        (SAFE._replace(largest_s=1501, second_s=100), 2000, "dominance"),
        (SAFE._replace(largest_s=1400, second_s=401), 2000, "dominance"),
        (Exposure(6, 4, 4, 1, 10, 10), 2000, "dominance"),
    ],
)
def test_each_rule_has_its_edge(exposure: Exposure, total_s: int, why: str | None) -> None:
    assert cause(exposure, total_s, RULES) == why


def test_an_exposure_is_counted_by_unit_and_company() -> None:
    rows = [("A", "x", 10), ("A", "x", 20), ("B", "y", 100), ("C", "", 7), ("D", "z", 1)]
    assert exposed(rows) == Exposure(4, 3, 2, 1, 100, 30)
    assert exposed([]) == NOBODY


def test_the_slack_of_a_sum_is_at_least_the_sum_of_slacks() -> None:
    """Whoever is largest in two cells, and in both together."""
    one = [("A", "x", 50), ("B", "x", 9), ("C", "y", 3)]
    two = [("D", "y", 70), ("E", "z", 5), ("F", "x", 8)]
    of = [slacks(exposed(some), sum(s for *_, s in some), RULES) for some in (one, two, one + two)]
    assert all(whole >= left + right for left, right, whole in zip(*of, strict=True))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (NOBODY, False),
        (Exposure(1, 1, 1, 0, 0, 0), True),
        (Exposure(5, 3, 2, 1, 0, 0), False),
        (Exposure(4, 3, 1, 1, 0, 0), True),
        (Exposure(50, 2, 20, 20, 0, 0), True),
        (Exposure(50, 4, 48, 1, 0, 0), True),
    ],
)
def test_changes_of_few_tell(changed: Exposure, told: bool) -> None:
    assert changes_tell(changed, RULES) is told
