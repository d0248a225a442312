"""What a limit may know of one occurrence to say its allowance, and what it answers.

Plain values, epoch seconds and whole seconds. This module must never learn the table of stages.
"""

from typing import NamedTuple

from events.vocabulary import Flag, Party
from timing.visits import Traits

SIZE_UNKNOWN = Flag.SIZE_UNKNOWN.value
WEIGHT_UNKNOWN = Flag.WEIGHT_UNKNOWN.value
JOURNEY_UNKNOWN = Flag.JOURNEY_UNKNOWN.value
CALENDAR_UNKNOWN = Flag.CALENDAR_UNKNOWN.value
NO_APPOINTMENT = Flag.NO_APPOINTMENT.value
ORDERED_TOO_LATE = Flag.ORDERED_TOO_LATE.value
LISTED = Flag.LISTED.value
OVERRIDE = Flag.OVERRIDE.value


class Appointment(NamedTuple):
    """Something arranged at `made_at` for `at`."""

    made_at: int
    at: int
    party: Party | None


class Ask(NamedTuple):
    """One occurrence as a limit sees it. `appointments` are in order of `made_at`."""

    opened_at: int
    closed_at: int | None
    traits: Traits
    appointments: tuple[Appointment, ...] = ()


class Allowed(NamedTuple):
    """The allowance, in seconds of the time that the limit's calendar counts."""

    limit_s: int
    flags: tuple[str, ...] = ()


class Unlimited(NamedTuple):
    """No limit applies, and the flag says why; None: the limit simply names no such unit."""

    flag: str | None
