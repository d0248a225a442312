"""`duration-by-size`: so much time by the length of the box (2小时/20尺, 3小时/40尺)."""

from typing import Annotated, Literal

from pydantic import Field

from timing.calendars import Calendar
from timing.kinds.ask import SIZE_UNKNOWN, Allowed, Ask, Unlimited
from timing.kinds.limit import Bound, Limit, Override
from timing.written import Size, Within, size_of


class BySize(Bound):
    """`within_by_size`: the time allowed for each length named; another length has no limit."""

    within_by_size: Annotated[dict[Size, Within], Field(min_length=1)]

    def bound(self, ask: Ask, calendar: Calendar) -> Allowed | Unlimited:
        """By the length; one that was never stated is no length."""
        size_type = ask.traits.size_type
        if size_type is None:
            return Unlimited(SIZE_UNKNOWN)
        size = size_of(size_type)
        within = self.within_by_size.get(size) if size else None
        return Unlimited(None) if within is None else Allowed(within)


class BySizeOverride(BySize, Override):
    """Other times for a while."""


class BySizeLimit(BySize, Limit):
    """石岛新港, 2 hours a 20-foot box and 3 hours a 40-foot one; a 45-foot box has no limit."""

    kind: Literal["duration-by-size"]
    override: tuple[BySizeOverride, ...] = ()
