"""A bell between threads: whoever changes something rings, whoever waits looks again."""

from threading import Condition


class Bell:
    """Counts its rings, so that one is never missed between a look and a wait."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._rings = 0

    def ring(self) -> None:
        """Something changed."""
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def rings(self) -> int:
        """How often it rang, to be given to `wait`."""
        return self._rings

    def wait(self, heard: int, within_s: float) -> None:
        """Until it rings again after `heard`, or the time is up."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings != heard, timeout=within_s)
