"""`half-day`: within the half working day, with cut-offs on the wall clock (下半个工作日)."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from timing.calendars import Calendar, HalfDay, UnknownYear, clock_s
from timing.kinds.ask import CALENDAR_UNKNOWN, Allowed, Ask, Unlimited
from timing.kinds.limit import Bound, Limit, Override
from timing.written import Written, clock_text

TimeOfDay = Annotated[int, BeforeValidator(clock_s), PlainSerializer(clock_text, when_used="json")]
"""`"16:00"` in the file and in JSON, seconds of the day in Python."""


class Due(Written):
    """What was ordered before `until` is due `by` then, the same day (port time, as "16:00")."""

    until: TimeOfDay
    by: TimeOfDay

    @model_validator(mode="after")
    def _looks_ahead(self) -> Self:
        if self.by < self.until:
            raise ValueError("due by a time before `until` would be over before it was ordered")
        return self


class Half(Bound):
    """`due`: the cut-offs that the source states. Whatever it does not state has no limit: a day
    off by the calendar of the limit, and what comes after the last cut-off.
    """

    due: Annotated[tuple[Due, ...], Field(min_length=1)]

    def bound(self, ask: Ask, calendar: Calendar) -> Allowed | Unlimited:
        """From the opener to the cut-off. The calendar says whether the day is worked."""
        halves = tuple(HalfDay(due.until, due.by) for due in self.due)
        try:
            due_at = calendar.half_day_due(ask.opened_at, halves)
        except UnknownYear:
            return Unlimited(CALENDAR_UNKNOWN)
        return Unlimited(None) if due_at is None else Allowed(due_at - ask.opened_at)


class HalfDayOverride(Half, Override):
    """Other cut-offs for a while."""


class HalfDayLimit(Half, Limit):
    """厦门: ordered in the morning, at the inspection site by four in the afternoon."""

    by_traits: ClassVar[bool] = False
    clock_time: ClassVar[bool] = True

    kind: Literal["half-day"]
    override: tuple[HalfDayOverride, ...] = ()
