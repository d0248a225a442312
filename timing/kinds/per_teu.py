"""`duration-per-teu`: so much time for each standard box (3小时/标准箱): a 40-foot box gets twice
as much, where the same words said per box would give it once.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from timing.calendars import Calendar
from timing.kinds.ask import SIZE_UNKNOWN, Allowed, Ask, Unlimited
from timing.kinds.limit import Bound, Limit, Override
from timing.written import Size, Within, size_of

Teu = Annotated[Decimal, Field(gt=0, le=4)]


class PerTeu(Bound):
    """`within`: the time for one TEU; `teu`: how many a box of each length is. A length not named
    has no limit.
    """

    within: Within
    teu: Annotated[dict[Size, Teu], Field(min_length=1)]

    def bound(self, ask: Ask, calendar: Calendar) -> Allowed | Unlimited:
        """By the length, in whole seconds."""
        size_type = ask.traits.size_type
        if size_type is None:
            return Unlimited(SIZE_UNKNOWN)
        size = size_of(size_type)
        teu = self.teu.get(size) if size else None
        return Unlimited(None) if teu is None else Allowed(int(self.within * teu))


class PerTeuOverride(PerTeu, Override):
    """Another time, or another count, for a while."""


class PerTeuLimit(PerTeu, Limit):
    """上海, unstuffing and restuffing together within 3 hours a TEU."""

    kind: Literal["duration-per-teu"]
    override: tuple[PerTeuOverride, ...] = ()
