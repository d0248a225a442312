"""Ctrl-C, a polite kill and a closed terminal: all three mean "stop cleanly".

Knows signals; must never know what is stopped. Python turns only Ctrl-C into an exception; without
this the other two would end the process on the spot.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOPPERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def raised() -> Iterator[Callable[[], None]]:
    """Inside, each of them raises KeyboardInterrupt in the main thread.

    Gives a function that takes their effect away until the end of the block: a stop under way has a
    bound of its own and must not be broken off. Only the main thread may set what signals do; in
    any other this changes nothing.
    """
    held = threading.Event()

    def raise_it(number: int, frame: FrameType | None) -> None:
        if not held.is_set():
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield held.set
        return
    before = {number: signal.signal(number, raise_it) for number in STOPPERS}
    try:
        yield held.set
    finally:
        for number, earlier in before.items():
            # None: set by something that is not Python, and not ours to restore.
            signal.signal(number, signal.SIG_DFL if earlier is None else earlier)
