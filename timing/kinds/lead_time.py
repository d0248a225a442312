"""`lead-time`: done so long before a scheduled event (海关实施查验前半小时)."""

from typing import ClassVar, Literal

from timing.calendars import Calendar
from timing.kinds.ask import NO_APPOINTMENT, ORDERED_TOO_LATE, Allowed, Appointment, Ask, Unlimited
from timing.kinds.limit import Bound, Limit, Override
from timing.written import Within


class LeadTime(Bound):
    """`lead`: how long before the appointment the stage must have ended."""

    lead: Within

    def bound(self, ask: Ask, calendar: Calendar) -> Allowed | Unlimited:
        """From the opener to `lead` before the appointment that counts.

        Without an appointment nothing was promised. One that left less than `lead` from when it
        was made, or from the opener, could be kept by nobody.
        """
        counted = self._counted(ask)
        if counted is None:
            return Unlimited(NO_APPOINTMENT)
        if not self._binds(counted, ask):
            return Unlimited(ORDERED_TOO_LATE)
        return Allowed(counted.at - self.lead - ask.opened_at)

    def _counted(self, ask: Ask) -> Appointment | None:
        """The first appointment, or a later one that was made while the promise of the one before
        was still open: no later than its deadline, nor than the end of the stage. One that bound
        nobody gives way to any.
        """
        counted: Appointment | None = None
        for made in ask.appointments:
            if (
                counted is None
                or not self._binds(counted, ask)
                or self._still_open(counted, ask.closed_at, made.made_at)
            ):
                counted = made
        return counted

    def _binds(self, appointment: Appointment, ask: Ask) -> bool:
        return appointment.at - self.lead >= max(ask.opened_at, appointment.made_at)

    def _still_open(self, appointment: Appointment, closed_at: int | None, at: int) -> bool:
        kept = closed_at is not None and at > closed_at
        return not kept and at <= appointment.at - self.lead


class LeadTimeOverride(LeadTime, Override):
    """Another lead for a while."""


class LeadTimeLimit(LeadTime, Limit):
    """上海 and 南沙: the box stands at the inspection site half an hour before customs begin."""

    by_traits: ClassVar[bool] = False
    clock_time: ClassVar[bool] = True

    kind: Literal["lead-time"]
    override: tuple[LeadTimeOverride, ...] = ()
