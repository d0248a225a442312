"""Each way of asking a process to stop raises in the main thread, and none while it stops."""

import os
import signal
import threading

import pytest

from portclock.standalone import interrupts


@pytest.mark.parametrize("how", interrupts.STOPPERS)
def test_each_of_them_raises_and_is_given_back(how: signal.Signals) -> None:
    before = signal.getsignal(how)
    with pytest.raises(KeyboardInterrupt), interrupts.raised():
        signal.raise_signal(how)
    assert signal.getsignal(how) is before


def test_held_they_have_no_effect() -> None:
    with interrupts.raised() as hold:
        hold()
        for how in interrupts.STOPPERS:
            os.kill(os.getpid(), how)


def test_another_thread_changes_nothing() -> None:
    seen = []

    def elsewhere() -> None:
        with interrupts.raised():
            seen.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [before]
