"""Handing in: once for each key, never without the broker's word, one after another."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portclock.intake import desk as module
from portclock.intake.desk import IntakeDesk
from portclock.intake.receipts import Receipts
from portclock.intake.testing import NOW, Basket, feeds, gate_out, pushed
from serving.intake.asks import Busy, KeyOfAnother, NotTaken, UnknownFeed

ONE = pushed(gate_out(1))


class Place:
    """A desk, its basket, and how often it connected."""

    def __init__(self, folder: Path) -> None:
        self.basket, self.connected = Basket(), 0
        self.desk = IntakeDesk(
            feeds(folder / "feeds"), Receipts(folder / "r"), self._connect, lambda: NOW
        )

    def _connect(self) -> Basket:
        self.connected += 1
        return self.basket


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.desk.close()


def test_the_same_key_and_bytes_are_taken_once(place: Place) -> None:
    first, repeated = place.desk.hand_in("carrier", "k1", ONE)
    assert not repeated
    assert place.desk.hand_in("carrier", "k1", ONE) == (first, True)
    assert len(place.basket.messages) == 1


def test_without_a_key_the_bytes_are_their_own(place: Place) -> None:
    first, _ = place.desk.hand_in("carrier", "", ONE)
    assert place.desk.hand_in("carrier", "", ONE) == (first, True)
    assert place.desk.hand_in("carrier", "", pushed(gate_out(2)))[1] is False
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
    assert place.desk.hand_in("carrier", "k1", ONE)[1] is False
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
