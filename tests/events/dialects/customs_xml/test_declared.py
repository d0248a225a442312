"""What a declaration says in the law: a deletion withdraws, and what is added anew stands."""

from datetime import timedelta
from itertools import permutations

import pytest

from events.dialects.customs_xml import Profile, decode
from events.dialects.customs_xml.testing import PROFILE, known, message
from events.dialects.troubles import Trouble
from events.envelope import Event
from events.testing import MORNING, box
from timing.corrections import standing
from timing.testing import remembered

TAC = Profile.read(PROFILE)
LATER = MORNING + timedelta(hours=1)


def read(minutes: int, *, deleted: bool = False, to: str = "") -> list[Event]:
    sent = LATER + timedelta(minutes=minutes)
    data = message("MT3101", known("MT3101", box(1), MORNING, sent, voyage="1", deleted=deleted))
    if to:
        data = data.replace(b"<FunctionCode>2", f"<FunctionCode>{to}".encode())
    return [Event.model_validate_json(told.data) for told in decode(data, TAC).events]


def stand(*events: Event) -> list[int | None]:
    """Which of these reports stand in the law, by when they were recorded."""
    return [fact.recorded_at for fact in standing(remembered(events).reports).facts]


def test_a_report_that_is_deleted_and_added_anew_stands() -> None:
    added, deleted, again = read(0), read(5, deleted=True), read(9)
    assert len(stand(*added)) == 1
    for order in permutations([*added, *deleted]):
        assert stand(*order) == []
    for order in permutations([*added, *deleted, *again]):
        assert stand(*order) == stand(*again) != stand(*added)


@pytest.mark.parametrize(("code", "events"), [("9", 1), ("5", 1), ("7", 0)])
def test_function_codes_add_replace_or_are_unknown(code: str, events: int) -> None:
    assert len(read(0, to=code)) == events


def one_box(**changed: str) -> tuple[list[str], int]:
    """Why one box is refused, and how many events it gives, with other words in its message."""
    data = message("MT3101", known("MT3101", box(1), MORNING, MORNING, voyage="1")).decode()
    for old, new in changed.items():
        data = data.replace(f"<{old}>", f"<{old}>{new}<!--").replace(f"</{old}>", f"--></{old}>")
    decoded = decode(data.encode(), TAC)
    return [refused.why for refused in decoded.refusals], len(decoded.events)


@pytest.mark.parametrize(
    ("element", "text", "why"),
    [
        ("TypeCode", "6", Trouble.UNKNOWN_CODE),
        ("FullnessCode", "6", Trouble.UNKNOWN_CODE),
        ("MessageType", "MT5101", Trouble.BROKEN_ENVELOPE),
        ("ArrivalDate", "20260230", "invalid-time"),
        ("ArrivalDate", "", Trouble.NO_ACTUAL_TIME),
        ("SendTime", "", "missing-field"),
    ],
)
def test_what_is_not_understood_is_refused(element: str, text: str, why: str) -> None:
    assert one_box(**{element: text}) == ([why], 0)
    assert one_box() == ([], 1)
