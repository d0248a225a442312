"""Epoch seconds: the same instants as the contract's own reader takes, and no others."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from events import seconds
from events.instants import EARLIEST, LATEST, parse_instant
from events.seconds import DAYS_KEPT, ENDINGS_KEPT, MINUTES_KEPT, second_of

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""How fast a shared machine draws examples is no property of the code."""


def forget() -> None:
    seconds._days.clear()
    seconds._minutes.clear()
    seconds._endings.clear()


def by_the_contract(text: str) -> int | str:
    try:
        return int(parse_instant(text).timestamp())
    except PydanticCustomError as error:
        return error.type


def quickly(text: str) -> int | str:
    try:
        return second_of(text)
    except PydanticCustomError as error:
        return error.type


def same(text: str) -> None:
    """Asked twice: once to be worked out, once to be remembered."""
    expected = by_the_contract(text)
    assert (quickly(text), quickly(text)) == (expected, expected), text


offsets = st.integers(-20 * 60, 20 * 60).map(lambda minutes: timedelta(minutes=minutes))
zones = offsets.map(timezone)
DAYS = timedelta(days=2)
moments = st.datetimes(
    (EARLIEST - DAYS).replace(tzinfo=None), (LATEST + DAYS).replace(tzinfo=None), timezones=zones
)
spellings = st.sampled_from(["minutes", "seconds", "milliseconds", "microseconds"])
texts = st.builds(lambda moment, spelling: moment.isoformat(timespec=spelling), moments, spellings)


@patiently
@given(st.lists(texts, max_size=6))
def test_every_instant_is_the_second_that_the_contract_makes_of_it(many: list[str]) -> None:
    forget()
    for text in many:
        same(text)


@patiently
@given(st.lists(texts, min_size=2, max_size=2), st.integers(0, 30), st.text(max_size=3))
def test_what_is_put_together_of_two_instants_is_read_as_one_would_be(
    two: list[str], where: int, put: str
) -> None:
    forget()
    for text in two:
        same(text)
    same(two[0][:where] + two[1][where:])
    same(two[0][:where] + put + two[1][where + len(put) :])


@patiently
@given(st.text(max_size=26) | st.from_regex(r"[0-9:TZ+.-]{15,30}", fullmatch=True))
def test_any_text_is_what_the_contract_says_it_is(text: str) -> None:
    same(text)


#   each text is known by its parts before it is met whole
@pytest.mark.parametrize(
    ("known", "text"),
    [
        (["2026-03-02T08:25:00Z", "2026-03-03T09:00:59+08:00"], "2026-03-02T08:25:59+08:00"),
        (["2026-03-02T08:25:00Z", "2026-03-02T08:26:61Z"], "2026-03-02T08:25:61Z"),
        (["2026-03-02T24:00:00Z", "2026-03-02T08:26:01Z"], "2026-03-02T24:00:01Z"),
        (["2026-03-02T08:25:00Z", "2026-03-03T09:26:01Z"], "2026-03-03T08:25:01Z"),
        (["2026-02-28T08:25:00Z", "2026-03-02T09:26:01Z"], "2026-02-30T09:26:01Z"),
        (["2026-03-02T08:25:00Z", "2026-03-02 09:26:01Z"], "2026-03-02 08:25:00Z"),
        (["1990-01-01T00:00:00Z", "1990-01-02T00:00:00+08:00"], "1990-01-01T00:00:00+08:00"),
        (["2199-12-31T23:59:59Z", "2199-12-30T23:59:59-08:00"], "2199-12-31T23:59:59-08:00"),
        (["2026-03-02T08:25:00Z", "2026-03-02T08:25:00.5Z"], "2026-03-02T08:25:00.9Z"),
        (["2026-03-02T08:25:00Z"], "2026-03-02T08:25:00"),
        (["2026-03-02T08:25:00Z"], "2026-03-02t08:25:00Z"),
        (["2026-03-02T08:25:00Z"], "2026-03-02T08:25:٠٠Z"),
        (["2026-03-02T08:25:00Z"], "2026-03-02T08:25"),
        (["2026-03-02T08:25:00Z"], "2026-W10-1T08:25:00Z"),
    ],
)
def test_parts_that_are_known_make_no_instant_that_is_none(known: list[str], text: str) -> None:
    forget()
    for one in known:
        same(one)
    same(text)


@pytest.mark.parametrize("offset", ["+19:59", "-19:59", "+00:00", "-00:00", "Z"])
@pytest.mark.parametrize("bound", [EARLIEST, LATEST])
def test_the_bounds_of_time_hold_for_every_offset(bound: datetime, offset: str) -> None:
    for hours in range(-48, 49):
        local = (bound + timedelta(hours=hours)).replace(tzinfo=None)
        same(f"{local.isoformat()}{offset}")


def test_a_midnight_that_some_readers_take_lends_its_minute_to_no_other_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lenient(text: str) -> datetime:
        """As Python reads them from 3.14 on: `24:00:00` is the next day, `24:00:01` is nothing."""
        day, hour, rest = text[:11], text[11:13], text[13:]
        if hour == "24" and rest[:6] == ":00:00":
            return parse_instant(f"{day}00{rest}") + timedelta(days=1)
        return parse_instant(text)

    forget()
    monkeypatch.setattr(seconds, "parse_instant", lenient)
    second_of("2026-03-02T08:25:07Z")
    with pytest.raises(PydanticCustomError):
        second_of("2026-03-02T24:00:00Z")
    with pytest.raises(PydanticCustomError):
        second_of("2026-03-02T24:00:07Z")


def test_days_and_minutes_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    forget()
    for text in ("2026-03-02T08:25:00Z", "2026-03-09T11:26:07+08:00"):
        second_of(text)
    monkeypatch.setattr(seconds, "parse_instant", None)
    for day, minute in (("02", "08:25"), ("02", "11:26"), ("09", "08:25")):
        text = f"2026-03-{day}T{minute}:07+08:00"
        assert second_of(text) == by_the_contract(text)


def test_no_more_is_remembered_than_there_is_room_for() -> None:
    for n in range(MINUTES_KEPT + ENDINGS_KEPT):
        local = (EARLIEST + DAYS * 2 + timedelta(days=n, seconds=61 * n)).replace(tzinfo=None)
        same(local.replace(tzinfo=timezone(timedelta(minutes=n % 1000))).isoformat())
        assert len(seconds._days) <= DAYS_KEPT
        assert len(seconds._minutes) <= MINUTES_KEPT
        assert len(seconds._endings) <= ENDINGS_KEPT
    assert all((seconds._days, seconds._minutes, seconds._endings))
