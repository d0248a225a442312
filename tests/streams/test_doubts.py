"""Whoever takes a partition over hears what was said behind its clock, keeps what is in doubt
through any death, and lets it fall when all was read again and nobody said it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from events.codec import encode
from events.outcomes import Outcome
from events.said import Words
from events.testing import box, event, fate, outcome
from events.topics import EVENT_FATES, STAGE_DWELLS, TICKS
from events.vocabulary import Verdict
from streams.doubts import Doubts, Ear, Takeover, listener
from streams.effects import Effects
from streams.plane.partitioner import partition_of
from streams.plane.run import Record, TopicPartition
from streams.plane.store import Part
from streams.tables import Clock, Row, encode_clock, encode_row, name_of
from streams.testing import Kept, SmallLaw, about

PARTITIONS = 4
DWELLS = STAGE_DWELLS.name
HERE = partition_of(box().encode(), PARTITIONS)
OTHER = next(box(n) for n in range(99) if partition_of(box(n).encode(), PARTITIONS) != HERE)
SAID = outcome("box-move", "08:00", unit=box(), verdict="open", revision=1, age_s=0)
KEY = f"{SAID.port}/{box()}"
VOID = Words.of((SAID.model_copy(update={"verdict": Verdict.VOID}),))


class Topics:
    """Other topics in memory, as the changelog's reader knows them."""

    def __init__(self, **said: Sequence[bytes]) -> None:
        self.values = {
            TopicPartition(DWELLS, int(name[1:])): list(values) for name, values in said.items()
        }
        self.since: Mapping[TopicPartition, int] = {}

    async def tail(
        self,
        places: Sequence[TopicPartition],
        since: Mapping[TopicPartition, int],
        take: Callable[[TopicPartition, Record], None],
    ) -> Mapping[TopicPartition, int]:
        self.since = since
        for tp, offset in since.items():
            for number, value in enumerate(self.values.get(tp, [])):
                if number >= offset:
                    take(tp, Kept(number, value))
        return {tp: 5 if tp.topic == TICKS.name else len(self.values.get(tp, ())) for tp in places}


def _listened(part: Part, topics: Topics) -> Takeover:
    log: Any = topics
    asyncio.run(listener(SmallLaw(), PARTITIONS)(HERE, part, log))
    takeover: Takeover = part.taken_over
    return takeover


def _clock(**said_to: int) -> bytes:
    return encode_clock(Clock(0, {}, {0: {int(name[1:]): end for name, end in said_to.items()}}))


def test_what_lies_behind_the_clock_and_is_not_remembered_is_in_doubt() -> None:
    heard = _listened(Part({}, _clock(p2=1)), Topics(p2=[b"before", encode(SAID)]))

    assert heard.changes == {KEY: VOID}
    assert heard.said_to[TopicPartition(DWELLS, 2)] == 2
    assert heard.ticks_to == 5
    assert {tp.topic for tp in heard.said_to} == {"stage-dwells", "limit-alerts", "event-fates"}


def test_what_is_remembered_as_it_was_said_is_not() -> None:
    history = SmallLaw().pack((box(), 0, ("e1",), SAID.port))
    part = Part({KEY: encode_row(Row(None, {}, history))}, _clock(p2=0))
    said = SmallLaw()._said((box(), 0, ("e1",), SAID.port), "open")
    assert _listened(part, Topics(p2=[encode(said)])).changes == {KEY: None}


def test_a_clock_of_a_version_that_did_not_say_how_far_hears_nothing() -> None:
    topics = Topics(p2=[encode(SAID)])
    assert _listened(Part({}, encode_clock(Clock())), topics).changes == {}
    assert _listened(Part(), topics).changes == {}
    assert topics.since == {}


def test_words_of_other_partitions_of_places_and_of_nobody_are_passed_over() -> None:
    ear = Ear(HERE, PARTITIONS)
    other = outcome("box-move", "08:00", unit=OTHER)
    of_place = fate(about("CNLYG", "suspension-declared", "09:00"))
    for value in (encode(other), encode(of_place), b"{", b"{}", None):
        ear.take(TopicPartition(DWELLS, 0), Kept(0, value))
    assert list(ear.heard()) == []

    broken = encode(SAID).replace(b'"verdict":"open"', b'"verdict":"what"')
    ear.take(TopicPartition(DWELLS, 0), Kept(1, broken))
    ear.take(TopicPartition(DWELLS, 0), Kept(2, encode(SAID)))
    ear.take(TopicPartition(EVENT_FATES.name, 3), Kept(0, encode(fate(event("gated-in", "09:00")))))
    ((key, heard),) = ear.heard()
    assert key == KEY
    assert heard.outcomes == (SAID,)
    assert len(heard.fates) == 1


def _taken_over(ticks_to: int = 5) -> Doubts:
    doubts = Doubts(())
    doubts.take_over(Takeover({KEY: VOID}, {}, ticks_to))
    return doubts


def _kept(doubts: Doubts) -> Doubts:
    """As the next worker has them from the rows."""
    return Doubts.among([(key, row) for key, row in doubts.changed().items() if row is not None])


def test_what_is_in_doubt_has_a_row_and_outlives_whoever_doubts() -> None:
    doubts = _taken_over()
    (row,) = rows = doubts.changed()
    assert (name_of(row), len(doubts)) == (KEY, 1)
    assert rows[row] is not None
    assert doubts.changed() == {}, "told once"

    again = _kept(_taken_over())
    assert len(again) == 1
    again.take_over(Takeover({KEY: None}, {}, 9))
    assert len(again) == 0
    assert set(again.changed().values()) == {None}


def test_what_is_said_again_is_in_doubt_no_more() -> None:
    doubts = _taken_over()
    doubts.changed()
    effects = Effects(HERE)
    doubts.hear(SmallLaw(), effects)
    assert len(doubts) == 1, "nothing was said"
    effects.outcomes += Words.of((SAID,)).outcomes
    doubts.hear(SmallLaw(), effects)

    assert len(doubts) == 0
    assert set(doubts.changed().values()) == {None}


def test_what_nobody_says_falls_with_the_first_tick_after_the_takeover() -> None:
    doubts, effects = _taken_over(ticks_to=5), Effects(HERE)
    doubts.fall(4, effects)
    assert (effects.outcomes, len(doubts)) == ([], 1), "that tick may be older than what was read"
    doubts.fall(5, effects)

    (said,) = [Outcome.model_validate_json(word.value) for word in effects.outcomes]
    assert said.verdict is Verdict.VOID
    assert len(doubts) == 0
    doubts.fall(6, effects)
    assert len(effects.outcomes) == 1
