"""Event time on the board: how far every partition has come, told by ticks.

A partition that never had a tick does not count; the others may not wait for it for ever. Must
never know the time of day.
"""


class EventClock:
    """The last tick of each partition."""

    def __init__(self) -> None:
        self._reached: dict[int, int] = {}
        self.now_s: int | None = None

    def tick(self, partition: int, at_s: int) -> bool:
        """A tick, in epoch seconds; returns whether the time of the board is another now."""
        if at_s <= self._reached.get(partition, -1):
            return False
        self._reached[partition] = at_s
        before, self.now_s = self.now_s, min(self._reached.values())
        return before != self.now_s
