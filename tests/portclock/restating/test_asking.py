"""A mark stands before the recall leaves; what would not fit is said and not sent."""

from dataclasses import replace
from typing import Any

import pytest

from events.recalls import RECALL_BYTES_MAX, Recall
from events.testing import at, box, told
from portclock.restating.asking import Asker, Wish
from portclock.restating.rounds import Ended, Rounds
from portclock.restating.suspects import Suspect, of_fate
from portclock.restating.testing import NOW, MemoryMarks, World
from timing.testing import RULES


class Order:
    """Marks and outbox in one, to see which comes first."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.sent: list[bytes] = []

    def insert(self, table: str, columns: Any, rows: Any, token: str) -> None:
        self.done.append(f"mark {len(rows)}")

    def send_raw(self, topic: str, key: bytes | None, value: bytes) -> None:
        self.done.append(f"send to {topic}")
        self.sent.append(value)

    def settle(self) -> None:
        self.done.append("acknowledged")


def a_late_report() -> World:
    world = World(RULES)
    world.tell(*told("09:00 gated-in", "10:00 move-ordered", "12:00 gated-out"))
    world.reach(at("day+30 12:00"))
    world.tell(*told("10:05 move-ended", ids="late"))
    return world


def a_suspect(world: World) -> Suspect:
    found = [of_fate(word.value) for word in world.roads.words if word.topic == "event-fates"]
    (suspect,) = [one for one in found if one is not None]
    return suspect


def test_the_mark_is_kept_before_anything_is_sent() -> None:
    world, order = a_late_report(), Order()
    rounds = Rounds(world.bring(), Asker(order, order, Wish(), lambda: NOW), 5)
    rounds.suspect([a_suspect(world)])
    rounds.look()
    assert order.done == ["mark 1", "send to unit-recalls", "acknowledged"]
    recall = Recall.model_validate_json(order.sent[0])
    assert [visit.visit_id is None for visit in recall.visits] == [False] * 3 + [True]
    assert len(recall.messages) == 4
    assert recall.unit.id == box()


def test_it_is_not_asked_again_at_every_look() -> None:
    world, order = a_late_report(), Order()
    rounds = Rounds(world.bring(), Asker(order, order, Wish(), lambda: NOW), 10)
    rounds.suspect([a_suspect(world)])
    while len(rounds):
        rounds.look()
    assert len(order.sent) == 3
    assert rounds.ended[Ended.GIVEN_UP] == 1


def test_a_recall_that_would_not_fit_is_said_and_not_sent() -> None:
    world, order = a_late_report(), Order()
    bring = world.bring()

    def long(port: str, units: list[str]) -> Any:
        found = bring(port, units)
        padded = b'{"seal":"' + b"x" * RECALL_BYTES_MAX + b'"}'
        return {id: replace(one, messages=(*one.messages, padded)) for id, one in found.items()}

    rounds = Rounds(long, Asker(order, order, Wish(), lambda: NOW), 5)
    rounds.suspect([a_suspect(world)])
    rounds.look()
    assert (order.sent, rounds.ended[Ended.TOO_LARGE]) == ([], 1)
    assert rounds.left == [("CNLYG", box(), Ended.TOO_LARGE)]
    assert not any(line.startswith("mark") for line in order.done)


@pytest.mark.parametrize("reason", [None, "the gate was mended"])
def test_a_mark_says_why_and_which_months(reason: str | None) -> None:
    world, marks = a_late_report(), MemoryMarks()
    rounds = Rounds(world.bring(), Asker(Order(), marks, Wish("r1", reason), lambda: NOW), 5)
    rounds.suspect([a_suspect(world)])
    rounds.look()
    ((port, unit, what, id, run, months, outcomes, said, asked_at),) = marks.rows
    assert (port, unit, what, id, run) == ("CNLYG", box(), "event", "lyg-tos/late1", "r1")
    assert (months, outcomes >= 1, said, asked_at) == (["2026-03"], True, reason, NOW)
