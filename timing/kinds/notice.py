"""`notice`: declared so long before arrival, by how long the journey is (航程>4h: 到达前4小时)."""

from typing import ClassVar, Literal

from timing.calendars import Calendar
from timing.kinds.ask import JOURNEY_UNKNOWN, Allowed, Ask, Unlimited
from timing.kinds.limit import Bound, Limit, Override
from timing.written import Within


class Notice(Bound):
    """A journey longer than `journey_over` must be declared at least `notice` before arrival; a
    shorter one before departure, which is as long before arrival as the journey takes.
    """

    journey_over: Within
    notice: Within

    def bound(self, ask: Ask, calendar: Calendar) -> Allowed | Unlimited:
        """By the journey; one of unknown length has no limit."""
        journey_s = ask.traits.journey_s
        if journey_s is None:
            return Unlimited(JOURNEY_UNKNOWN)
        return Allowed(self.notice if journey_s > self.journey_over else journey_s)


class NoticeOverride(Notice, Override):
    """Another notice for a while."""


class NoticeLimit(Notice, Limit):
    """重庆, 原始舱单申报: the one kind where the time must be at least the allowance."""

    at_least: ClassVar[bool] = True
    clock_time: ClassVar[bool] = True

    kind: Literal["notice"]
    override: tuple[NoticeOverride, ...] = ()
