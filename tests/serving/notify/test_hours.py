"""Quiet hours and digests: nothing is told inside them but what may pass, and nothing is lost."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.testing import at
from serving.notify.hours import due, quiet_until
from serving.notify.routes import Digest, Quiet, Route, Told

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = Quiet.model_validate({"from": "22:00", "to": "06:00", "pass": ["breached"]})
NOON = Quiet.model_validate({"from": "12:00", "to": "13:30"})
WINDOW_MS = 300
TIMES = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
INSTANTS = st.integers(1_767_225_600_000, 1_798_761_600_000)


def ms(words: str) -> int:
    return int(at(words).timestamp()) * 1000


def route(**fields: object) -> Route:
    return Route.model_validate({"name": "yard", "channels": ["hook"], **fields})


def local(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZONE)


@pytest.mark.parametrize(
    ("quiet", "when", "until"),
    [
        (NIGHT, "21:59:59", None),
        (NIGHT, "22:00", "day+1 06:00"),
        (NIGHT, "23:59", "day+1 06:00"),
        (NIGHT, "00:00", "06:00"),
        (NIGHT, "05:59:59", "06:00"),
        (NIGHT, "06:00", None),
        (NOON, "11:59", None),
        (NOON, "12:00", "13:30"),
        (NOON, "13:30", None),
    ],
)
def test_quiet_hours_begin_with_their_first_minute_and_end_with_their_last(
    quiet: Quiet, when: str, until: str | None
) -> None:
    assert quiet_until(quiet, ZONE, ms(when)) == (ms(until) if until else None)


@settings(deadline=None)
@given(TIMES, TIMES, INSTANTS)
def test_after_the_end_of_quiet_hours_it_is_not_quiet(begins: time, ends: time, now: int) -> None:
    if begins == ends:
        return
    quiet = Quiet(begins=begins, ends=ends)
    until = quiet_until(quiet, ZONE, now)
    if until is not None:
        assert now < until <= now + 24 * 3_600_000
        assert local(until).time() == ends
        assert quiet_until(quiet, ZONE, until) is None


@settings(deadline=None)
@given(TIMES, TIMES, INSTANTS)
def test_every_instant_is_in_one_of_a_time_and_its_opposite(
    begins: time, ends: time, now: int
) -> None:
    if begins == ends:
        return
    one, other = Quiet(begins=begins, ends=ends), Quiet(begins=ends, ends=begins)
    assert (quiet_until(one, ZONE, now) is None) != (quiet_until(other, ZONE, now) is None)


def test_what_may_pass_is_told_at_night_and_the_rest_in_the_morning() -> None:
    yard = route(quiet=NIGHT)
    assert due(yard, ZONE, Told.BREACHED, ms("23:00"), WINDOW_MS) == (ms("23:00") + 300, False)
    assert due(yard, ZONE, Told.AT_RISK, ms("23:00"), WINDOW_MS) == (ms("day+1 06:00"), True)


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("10:00", "10:30"),
        ("10:29:59", "10:30"),
        ("10:30", "11:00"),
        ("21:40", "day+1 06:00"),
        ("23:50", "day+1 06:00"),
    ],
)
def test_a_digest_comes_every_half_hour_but_not_at_night(when: str, told: str) -> None:
    yard = route(quiet=NIGHT, digest={"every_min": 30})
    assert due(yard, ZONE, Told.AT_RISK, ms(when), WINDOW_MS) == (ms(told), True)
    assert not due(yard, ZONE, Told.BREACHED, ms(when), WINDOW_MS).held


@settings(deadline=None)
@given(st.integers(5, 1_440), INSTANTS)
def test_a_digest_is_never_further_away_than_it_is_long(every_min: int, now: int) -> None:
    yard = route(digest=Digest(every_min=every_min))
    told = due(yard, ZONE, Told.RESOLVED, now, WINDOW_MS)
    assert now < told.at_ms <= now + every_min * 60_000
    passed = local(told.at_ms).hour * 60 + local(told.at_ms).minute
    assert passed % every_min == 0


def test_without_quiet_hours_and_digest_all_is_told_at_once() -> None:
    for state in Told:
        assert due(route(), ZONE, state, ms("03:00"), WINDOW_MS) == (ms("03:00") + 300, False)
