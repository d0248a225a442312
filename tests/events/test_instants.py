"""Instants: one spelling, an offset always, UTC to the second inside."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pydantic_core import PydanticCustomError

from events.instants import (
    EARLIEST,
    LATEST,
    Instant,
    format_instant,
    from_epoch,
    instant_text,
    parse_instant,
)

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""How fast a shared machine draws examples is no property of the code."""

CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-03-02T08:25:00+08:00", datetime(2026, 3, 2, 0, 25, tzinfo=UTC)),
        ("2026-03-02T08:25+08:00", datetime(2026, 3, 2, 0, 25, tzinfo=UTC)),
        ("2026-03-02T00:25:00Z", datetime(2026, 3, 2, 0, 25, tzinfo=UTC)),
        ("2026-03-02T00:25:59.999999999-00:00", datetime(2026, 3, 2, 0, 25, 59, tzinfo=UTC)),
        ("2026-03-01T13:55:00-10:30", datetime(2026, 3, 2, 0, 25, tzinfo=UTC)),
        ("1990-01-01T00:00:00Z", EARLIEST),
        ("2199-12-31T23:59:59Z", LATEST - timedelta(seconds=1)),
    ],
)
def test_an_instant_is_read_as_utc_to_the_second(text: str, meant: datetime) -> None:
    assert parse_instant(text) == meant
    assert parse_instant(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-03-02T08:25:00", "time-without-offset"),
        ("2026-03-02T08:25", "time-without-offset"),
        (datetime(2026, 3, 2), "time-without-offset"),  # noqa: DTZ001 - that is the case
        ("1989-12-31T23:59:59Z", "invalid-time"),
        ("1990-01-01T07:59:59+08:00", "invalid-time"),
        ("2200-01-01T00:00:00Z", "invalid-time"),
        ("0001-01-01T00:00:00+08:00", "invalid-time"),
        ("9999-12-31T23:59:59-08:00", "invalid-time"),
        ("2026-02-29T08:25:00Z", "invalid-time"),
        ("2026-03-02T24:00:00Z", "invalid-time"),
        ("2026-03-02T08:25:60Z", "invalid-time"),
        ("2026-03-02T08:25:00+19:90", "invalid-time"),
        ("2026-03-02", "invalid-time"),
        ("2026-03-02 08:25:00+08:00", "invalid-time"),
        ("2026-03-02x08:25:00+08:00", "invalid-time"),
        ("2026-03-02T08:25:00+0800", "invalid-time"),
        ("2026-03-02T08:25:00+08", "invalid-time"),
        ("2026-03-02T08:25:00+08:00:30", "invalid-time"),
        ("2026-03-02T08:25:00,5+08:00", "invalid-time"),
        ("2026-03-02T08+08:00", "invalid-time"),
        ("2026-W10-1T08:25:00+08:00", "invalid-time"),
        ("20260302T082500+0800", "invalid-time"),
        ("202603020825", "invalid-time"),
        ("2026-03-02T08:25:00z", "invalid-time"),
        ("2026-03-02T08:25:00+08:00\n", "invalid-time"),
        (" 2026-03-02T08:25:00+08:00", "invalid-time"),
        ("\uff12\uff10\uff12\uff16-03-02T08:25:00+08:00", "invalid-time"),
        ("", "invalid-time"),
        (1772411100, "invalid-time"),
        (1772411100.5, "invalid-time"),
        (True, "invalid-time"),
        (None, "invalid-time"),
        (["2026-03-02T08:25:00+08:00"], "invalid-time"),
    ],
)
def test_what_is_no_instant_says_why(text: Any, reason: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        parse_instant(text)
    assert caught.value.type == reason


@patiently
@given(
    st.timedeltas(timedelta(0), LATEST - EARLIEST - timedelta(seconds=1)),
    st.integers(-14 * 60, 14 * 60),
)
def test_an_instant_is_the_same_whatever_its_offset(since: timedelta, minutes: int) -> None:
    moment = (EARLIEST + since).astimezone(timezone(timedelta(minutes=minutes)))
    found = parse_instant(moment.isoformat())
    assert found == moment.replace(microsecond=0)
    assert parse_instant(format_instant(found)) == found
    assert parse_instant(moment) == found


@patiently
@given(st.text(max_size=40) | st.from_regex(r"[0-9T:Z+-]{10,30}"))
def test_any_text_is_an_instant_or_is_refused(text: str) -> None:
    found = read(text)
    if isinstance(found, datetime):
        assert EARLIEST <= found < LATEST
    else:
        assert found in ("invalid-time", "time-without-offset")


def read(text: str) -> datetime | str:
    try:
        return parse_instant(text)
    except PydanticCustomError as error:
        return error.type


@patiently
@given(st.integers(631_152_000, 7_258_118_399))
def test_an_epoch_second_and_its_instant_are_one(seconds: int) -> None:
    assert int(from_epoch(seconds).timestamp()) == seconds
    assert parse_instant(format_instant(from_epoch(seconds))) == from_epoch(seconds)


@patiently
@given(st.integers(631_152_000, 7_258_118_399))
def test_an_epoch_second_is_written_as_its_instant_is(seconds: int) -> None:
    assert instant_text(seconds) == format_instant(from_epoch(seconds))
    assert instant_text(seconds) == f"{from_epoch(seconds):%Y-%m-%dT%H:%M:%SZ}"


def test_every_second_of_a_day_is_written_with_its_own_digits() -> None:
    day_at = int(datetime(2028, 2, 29, tzinfo=UTC).timestamp())
    for second in range(86_400):
        hour, minute = second // 3600, second // 60 % 60
        said = f"2028-02-29T{hour:02d}:{minute:02d}:{second % 60:02d}Z"
        assert instant_text(day_at + second) == said


@pytest.mark.parametrize("moment", [EARLIEST - timedelta(seconds=1), LATEST])
def test_what_would_not_be_read_is_not_written(moment: datetime) -> None:
    with pytest.raises(ValueError, match="between 1990 and 2200"):
        instant_text(int(moment.timestamp()))
    with pytest.raises(PydanticCustomError, match="between 1990 and 2200"):
        parse_instant(moment)


def test_the_first_and_the_last_instant_are_written() -> None:
    assert instant_text(int(EARLIEST.timestamp())) == "1990-01-01T00:00:00Z"
    assert instant_text(int(LATEST.timestamp()) - 1) == "2199-12-31T23:59:59Z"


def test_a_fraction_of_a_second_is_not_written() -> None:
    assert format_instant(datetime(2026, 3, 2, 8, 25, 59, 999_999, CHINA)) == "2026-03-02T00:25:59Z"


def test_an_instant_is_written_in_utc_with_a_z() -> None:
    written = TypeAdapter(Instant).dump_json(datetime(2026, 3, 2, 8, 25, tzinfo=CHINA))
    assert written == b'"2026-03-02T00:25:00Z"'
