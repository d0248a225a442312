"""What is held of each partition between a record's arrival and its commit."""

import pytest
from kafka import TopicPartition

from sinks.batch import BatchLimits
from sinks.buffer import Buffer

HERE, THERE = TopicPartition("stage-dwells", 0), TopicPartition("stage-dwells", 1)


def _filled(*offsets: int, span: int = 5) -> Buffer:
    buffer = Buffer(BatchLimits(span=span, age_s=1.0))
    for offset in offsets:
        buffer.add(HERE, offset, (offset,), b"abc", now=0.0)
    return buffer


def test_only_full_batches_wait_for_their_insert() -> None:
    buffer = _filled(0, 1, 2, 3, 4, 5, 6)
    buffer.ripen(0.5)
    assert [(batch.first, batch.last) for batch in buffer.waiting()] == [(0, 4)]
    buffer.ripen(1.0)
    assert [(batch.first, batch.last) for batch in buffer.waiting()] == [(0, 4), (5, 6)]


def test_everything_waits_when_it_must() -> None:
    buffer = _filled(0, 1)
    assert not buffer.waits
    buffer.ripen(0.0, everything=True)
    assert buffer.waits


def test_offset_is_committed_only_for_what_is_stored() -> None:
    buffer = _filled(*range(7))
    buffer.ripen(1.0)
    assert buffer.acknowledged() == {}
    first, second = buffer.waiting()
    buffer.acknowledge(first)
    assert buffer.acknowledged() == {HERE: 5}
    assert buffer.held_bytes == second.size_bytes == 6
    buffer.committed({HERE: 5})
    assert buffer.acknowledged() == {}


def test_commit_of_an_older_offset_leaves_the_newer_to_do() -> None:
    buffer = _filled(*range(7))
    buffer.ripen(1.0)
    for batch in buffer.waiting():
        buffer.acknowledge(batch)
    buffer.committed({HERE: 5, THERE: 3})
    assert buffer.acknowledged() == {HERE: 7}


def test_batches_of_a_partition_are_stored_in_order() -> None:
    buffer = _filled(*range(7))
    buffer.ripen(1.0)
    _, second = buffer.waiting()
    with pytest.raises(AssertionError, match="in order"):
        buffer.acknowledge(second)


def test_rewound_log_begins_again() -> None:
    buffer = _filled(3, 4, 5, 6)
    buffer.ripen(0.0)
    buffer.add(HERE, 3, (3,), b"abc", now=0.0)
    assert not buffer.waits
    assert buffer.held_bytes == 3


def test_partition_of_another_writer_is_forgotten() -> None:
    buffer = _filled(0, 1)
    buffer.add(THERE, 9, (9,), b"x", now=0.0)
    assert buffer.keep_only({THERE}) == {HERE}
    assert buffer.held_bytes == 1
    assert buffer.keep_only({THERE}) == set()


def test_lag_counts_what_is_in_the_log_and_what_is_held() -> None:
    buffer = _filled(0, 1, 2, 3, 4, 5)
    buffer.ripen(0.0)
    assert buffer.unstored(HERE, end=10) == 10
    buffer.acknowledge(next(buffer.waiting()))
    assert buffer.unstored(HERE, end=10) == 5
    assert buffer.unstored(HERE, end=2) == 1
    assert buffer.unstored(THERE, end=10) is None
