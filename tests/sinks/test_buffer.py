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


EVENTS = TopicPartition("terminal-events", 0), TopicPartition("customs-events", 1)


def test_partitions_and_topics_of_one_table_are_bundled() -> None:
    buffer = _filled(0)
    for place in (*EVENTS, THERE):
        buffer.add(place, 3, (3,), b"abc", now=0.0)
    assert buffer.bundles() == ()
    buffer.ripen(1.0)
    assert [[str(batch) for batch in bundle.batches] for bundle in buffer.bundles()] == [
        ["stage-dwells/0 offsets 0 to 0", "stage-dwells/1 offsets 3 to 3"],
        ["terminal-events/0 offsets 3 to 3", "customs-events/1 offsets 3 to 3"],
    ]


def test_bundle_stays_as_it_is_until_it_is_stored() -> None:
    """A retry has the same token, whatever ripens meanwhile."""
    buffer = _filled(0)
    buffer.add(THERE, 0, (0,), b"abc", now=0.0)
    buffer.ripen(1.0)
    (first,) = buffer.bundles()
    buffer.add(HERE, 1, (1,), b"abc", now=1.0)
    buffer.ripen(2.0)
    again, later = buffer.bundles()
    assert again is first
    assert [str(batch) for batch in later.batches] == ["stage-dwells/0 offsets 1 to 1"]
    buffer.stored(first)
    assert buffer.acknowledged() == {HERE: 1, THERE: 1}
    assert buffer.bundles() == (later,)


@pytest.mark.parametrize("leaves", ["moved", "rewound"])
def test_bundles_without_what_is_gone_are_made_anew_in_order(leaves: str) -> None:
    buffer = _filled(0)
    buffer.add(THERE, 0, (0,), b"abc", now=0.0)
    buffer.ripen(1.0)
    assert len(buffer.bundles()) == 1
    buffer.add(HERE, 1, (1,), b"abc", now=1.0)
    buffer.add(THERE, 1, (1,), b"abc", now=1.0)
    buffer.ripen(2.0)
    assert len(buffer.bundles()) == 2
    if leaves == "moved":
        buffer.keep_only({HERE})
    else:
        buffer.add(THERE, 0, (0,), b"abc", now=2.0)
    (anew,) = buffer.bundles()
    assert [(batch.topic, batch.first) for batch in anew.batches] == [
        ("stage-dwells", 0), ("stage-dwells", 1)
    ]  # fmt: skip
    buffer.stored(anew)
    assert buffer.acknowledged() == {HERE: 2}


FATES, ALERTS = TopicPartition("event-fates", 0), TopicPartition("limit-alerts", 0)


def test_what_is_too_old_takes_along_what_the_others_of_its_table_hold() -> None:
    """An insert for each would cost the store as much again, a moment later."""
    buffer = _filled(0)
    buffer.add(THERE, 3, (3,), b"abc", now=0.9)
    buffer.add(ALERTS, 3, (3,), b"abc", now=0.9)
    buffer.ripen(1.0)
    assert [str(batch) for batch in buffer.waiting()] == [
        "stage-dwells/0 offsets 0 to 0", "stage-dwells/1 offsets 3 to 3"
    ]  # fmt: skip
    buffer.ripen(2.0)
    assert [batch.topic for batch in buffer.waiting()] == [*2 * ["stage-dwells"], "limit-alerts"]


def test_rows_that_nobody_waits_for_gather_for_longer() -> None:
    buffer = Buffer(BatchLimits(age_s=0.1), BatchLimits(span=2, age_s=1.0))
    for place in (HERE, FATES):
        buffer.add(place, 0, (0,), b"abc", now=0.0)
    buffer.ripen(0.5)
    assert [batch.topic for batch in buffer.waiting()] == ["stage-dwells"]
    buffer.add(FATES, 1, (1,), b"abc", now=0.5)
    buffer.ripen(0.5)
    assert [batch.topic for batch in buffer.waiting()] == ["stage-dwells", "event-fates"]
    buffer.add(FATES, 2, (2,), b"abc", now=0.5)
    buffer.ripen(1.5)
    assert [batch.first for batch in buffer.waiting()] == [0, 0, 2]
