"""Times of customs messages."""

import pytest

from events.dialects.customs_xml.stamps import sent, stamp
from events.dialects.troubles import Misread
from events.refusals import Reason

ZONE = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("text", "instant", "precision"),
    [
        ("20260302", "2026-03-02T00:00:00+08:00", "day"),
        ("20260302086", "2026-03-02T00:00:00+08:00", "day"),
        ("202603021730", "2026-03-02T17:30:00+08:00", "minute"),
        ("202603021730086", "2026-03-02T17:30:00+08:00", "minute"),
        ("20260302173005", "2026-03-02T17:30:05+08:00", "second"),
        ("20260302173005086", "2026-03-02T17:30:05+08:00", "second"),
    ],
)
def test_dates_are_digits_with_or_without_the_number_of_china(
    text: str, instant: str, precision: str
) -> None:
    assert stamp(text, ZONE, "x") == (instant, precision)


def test_the_head_s_time_has_milliseconds_which_are_cut() -> None:
    assert sent("20260302173005086", ZONE, "x").text == "2026-03-02T17:30:05+08:00"
    assert sent("20260302173005668", ZONE, "x").text == "2026-03-02T17:30:05+08:00"
    assert sent("20260302173005", ZONE, "x").text == "2026-03-02T17:30:05+08:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026030",
        "20260230",
        "202204101201271",
        "２０２６0302",
        "2026-03-02",
        "20260302173005668",
    ],
)
def test_anything_else_is_no_time(text: str) -> None:
    with pytest.raises(Misread) as refused:
        stamp(text, ZONE, "x")
    assert refused.value.why is Reason.INVALID_TIME
