"""A worker as a process of its own, for the tests: settings as JSON, then what should go wrong.

`crash=EVENT_ID` raises in the law at that event; `slow=SECONDS` makes the law wait at each event
and at each unit that is judged again.
"""

import sys
import threading
import time
from typing import Any, Self

from events.reading import Reported
from streams.law import Step, TimingLaw
from streams.settings import Settings
from streams.worker import run_law
from timing.rules import Rules


class Faulty(TimingLaw):
    """The real law, with a fault."""

    def __init__(self, crash: str | None, slow_s: float) -> None:
        super().__init__(Rules())
        self._crash, self._slow_s = crash, slow_s

    def observe(self, history: Any, event: Reported, watermark: int) -> Step:
        if event.event_id == self._crash:
            raise RuntimeError(f"a bug at {event.event_id}")
        self._wait()
        return super().observe(history, event, watermark)

    def reconsider(self, history: Any, before: Self, watermark: int, because: str) -> Step:
        self._wait()
        return super().reconsider(history, before, watermark, because)

    def _wait(self) -> None:
        if self._slow_s:
            threading.Event().wait(self._slow_s)


if __name__ == "__main__":
    wanted = dict(argument.split("=", 1) for argument in sys.argv[2:])
    law = Faulty(wanted.get("crash"), float(wanted.get("slow", 0)))
    run_law(Settings.model_validate_json(sys.argv[1]), law, time.monotonic)  # noqa: TID251 - this is the door
