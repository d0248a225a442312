"""Laws of DTM: a format is read as it stands, a zone where it stands or is the sender's."""

import pytest

from events.dialects.edifact.times import Said, instant
from events.dialects.troubles import Misread, Trouble, Why
from events.refusals import Reason
from events.vocabulary import Precision

ZONE = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("value", "written", "at", "precision"),
    [
        ("202603020825", "203", "2026-03-02T08:25:00+08:00", Precision.MINUTE),
        ("20260302082530", "204", "2026-03-02T08:25:30+08:00", Precision.SECOND),
        ("20260302", "102", "2026-03-02T00:00:00+08:00", Precision.DAY),
        ("260302", "101", "2026-03-02T00:00:00+08:00", Precision.DAY),
        ("020326", "2", "2026-03-02T00:00:00+08:00", Precision.DAY),
        ("2603020825", "201", "2026-03-02T08:25:00+08:00", Precision.MINUTE),
        ("260302082530", "202", "2026-03-02T08:25:30+08:00", Precision.SECOND),
        ("9603020825", "201", "1996-03-02T08:25:00+08:00", Precision.MINUTE),
        ("202603020025+0000", "205", "2026-03-02T00:25:00+00:00", Precision.MINUTE),
        ("202603020525-0330", "205", "2026-03-02T05:25:00-03:30", Precision.MINUTE),
        ("202603020025UTC", "303", "2026-03-02T00:25:00+00:00", Precision.MINUTE),
        ("20260302002530GMT", "304", "2026-03-02T00:25:30+00:00", Precision.SECOND),
    ],
)
def test_a_time_is_read_by_its_format(
    value: str, written: str, at: str, precision: Precision
) -> None:
    assert instant(value, written, ZONE) == Said(at, precision)


@pytest.mark.parametrize(
    ("value", "written", "why"),
    [
        ("202603020825", "204", Reason.INVALID_TIME),
        ("202602300825", "203", Reason.INVALID_TIME),
        ("202603022425", "203", Reason.INVALID_TIME),
        ("20260302082 ", "203", Reason.INVALID_TIME),
        ("２０２６０３０２０８２５", "203", Reason.INVALID_TIME),
        ("202603020025BST", "303", Reason.INVALID_TIME),
        ("202603020025+9900", "205", Reason.INVALID_TIME),
        ("", "203", Reason.INVALID_TIME),
        ("202603020825", "", Trouble.UNKNOWN_QUALIFIER),
        ("10", "804", Trouble.UNKNOWN_QUALIFIER),
    ],
)
def test_what_is_no_time_in_its_format_is_refused(value: str, written: str, why: Why) -> None:
    with pytest.raises(Misread) as caught:
        instant(value, written, ZONE)
    assert caught.value.why is why


def test_an_hour_that_comes_twice_is_refused() -> None:
    with pytest.raises(Misread) as caught:
        instant("202610250230", "203", "Europe/Berlin")
    assert caught.value.why is Trouble.AMBIGUOUS_TIME
