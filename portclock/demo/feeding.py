"""Feeds the demo's file into the topics from a thread of its own, so that the view stays alive."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from portclock.failure import Failure
from portclock.outbox import KafkaOutbox
from portclock.replay import Accounts, Offsets, Replay, plan


class Feeding:
    """One replay in the background. Ask `accounts` at any time; `check` raises what went wrong."""

    def __init__(self, file: Path, tick: timedelta, until: datetime) -> None:
        self._file, self._tick, self._until = file, tick, until
        self._replay: Replay | None = None
        self._reached: Offsets = {}
        self._error: BaseException | None = None
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, brokers: Sequence[str], wait_until: Callable[[datetime], None]) -> None:
        """Begin feeding; `wait_until` sets the pace."""
        self._thread = threading.Thread(
            target=self._run, args=(brokers, wait_until), name="feeding", daemon=True
        )
        self._thread.start()

    @property
    def accounts(self) -> Accounts | None:
        """What was sent until now; None before the broker was reached."""
        return self._replay.accounts if self._replay else None

    @property
    def reached(self) -> Offsets:
        """Per topic and partition, the offset one past what was acknowledged."""
        return self._reached

    @property
    def done(self) -> bool:
        """Whether everything, the last tick too, was acknowledged."""
        return self._thread is not None and not self._thread.is_alive() and self._error is None

    def check(self) -> None:
        """Raises Failure when feeding ended early."""
        if self._error is not None:
            raise Failure(f"the port's events could not be sent: {self._error}")

    def rest(self, seconds: float) -> None:
        """Wait in the feeding thread, at once over when feeding is to stop."""
        self._stopped.wait(max(0.0, seconds))

    def stop(self) -> None:
        """End at the next beat; waits for it."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self, brokers: Sequence[str], wait_until: Callable[[datetime], None]) -> None:
        try:
            with self._file.open("rb") as file, KafkaOutbox(brokers) as outbox:
                self._replay = Replay(outbox, wait_until)
                lines = (line.rstrip(b"\n") for line in file)
                for _ in self._replay.run(plan(lines, self._tick, self._until)):
                    self._reached = outbox.reached()
                    if self._stopped.is_set():
                        return
        except BaseException as error:  # handed to whoever looks; a thread has nobody to tell
            self._error = error
