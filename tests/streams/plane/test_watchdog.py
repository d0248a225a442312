"""A worker that slept or stands still must end; one that works or rests must not."""

import pytest

from streams.plane.watchdog import Progress, Pulsebeat, WorkerUnfit


def test_a_pause_longer_than_the_session_is_noticed_by_the_next_write() -> None:
    beats = Pulsebeat(6.0)
    beats.check(1_000.0)
    beats.beat(1_000.0)
    beats.check(1_006.0)
    with pytest.raises(WorkerUnfit, match="stood still for 7 s"):
        beats.check(1_007.0)


def test_a_pause_is_noticed_even_if_the_beat_is_faster_than_the_write() -> None:
    beats = Pulsebeat(6.0)
    for now in (0.0, 5.0, 12.0, 13.0):
        beats.beat(now)
    with pytest.raises(WorkerUnfit, match="for 7 s"):
        beats.check(13.0)


def test_standing_still_while_records_wait_is_noticed_after_the_limit() -> None:
    progress = Progress(300.0, 0.0, {})
    progress.look({"a/0": 5}, 10, 0.0)
    progress.look({"a/0": 5}, 10, 300.0)
    with pytest.raises(WorkerUnfit, match="10 records wait"):
        progress.look({"a/0": 5}, 10, 301.0)


def test_movement_or_rest_starts_the_count_again() -> None:
    progress = Progress(300.0, 0.0, {})
    progress.look({"a/0": 5}, 10, 0.0)
    progress.look({"a/0": 6}, 10, 299.0)
    progress.look({"a/0": 6}, 0, 500.0)
    progress.look({"a/0": 6}, 3, 800.0)
    with pytest.raises(WorkerUnfit):
        progress.look({"a/0": 6}, 3, 801.0)
