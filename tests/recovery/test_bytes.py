"""Bytes that are too many, or that are gone: large messages, units told of for ever, torn logs."""

from copy import deepcopy
from random import Random

import pytest
from aiokafka.producer.message_accumulator import BatchBuilder
from faust.types import TP

from events.codec import MESSAGE_BYTES_MAX, encode
from events.dead_letters import Refused, from_headers
from events.envelope import Event
from events.refusals import Reason
from events.testing import at, box, event, told, wire
from events.topics import EVENT_TOPICS, EVENTS_DLQ, topic_for
from load_tests.faults.feeds import oversized
from streams.app import _held
from streams.law import TimingLaw
from streams.settings import Settings
from streams.testing import Roads
from streams.timekeeper import Bounds
from timing.judge import judge
from timing.rules import Rules

PORT, END = "CNSHD", at("day+1 09:00")
BOUNDS = Bounds(3, 10, 20, 8, 10, 5)


def _facts(boxes: int = 9) -> list[Event]:
    words = ("09:00 discharged", "10:00 inspection-ordered", "14:50 positioned", "21:00 gated-out")
    facts = [f for n in range(boxes) for f in told(*words, unit=box(n), ids=f"v{n}-", port=PORT)]
    return sorted(facts, key=lambda fact: (fact.occurred_at, fact.event_id))


def _roads(bounds: Bounds = BOUNDS) -> Roads:
    return Roads(TimingLaw(Rules()), bounds)


# -- too many


@pytest.mark.parametrize("seed", range(3))
def test_messages_over_the_limit_stand_whole_in_the_quarantine_and_hold_nobody_up(
    seed: int,
) -> None:
    roads, rolls, large, small = _roads(), Random(seed), set[bytes](), list[Event]()
    for n, fact in enumerate(_facts()):
        value = encode(fact)
        if n % 5 == seed:
            value = oversized(fact.model_dump(mode="json", exclude_none=True), rolls)
            assert len(value) > MESSAGE_BYTES_MAX
            large.add(value)
        else:
            small.append(fact)
        roads.put(topic_for(fact.kind).name, fact.unit.id.encode(), value)
    roads.tick(END)
    roads.drain()
    letters = [word for word in roads.words if word.topic == EVENTS_DLQ.name]
    assert {letter.value for letter in letters} == large
    for letter in letters:
        refused = from_headers(letter.headers)
        assert isinstance(refused, Refused)
        assert refused.reason is Reason.TOO_LARGE
        assert len(letter.value or b"") < EVENTS_DLQ.message_bytes_max
    assert roads.outcomes() == judge(wire(*small), Rules(), END).lines()


def test_a_unit_that_is_told_of_for_ever_still_fits_into_a_batch() -> None:
    """A sensor repeats itself, each time under a new id and with as long a one as may be. Its row
    and its words must leave, or the worker would end again and again, and the port with it."""
    settings = Settings(broker="127.0.0.1:1")
    roads = _roads(Bounds(1, 2_000, 20, 8, 10, 5, unit_bytes_max=settings.unit_bytes_max))
    for n in range(1_500):
        name = f"{n:05}-{'x' * 190}"
        roads.send(event("move-ordered", "10:00", event_id=name, port=PORT))
    for fact in _facts(1)[1:]:
        roads.send(fact.model_copy(update={"unit": event("loaded", "10:00", unit=box(7)).unit}))
    roads.tick(END)
    roads.drain()

    refused = [word for word in roads.words if word.topic == EVENTS_DLQ.name]
    assert 0 < len(refused) < 1_500
    (row,) = [len(row) for key, row in roads.parts[0].rows.items() if key.endswith(box())]
    assert settings.unit_bytes_max < row < settings.unit_bytes_max + 1_000
    largest = max(len(word.value or b"") for word in roads.words)
    for size in (row, largest):
        batch = BatchBuilder(settings.batch_bytes_max, 0, is_transactional=False)
        assert batch.append(timestamp=None, key=b"k" * 100, value=b"v" * size) is not None
    assert any(box(7).encode() in word.value for word in roads.words if word.value)


def test_a_unit_must_fit_into_a_batch() -> None:
    with pytest.raises(ValueError, match="at most half of batch_bytes_max"):
        Settings(broker="127.0.0.1:1", batch_bytes_max=200_000)


# -- gone


class _Table:
    """What the restored parts say, for `held`."""

    def __init__(self, roads: Roads) -> None:
        self.part = roads.parts.__getitem__


def _whole_after(torn_at: int, *, mended: bool) -> bool:
    """Power fails: the state is that of some steps ago, the commits are those of the last one.
    Whether what stands at the end is the judge's."""
    roads, facts = _roads(), _facts()
    for fact in facts:
        roads.send(fact)
    torn = deepcopy(roads.parts)
    for step in range(20):
        if step == torn_at:
            torn = deepcopy(roads.parts)
        if waiting := roads.unread():
            roads.read(waiting[step % len(waiting)], 2)
    ahead = dict(roads.commits)
    roads.parts = torn
    roads.start()
    held = _held(lambda: _Table(roads))  # type: ignore[arg-type, return-value]
    for tp, committed in ahead.items():
        back = held(tp)
        assert (back is None) == (tp.topic not in {topic.name for topic in EVENT_TOPICS})
        if mended and back is not None:
            roads.positions[tp] = min(committed, back)
    roads.tick(END)
    roads.drain()
    return roads.outcomes() == judge(wire(*facts), Rules(), END).lines()


def test_what_a_torn_changelog_has_lost_is_read_again() -> None:
    """Read from the commits, events would be in no state; from where the state ends, all are."""
    assert all(_whole_after(torn_at, mended=True) for torn_at in range(20))
    assert not all(_whole_after(torn_at, mended=False) for torn_at in range(20))


def test_a_whole_changelog_is_never_behind_its_commits() -> None:
    """Else every start would read again what is done."""
    roads = _roads()
    for n, fact in enumerate(_facts()):
        roads.send(fact)
        roads.tick(fact.occurred_at)
        roads.put("customs-events", b"k", b"no event", partition=n % 3)
        while waiting := roads.unread():
            roads.read(waiting[n % len(waiting)], 3)
    held = _held(lambda: _Table(roads))  # type: ignore[arg-type, return-value]
    found = {tp: (held(tp), committed) for tp, committed in roads.commits.items()}
    behind = [tp for tp, (at, offset) in found.items() if at is not None and at < offset]
    assert len(found) > 6
    assert behind == []
    assert held(TP("ticks", 0)) is None
