"""A change touches the months in which an outcome ends, and those at whose end it was open."""

import pytest

from events.outcomes import Outcome
from events.testing import at, outcome
from portclock.restating.months import touched

UNTIL = int(at("day+40 10:00").timestamp())
"""The eleventh of April."""


def stage(opened: str, closed: str | None = None) -> Outcome:
    return outcome("box-move", opened, closed)


@pytest.mark.parametrize(
    ("before", "after", "months"),
    [
        (stage("10:00", "11:00"), stage("10:00", "12:00"), ["2026-03"]),
        (stage("10:00", "11:00"), None, ["2026-03"]),
        (None, stage("10:00", "day+40 11:00"), ["2026-03", "2026-04"]),
        (
            stage("10:00", "day+70 11:00"),
            stage("10:00", "11:00"),
            ["2026-03", "2026-04", "2026-05"],
        ),
        (stage("10:00"), stage("10:00", "11:00"), ["2026-03", "2026-04"]),
        (stage("day+60 10:00"), None, ["2026-05"]),
    ],
)
def test_both_sides_of_a_change_count(
    before: Outcome | None, after: Outcome | None, months: list[str]
) -> None:
    assert touched([(before, after)], UNTIL) == months
    assert touched([(after, before)], UNTIL) == months


def test_a_month_ends_by_the_clock_of_the_port() -> None:
    """The first of April begins at 16:00 UTC of the last of March."""
    assert touched([(stage("day+29 23:00", "day+29 23:59"), None)], UNTIL) == ["2026-03"]
    assert touched([(stage("day+29 23:00", "day+30 00:00"), None)], UNTIL) == ["2026-03", "2026-04"]


def test_nothing_touches_nothing() -> None:
    assert touched([], UNTIL) == []
