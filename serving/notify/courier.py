"""One channel's own worker: takes what is due from the outbox, sends it, writes down the answer.

One message at a time, so a channel that is slow or silent holds up nobody but itself; meanwhile
what comes for it is folded and bundled in the outbox.
"""

from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

from serving.notify.channels import Sender
from serving.notify.outbox import Outbox, Settled

IDLE_S: Final = 1.0
MINUTE_MS: Final = 60_000


class Pace:
    """At most so many messages in any minute; told the time in milliseconds."""

    def __init__(self, per_minute: int) -> None:
        self._sent_ms: deque[int] = deque(maxlen=per_minute)

    def free_ms(self, now_ms: int) -> int:
        """When the next may go."""
        full = len(self._sent_ms) == self._sent_ms.maxlen
        return max(now_ms, self._sent_ms[0] + MINUTE_MS) if full else now_ms

    def went(self, now_ms: int) -> None:
        """One goes now."""
        self._sent_ms.append(now_ms)


class Courier(NamedTuple):
    """The worker of one channel; `told` hears what came of each attempt."""

    channel: str
    sender: Sender
    outbox: Outbox
    pace: Pace
    now_ms: Callable[[], int]
    told: Callable[[Settled], None]

    def run(self, stopping: Callable[[], bool]) -> None:
        """Until `stopping()`; a message under way is finished, which its timeout bounds."""
        try:
            while not stopping():
                heard = self.outbox.bell.rings()
                wait_s = self.turn()
                if wait_s:
                    self.outbox.bell.wait(heard, wait_s)
        finally:
            self.sender.close()

    def turn(self) -> float:
        """Send one message, if one is due. How long to wait until the next turn, unless it rings:
        what waits for another message of its thread is woken by the bell."""
        now_ms = self.now_ms()
        free_ms = self.pace.free_ms(now_ms)
        if free_ms > now_ms:
            return min(IDLE_S, (free_ms - now_ms) / 1000)
        outgoing = self.outbox.next(self.channel, now_ms)
        if outgoing is None:
            wake_ms = self.outbox.wake_ms(self.channel)
            later = wake_ms is not None and wake_ms > now_ms
            return min(IDLE_S, (wake_ms - now_ms) / 1000) if later and wake_ms else IDLE_S
        self.pace.went(now_ms)
        result = self.sender.send(outgoing)
        self.told(self.outbox.settle(outgoing, result, self.now_ms()))
        return 0.0
