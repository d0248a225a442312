"""Periods: the months that commitments are evaluated over, by the time of the port (UTC+8)."""

import re
from datetime import date
from typing import NamedTuple

from events.instants import from_epoch
from timing.written import LOCAL_TIME, midnight

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class Period(NamedTuple):
    """From `begins_at` until before `ends_at`, in epoch seconds."""

    name: str
    begins_at: int
    ends_at: int

    def holds(self, at: int) -> bool:
        """Whether an instant lies in it. The first second of a month is of that month."""
        return self.begins_at <= at < self.ends_at


def month(name: str) -> Period:
    """The month `2026-03` at the port. Raises ValueError for anything else."""
    found = _MONTH.fullmatch(name)
    if found is None:
        raise ValueError(f"{name!r} is no month; write 2026-03")
    year, number = int(found[1]), int(found[2])
    following = date(year + 1, 1, 1) if number == 12 else date(year, number + 1, 1)
    return Period(name, midnight(date(year, number, 1)), midnight(following))


def month_of(at: int) -> Period:
    """The month at the port in which an instant lies."""
    return month(f"{from_epoch(at).astimezone(LOCAL_TIME):%Y-%m}")
