"""Waiting for a silent store: longer each time, never longer than the bound, never for good."""

from sinks.backoff import Backoff


def test_delay_doubles_up_to_its_bound() -> None:
    backoff, delays = Backoff(first_s=0.2, max_s=1.0), []
    for _ in range(6):
        backoff = backoff.failed(100.0)
        delays.append(backoff.delay_s)
    assert delays == [0.2, 0.4, 0.8, 1.0, 1.0, 1.0]


def test_next_try_is_due_when_the_delay_is_over() -> None:
    backoff = Backoff(first_s=0.5).failed(100.0)
    assert backoff.wait_s(100.2) > 0
    assert backoff.wait_s(100.5) == 0
    assert backoff.wait_s(200.0) == 0


def test_silence_is_measured_from_its_beginning() -> None:
    backoff = Backoff().failed(100.0).failed(103.0)
    assert backoff.silent_s(110.0) == 10.0
    assert backoff.answered().silent_s(110.0) == 0.0
    assert backoff.answered().wait_s(100.0) == 0.0


def test_answer_brings_back_the_first_delay() -> None:
    backoff = Backoff(first_s=0.2).failed(0.0).failed(0.0).answered().failed(0.0)
    assert backoff.delay_s == 0.2
