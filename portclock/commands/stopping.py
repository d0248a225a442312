"""Asked to stop: SIGTERM and Ctrl-C become a question that a service asks itself between turns."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Inside, the first signal is remembered; the function given says whether one came."""
    asked = threading.Event()

    def remember(number: int, frame: FrameType | None) -> None:
        asked.set()

    before = {number: signal.signal(number, remember) for number in SIGNALS}
    try:
        yield asked.is_set
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
