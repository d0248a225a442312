"""Months begin and end at midnight of the port, eight hours before that of UTC."""

from datetime import UTC, datetime

import pytest

from timing.commitments.period import month, month_of


def _utc(year: int, month: int, day: int, hour: int) -> int:
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp())


def test_march_begins_at_midnight_of_the_port() -> None:
    march = month("2026-03")
    assert march.begins_at == _utc(2026, 2, 28, 16)
    assert march.ends_at == _utc(2026, 3, 31, 16)
    assert march.name == "2026-03"


def test_the_first_second_is_in_and_that_after_the_last_is_not() -> None:
    march = month("2026-03")
    assert [march.holds(at) for at in (march.begins_at - 1, march.begins_at)] == [False, True]
    assert [march.holds(at) for at in (march.ends_at - 1, march.ends_at)] == [True, False]


def test_months_follow_each_other_without_a_gap_over_the_year() -> None:
    assert month("2025-12").ends_at == month("2026-01").begins_at


def test_the_month_of_an_instant_is_that_of_the_port() -> None:
    """17:00 on 31 December in UTC is new year's day in China."""
    assert month_of(_utc(2025, 12, 31, 17)) == month("2026-01")
    assert month_of(month("2026-02").ends_at - 1) == month("2026-02")


@pytest.mark.parametrize(
    "name", ["2026", "2026-13", "2026-00", "2026-3", "March", "2026-03-01", ""]
)
def test_what_is_no_month_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no month; write 2026-03"):
        month(name)
