"""A clock vouches for the words of its own steps, and for all others only when it is safe to."""

from events.topics import EVENT_FATES, EVENTS_DLQ, STAGE_DWELLS
from streams.plane.run import TopicPartition
from streams.reach import Reach
from streams.tables import Clock, decode_clock, encode_clock, with_said_to

DWELLS = [TopicPartition(STAGE_DWELLS.name, n) for n in range(3)]
FATES = TopicPartition(EVENT_FATES.name, 1)


def test_ends_only_grow_and_each_partition_has_its_own() -> None:
    reach = Reach()
    reach.settled(1, {DWELLS[0]: 10, FATES: 4}, alone=False)
    reach.settled(1, {DWELLS[0]: 8, DWELLS[2]: 1}, alone=False)
    reach.settled(2, {DWELLS[0]: 30}, alone=False)

    assert reach.of(1) == {0: {0: 10, 2: 1}, 2: {1: 4}}
    assert reach.of(2) == {0: {0: 30}}
    assert reach.of(3) == {}


def test_whoever_is_alone_vouches_for_the_words_of_all() -> None:
    reach = Reach()
    reach.settled(2, {DWELLS[0]: 30, DWELLS[1]: 5}, alone=False)
    reach.settled(1, {DWELLS[1]: 7}, alone=True)
    assert reach.of(1) == {0: {0: 30, 1: 7}}
    assert reach.of(2) == {0: {0: 30, 1: 5}}


def test_a_partition_begins_where_the_topics_ended_when_it_was_taken_over() -> None:
    reach = Reach()
    reach.begin(1, {DWELLS[0]: 100})
    reach.settled(1, {DWELLS[0]: 20, DWELLS[1]: 3}, alone=False)
    assert reach.of(1) == {0: {0: 100, 1: 3}}


def test_what_is_no_word_of_a_unit_is_not_counted() -> None:
    reach = Reach()
    reach.settled(
        1,
        {TopicPartition(EVENTS_DLQ.name, 0): 9, TopicPartition("customs-events", 0): 9},
        alone=True,
    )
    assert reach.of(1) == {}


def test_a_clock_carries_it_and_one_of_before_has_none() -> None:
    clock = encode_clock(Clock(5, {0: 9}))
    carried = decode_clock(with_said_to(clock, {0: {3: 7}}))
    assert carried == Clock(5, {0: 9}, {0: {3: 7}})
    assert decode_clock(clock).said_to == {}
    older = b"\x01\x92\x05\x81\x00\x09"
    assert decode_clock(older) == Clock(5, {0: 9}, {})
