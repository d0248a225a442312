"""`duration`: so much time, for every unit alike (30分钟/自然箱)."""

from typing import Literal

from timing.calendars import Calendar
from timing.kinds.ask import Allowed, Ask
from timing.kinds.limit import Bound, Limit, Override
from timing.written import Within


class Duration(Bound):
    """`within`: the time allowed."""

    within: Within

    def bound(self, ask: Ask, calendar: Calendar) -> Allowed:
        """The same for all."""
        return Allowed(self.within)


class DurationOverride(Duration, Override):
    """Another time for a while."""


class DurationLimit(Duration, Limit):
    """石岛新港, 30 minutes a box; also a report due so long after completion, and a joint limit
    over two operations, whose stage is the sum.
    """

    kind: Literal["duration"]
    override: tuple[DurationOverride, ...] = ()
