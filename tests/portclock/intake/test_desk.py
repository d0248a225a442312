"""Handing in: once for each key, never without the broker's word, one after another."""

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from events.dialects.tabular.testing import PROFILE as LINES
from portclock.intake import desk as module
from portclock.intake.announced import Announced, Wanted
from portclock.intake.delivery import Carriers
from portclock.intake.desk import Books, IntakeDesk
from portclock.intake.feeds import load_feeds
from portclock.intake.receipts import Receipts
from portclock.intake.testing import NOW, Basket, feeds, gate_out, pushed
from serving.intake.asks import Busy, KeyOfAnother, NotTaken, UnknownFeed

ONE = pushed(gate_out(1))


class Place:
    """A desk, its basket, and how often it connected."""

    def __init__(self, folder: Path) -> None:
        self.basket, self.connected = Basket(), 0
        secrets = {"carrier": (b"secret",)}
        self.announced = Announced(folder / "r")
        books = Books(Receipts(folder / "r"), self.announced, secrets.__getitem__)
        self.desk = IntakeDesk(feeds(folder / "feeds"), books, self._connect, lambda: NOW)

    def _connect(self) -> Carriers:
        self.connected += 1
        return nullcontext(self.basket)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.desk.close()


def test_the_same_key_and_bytes_are_taken_once(place: Place) -> None:
    first, repeated, answer = place.desk.hand_in("carrier", "k1", ONE)
    assert not repeated
    assert place.desk.hand_in("carrier", "k1", ONE) == (first, True, answer)
    assert len(place.basket.messages) == 1


def test_without_a_key_the_bytes_are_their_own(place: Place) -> None:
    first, _, answer = place.desk.hand_in("carrier", "", ONE)
    assert place.desk.hand_in("carrier", "", ONE) == (first, True, answer)
    assert not place.desk.hand_in("carrier", "", pushed(gate_out(2))).repeated
    assert len(place.basket.messages) == 2


def test_a_key_stands_for_the_bytes_it_came_with(place: Place) -> None:
    place.desk.hand_in("carrier", "k1", ONE)
    with pytest.raises(KeyOfAnother):
        place.desk.hand_in("carrier", "k1", pushed(gate_out(2)))
    assert len(place.basket.messages) == 1


def test_what_the_broker_did_not_acknowledge_was_not_taken_and_may_come_again(
    place: Place,
) -> None:
    place.basket.broken = True
    with pytest.raises(NotTaken):
        place.desk.hand_in("carrier", "k1", ONE)
    place.basket.broken = False
    assert not place.desk.hand_in("carrier", "k1", ONE).repeated
    assert place.connected == 2


def test_one_connection_serves_many(place: Place) -> None:
    for number in range(3):
        place.desk.hand_in("carrier", "", pushed(gate_out(number)))
    assert place.connected == 1


def test_a_feed_that_is_not_there_takes_nothing(place: Place) -> None:
    assert place.desk.names() == ("carrier",)
    with pytest.raises(UnknownFeed):
        place.desk.hand_in("rail", "", ONE)


def test_who_waits_too_long_is_asked_to_come_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT_S", 0.01)
    began, goes_on = threading.Event(), threading.Event()

    def settle() -> dict[str, dict[int, int]]:
        began.set()
        assert goes_on.wait(30)
        return {}

    monkeypatch.setattr(place.basket, "settle", settle)
    first = threading.Thread(target=place.desk.hand_in, args=("carrier", "", ONE))
    first.start()
    assert began.wait(30)
    with pytest.raises(Busy):
        place.desk.hand_in("carrier", "", pushed(gate_out(2)))
    goes_on.set()
    first.join(30)


def test_what_the_standard_answers_is_given_again_with_its_receipt(place: Place) -> None:
    wrong = ONE.replace(b'"GTOT"', b'"WASH"')
    first = place.desk.hand_in("carrier", "", wrong)
    assert b"unknown-code" in (first.answer or b"")
    assert place.desk.hand_in("carrier", "", wrong).answer == first.answer


def test_only_feeds_of_dcsa_are_pushed_to_and_each_has_its_secrets(
    place: Place, tmp_path: Path
) -> None:
    assert place.desk.pushed() == ("carrier",)
    assert place.desk.secrets("carrier") == (b"secret",)
    (tmp_path / "more").mkdir()
    lines = tmp_path / "more" / "lines.tabular.toml"
    lines.write_text(LINES, encoding="utf-8")
    books = Books(Receipts(tmp_path / "s"), Announced(tmp_path / "s"), lambda name: ())
    desk = IntakeDesk(load_feeds(tmp_path / "more"), books, place._connect, lambda: NOW)
    assert (desk.names(), desk.pushed()) == (("lines",), ())
    desk.close()


def test_what_is_announced_is_kept_once_the_broker_has_the_rest(place: Place) -> None:
    plan = pushed(gate_out(1), classifier="PLN")
    place.basket.broken = True
    with pytest.raises(NotTaken):
        place.desk.hand_in("carrier", "", plan)
    assert place.announced.find(Wanted()) == []
    place.basket.broken = False
    receipt = place.desk.hand_in("carrier", "", plan).receipt
    (kept,) = place.announced.find(Wanted(feed="carrier"))
    assert kept["kind"] == "gated-out"
    (told,) = receipt["announced"]
    assert (told["unit"], told["message"]) == (kept["unit"], 2)
