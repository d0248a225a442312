"""Asked to stop: SIGTERM and Ctrl-C become a question that a service asks itself between turns."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def asked_to_stop() -> Iterator[threading.Event]:
    """Inside, a signal sets the event given, and does nothing else."""
    asked = threading.Event()

    def remember(number: int, frame: FrameType | None) -> None:
        asked.set()

    before = {number: signal.signal(number, remember) for number in SIGNALS}
    try:
        yield asked
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
