"""The history a demo feeds: the same for a seed, judged at the time of its last tick."""

from datetime import timedelta
from pathlib import Path

import pytest

from portclock.demo.history import BEATS, TICK_MIN, write_history
from portclock.failure import Failure
from portclock.replay import Beat, plan
from portclock.traffic.feed import read_lines
from timing.engine import Rules


def test_the_same_seed_is_the_same_port_and_another_is_not(tmp_path: Path) -> None:
    one, two, other = (
        write_history(tmp_path / name, 12, seed, Rules())
        for name, seed in (("one", 1), ("two", 1), ("other", 2))
    )
    assert one.file.read_bytes() == two.file.read_bytes()
    assert one.file.read_bytes() != other.file.read_bytes()
    assert one.judgement.lines() == two.judgement.lines()


def test_the_last_tick_is_the_time_at_which_it_was_judged(tmp_path: Path) -> None:
    history = write_history(tmp_path, 30, 1, Rules())
    steps = list(plan(read_lines(history.file), history.tick, history.until))
    beats = [step.at for step in steps if isinstance(step, Beat)]
    assert beats[-1] == history.until == history.judgement.now
    assert len(beats) <= BEATS + 1
    assert history.tick >= TICK_MIN
    assert history.tick % timedelta(seconds=1) == timedelta(0)


def test_every_line_of_the_file_is_accounted_for(tmp_path: Path) -> None:
    history = write_history(tmp_path, 30, 1, Rules())
    assert history.messages == len(list(read_lines(history.file)))
    assert history.judgement.accounts.unexplained == 0


def test_for_who_watches_the_history_ends_early_and_the_port_goes_on(tmp_path: Path) -> None:
    whole = write_history(tmp_path / "whole", 30, 1, Rules())
    watched = write_history(tmp_path / "watched", 30, 1, Rules(), watched=True)
    assert (whole.later, watched.later is None) == (None, False)
    assert watched.later is not None
    both = watched.file.read_bytes() + watched.later.file.read_bytes()
    assert both == whole.file.read_bytes()
    assert watched.until < watched.later.until
    assert any(one.closed_at is None for one in watched.judgement.outcomes)


def test_a_port_without_visits_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="sent nothing; ask for more --visits"):
        write_history(tmp_path, 0, 1, Rules())
