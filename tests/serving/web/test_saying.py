"""A glance is never told more time than there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.testing import at
from serving.web import saying
from timing.story.chinese import CHINESE
from timing.story.english import ENGLISH

NOON = int(at("12:00").timestamp())


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "0 s", "0秒"),
        (59, "59 s", "59秒"),
        (60, "1 min", "1分"),
        (719, "11 min", "11分"),
        (11_520, "3 h 12 min", "3小时12分"),
        (86_399, "23 h 59 min", "23小时59分"),
        (187_000, "2 d 3 h", "2天3小时"),
        (-719, "11 min", "11分"),
        (15 * 86_400 + 7_200, "15 d", "15天"),
    ],
)
def test_lengths_are_cut_and_never_rounded_up(seconds: int, english: str, chinese: str) -> None:
    assert saying.brief(seconds, ENGLISH) == english
    assert saying.brief(seconds, CHINESE) == chinese


def test_instants_are_said_in_the_time_of_the_port() -> None:
    assert saying.clock(NOON + 5) == "12:00:05"
    assert saying.day(NOON) == "2026-03-02"
    assert saying.machine(NOON) == "2026-03-02T12:00:00+08:00"


def test_an_instant_of_another_day_says_its_day() -> None:
    assert saying.hour(NOON, NOON) == "12:00"
    assert saying.hour(NOON - 86_400, NOON) == "03-01 12:00"
    assert saying.hour(NOON, None) == "03-02 12:00"


@given(st.floats(min_value=0, max_value=1e6))
def test_a_bar_never_leaves_its_track_and_passes_the_mark_only_when_overdue(share: float) -> None:
    length = saying.bar(share)
    assert 0 <= length <= 100
    assert share <= 1 or length >= 66.6


def test_percent_is_cut() -> None:
    assert saying.percent(0.999) == "99 %"
    assert saying.percent(1.0) == "100 %"
    assert saying.percent(9.999) == "999 %"
    assert saying.percent(1462.8) == "> 999 %"
