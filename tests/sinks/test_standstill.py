"""A partition whose log grows unseen is told from one that is quiet, slow, paused or unanswered."""

from kafka import TopicPartition

from sinks.standstill import Standstill

HERE, THERE = TopicPartition("stage-dwells", 0), TopicPartition("stage-dwells", 1)
BOTH = {HERE, THERE}


def _watching() -> Standstill:
    """Looks after 30 seconds; it has seen both partitions at 0."""
    still = Standstill(30.0)
    assert still.due(BOTH, (), 0.0) is None
    return still


def test_only_what_is_silent_is_asked_about_the_longest_silent_first() -> None:
    still = _watching()
    assert still.due(BOTH, [THERE], 20.0) is None
    assert still.due(BOTH, (), 30.0) == HERE
    assert not still.found(HERE, seen=7, end=7, now=30.0)
    assert still.due(BOTH, (), 49.0) is None
    assert still.due(BOTH, (), 50.0) == THERE


def test_log_that_grows_unseen_in_two_looks_is_a_standstill() -> None:
    still = _watching()
    assert not still.found(HERE, seen=7, end=8, now=30.0), "it may be on its way"
    assert still.due(BOTH, [THERE], 60.0) == HERE
    assert still.found(HERE, seen=7, end=9, now=60.0)


def test_partition_of_which_no_fetch_ever_came_back_stands_still() -> None:
    still = _watching()
    assert not still.found(HERE, seen=None, end=8, now=30.0)
    assert still.found(HERE, seen=None, end=8, now=60.0)


def test_empty_log_is_no_standstill() -> None:
    still = _watching()
    assert not any(still.found(HERE, None, 0, now) for now in (30.0, 60.0, 90.0))


def test_record_between_two_looks_clears_it() -> None:
    still = _watching()
    still.found(HERE, 7, 8, 30.0)
    still.due(BOTH, [HERE], 31.0)
    assert not still.found(HERE, 8, 9, 61.0)


def test_end_that_was_seen_clears_it() -> None:
    still = _watching()
    still.found(HERE, 7, 8, 30.0)
    assert not still.found(HERE, 8, 8, 60.0)
    assert not still.found(HERE, 8, 9, 90.0)


def test_broker_that_does_not_answer_proves_nothing() -> None:
    still = _watching()
    still.found(HERE, 7, 8, 30.0)
    assert not still.found(HERE, 7, None, 60.0)
    assert not still.found(HERE, 7, 8, 90.0)


def test_pause_or_a_move_begins_the_silence_anew() -> None:
    still = _watching()
    still.found(HERE, 7, 8, 30.0)
    assert still.due({THERE}, [THERE], 40.0) is None
    assert still.due(BOTH, (), 60.0) is None
    assert still.due(BOTH, (), 71.0) == THERE
    assert not still.found(HERE, 7, 8, 90.0)
