"""One input: its events become messages with keys, its refusals letters, and a receipt says both.

events + announcements + refusals cover every message of the input
the same bytes of the same feed: the same receipt, the same positions
"""

from pathlib import Path

import pytest

from events.codec import decode
from events.dead_letters import from_headers
from events.refusals import Reason
from events.testing import box
from events.topics import EVENTS_DLQ, TERMINAL_EVENTS
from portclock.failure import Failure
from portclock.intake import delivery
from portclock.intake.delivery import Post, deliver
from portclock.intake.taking import LETTER_BYTES_MAX, take
from portclock.intake.testing import NOW, Basket, feeds, gate_out, pushed
from portclock.intake.told import told

BROKEN = b'[{"eventID": "e-1"'


def test_every_event_goes_to_the_topic_of_its_kind_under_its_unit(tmp_path: Path) -> None:
    feed = feeds(tmp_path)["carrier"]
    taken = take(feed, "push", pushed(gate_out(1), gate_out(2)), NOW)
    assert [one.topic for one in taken.messages] == [TERMINAL_EVENTS.name] * 2
    assert {one.key for one in taken.messages} == {box().encode()}
    assert [decode(one.value)[0].kind for one in taken.messages] == ["gated-out"] * 2
    assert [one.at for one in taken.messages] == [NOW] * 2


def test_a_receipt_says_what_came_out_of_what(tmp_path: Path) -> None:
    feed = feeds(tmp_path)["carrier"]
    said = take(feed, "push", pushed(gate_out(1), gate_out(2)), NOW).receipt.document()
    assert said["outcome"] == "taken"
    assert said["events"] == {"gated-out": 2}
    assert said["sent"] == {TERMINAL_EVENTS.name: 2}
    assert sum(said["messages"].values()) == 2
    assert (said["refusals"], said["listed"]) == ({}, [])


def test_what_lies_ahead_is_announced_and_never_sent(tmp_path: Path) -> None:
    feed = feeds(tmp_path)["carrier"]
    taken = take(feed, "push", pushed(gate_out(), classifier="PLN"), NOW)
    assert taken.messages == ()
    assert taken.receipt.announcements == {"gated-out": 1}
    assert taken.receipt.outcome == "taken"


def test_what_is_refused_is_quarantined_with_its_bytes_and_what_to_do(tmp_path: Path) -> None:
    feed = feeds(tmp_path)["carrier"]
    taken = take(feed, "push-7", BROKEN, NOW)
    assert taken.receipt.outcome == "refused"
    (letter,) = taken.letters
    assert letter.value in BROKEN
    said = from_headers(letter.headers)
    assert said.position.startswith("intake-carrier/0/")  # type: ignore[union-attr]
    assert said.reason is Reason.BROKEN_JSON  # type: ignore[union-attr]
    assert "push-7, message 1" in said.detail  # type: ignore[union-attr]
    (listed,) = taken.receipt.document()["listed"]
    assert listed["do"]


def test_the_same_bytes_are_quarantined_at_the_same_place_others_elsewhere(tmp_path: Path) -> None:
    feed = feeds(tmp_path)["carrier"]

    def positions(data: bytes) -> set[str]:
        letters = take(feed, "x", data, NOW).letters
        return {from_headers(one.headers).position for one in letters}  # type: ignore[union-attr]

    assert positions(BROKEN) == positions(BROKEN)
    assert not positions(BROKEN) & positions(BROKEN + b" ")


def test_a_letter_is_no_longer_than_a_broker_takes(tmp_path: Path) -> None:
    taken = take(feeds(tmp_path)["carrier"], "x", BROKEN + b" " * LETTER_BYTES_MAX, NOW)
    assert len(taken.letters[0].value) == LETTER_BYTES_MAX


def test_all_is_acknowledged_before_it_is_delivered_and_no_more_than_so_many_are_on_their_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "IN_FLIGHT_MAX", 2)
    taken = take(feeds(tmp_path)["carrier"], "x", pushed(*map(gate_out, range(5))), NOW)
    basket = Basket()
    post = Post(basket, None)
    letters = take(feeds(tmp_path)["carrier"], "x", BROKEN, NOW).letters
    deliver(taken._replace(letters=letters), post)
    assert basket.settled == 6
    assert [letter[0] for letter in basket.letters] == [EVENTS_DLQ.name]
    basket.broken = True
    with pytest.raises(Failure):
        deliver(taken, post)


def test_people_are_told_in_one_line_and_one_for_each_refusal(tmp_path: Path) -> None:
    feed = feeds(tmp_path)["carrier"]
    (line,) = told(take(feed, "push", pushed(gate_out()), NOW).receipt)
    assert line.startswith("push: taken: 1 message (")
    assert "-> 1 event (gated-out 1)" in line
    lines = list(told(take(feed, "push", BROKEN, NOW).receipt))
    assert "1 refusal (broken-json 1)" in lines[0]
    assert "send UTF-8 JSON" in lines[1]
