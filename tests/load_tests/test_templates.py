"""A copy is the same message of another box at another time, and copy 0 is the message itself."""

import re
from datetime import datetime, timedelta

import orjson
import pytest
from stdnum.iso6346 import is_valid

from events.codec import decode
from events.refusals import InvalidEvent
from load_tests.scenarios.templates import box_number, boxes_in, template
from portclock.traffic.boxes import NUMBERS, SCATTER, number
from portclock.traffic.feed import Sent, traffic
from portclock.traffic.hostile import Rates

VISITS = 120
SEED = 5
FEEDS_THAT_ERR = Rates(poison=0.1, corrections=0.05)
DAY_S = 86_400


@pytest.fixture(scope="module")
def sent() -> list[Sent]:
    return list(traffic(VISITS, SEED, rates=FEEDS_THAT_ERR))


def _reason(value: bytes) -> str:
    """Why it is refused; nothing if it is not. What is too large for a copy is for the original."""
    try:
        decode(value)
    except InvalidEvent as error:
        return error.refusal.reason
    return ""


def test_copy_zero_is_the_message_byte_for_byte(sent: list[Sent]) -> None:
    for one in sent:
        assert template(one.value, VISITS).filled(0, 0) == one.value
        assert template(one.key, VISITS).filled(0, 0) == one.key


def test_numbers_are_those_of_the_traffic() -> None:
    for serial in (0, 1, 77, 4_999_999, NUMBERS - 1):
        drawn = int(number(SEED, 0)[4:10]) * 10
        assert is_valid(box_number(serial * SCATTER + drawn).decode())
    assert {box_number(n)[:4] for n in range(10)} == {
        number(SEED, n)[:4].encode() for n in range(99)
    }
    assert all(is_valid(box_number(n * 104_729).decode()) for n in range(2_000))


def test_a_copy_tells_of_the_box_that_so_many_visits_later_have(sent: list[Sent]) -> None:
    owned = {number(SEED, serial).encode(): serial for serial in range(VISITS)}
    whole = [one for one in sent if not _reason(one.value) and owned.get(one.key)]
    assert len(whole) > 500
    for one in whole:
        later = template(one.key, VISITS).filled(3, 0)
        assert later == number(SEED, owned[one.key] + 3 * VISITS).encode()


def test_a_copy_is_accepted_or_refused_as_the_message_is(sent: list[Sent]) -> None:
    reasons = {_reason(one.value) for one in sent}
    assert {"", "bad-check-digit", "invalid-time", "time-without-offset"} < reasons
    for one in sent:
        copy = template(one.value, VISITS).filled(7, 11 * DAY_S)
        assert _reason(copy) == _reason(one.value), one.value[:400]


def test_a_copy_says_the_same_so_much_later_of_others(sent: list[Sent]) -> None:
    shift = timedelta(seconds=31 * 60 + 5 * DAY_S)
    whole = [one for one in sent if not _reason(one.value)]
    for one in whole:
        was, copied = (
            orjson.loads(value)
            for value in (
                one.value,
                template(one.value, VISITS).filled(2, int(shift.total_seconds())),
            )
        )
        for name in ("occurred_at", "recorded_at", "at", "until"):
            if was.get(name):
                moved = datetime.fromisoformat(was.pop(name)) + shift
                assert copied.pop(name) == moved.isoformat()
        assert copied.pop("event_id") != was.pop("event_id")
        if was.get("customs"):
            numbers = (said.pop("customs")["declaration"] for said in (was, copied))
            assert -int(next(numbers)) + int(next(numbers)) == 2 * VISITS
        for place in ("unit", "units", "supersedes", "retracts"):
            assert (copied.pop(place, None) is None) is (was.pop(place, None) is None)
        assert copied == was


def test_no_two_copies_share_an_identity_or_a_box(sent: list[Sent]) -> None:
    whole = [one for one in sent if not _reason(one.value) and b'"place"' not in one.value[:60]]
    told = {
        copy: [
            event for one in whole for event in decode(template(one.value, VISITS).filled(copy, 0))
        ]
        for copy in (0, 1, 9)
    }
    boxes = [
        {event.unit.id for event in events if event.unit.type == "container"}
        for events in told.values()
    ]
    ids = [{event.identity for event in events} for events in told.values()]
    assert len(boxes[0]) > VISITS // 2
    assert len(set.union(*boxes)) == sum(map(len, boxes))
    assert len(set.union(*ids)) == sum(map(len, ids))


def test_what_supersedes_names_the_copy_that_it_replaces(sent: list[Sent]) -> None:
    for one in sent:
        found = re.search(rb'"(?:supersedes|retracts)":"(\d{6}-\d\d)', one.value)
        if found:
            copy = orjson.loads(template(one.value, VISITS).filled(4, 0))
            named = copy.get("supersedes") or copy["retracts"]
            assert named.split("-")[0] == copy["event_id"].split("-")[0]
            assert int(named.split("-")[0]) == int(found[1].split(b"-")[0]) + 4 * VISITS


def test_a_sign_that_formats_is_taken_literally() -> None:
    data = b'%b %% %d {"id":"CSQU3054383"} 100%'
    assert template(data, 1).filled(0, 0) == data
    assert list(boxes_in(data)) == [b"CSQU3054383"]


def test_an_instant_that_was_invented_stays() -> None:
    for text in (b"1926-03-02T08:25:00+08:00", b"2026-02-30T08:25:00+08:00"):
        assert template(text, 1).filled(5, 5 * DAY_S) == text
