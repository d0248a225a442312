"""The port goes on after the history: its next days, PORT_S_PER_S times as fast as they would pass.

So whoever opens the board sees stages come close to their limits and go over them. Knows the pace;
what is sent is the feeding's.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from portclock.demo.feeding import Feeding
from portclock.demo.history import Later

PORT_S_PER_S = 30
"""Half a minute of the port's time in a second: of a limit of half an hour, the last fifth, when it
is at risk, is there to be seen for twelve seconds."""
TICK = timedelta(seconds=15)


def go_on(
    later: Later, since: datetime, brokers: Sequence[str], clock: Callable[[], float]
) -> Feeding:
    """Begin to feed what comes after `since`; `clock` in seconds. The caller stops it."""
    feeding, started_at = Feeding(later.file, TICK, later.until), clock()

    def wait_until(at: datetime) -> None:
        due_at = started_at + (at - since) / timedelta(seconds=PORT_S_PER_S)
        feeding.rest(due_at - clock())

    feeding.start(brokers, wait_until)
    return feeding
