"""A trial and what it comes to: what is asked, and the answer as one value. Pure."""

from datetime import datetime
from typing import NamedTuple

from reports.whatif.affected import Most
from reports.whatif.beside import Beside
from reports.whatif.effect import Effects
from reports.whatif.promises import Promised
from timing.commitments.period import Period, month


class Trial(NamedTuple):
    """What is asked: a draft beside what is in force, over some months, and so many of the most
    affected."""

    beside: Beside
    months: tuple[Period, ...]
    keep: int

    @property
    def period(self) -> Period:
        """All months as one."""
        first, last = self.months[0], self.months[-1]
        name = first.name if first is last else f"{first.name}/{last.name}"
        return Period(name, first.begins_at, last.ends_at)


class Result(NamedTuple):
    """What a trial comes to, as known at `now`; None: nothing was heard. `units` were compared,
    `refused` messages could not be read, `nameless` lifts name no voyage."""

    trial: Trial
    now: datetime | None
    units: int
    refused: int
    effects: Effects
    promised: Promised
    most: Most
    nameless: int = 0


MONTHS_MAX = 60
"""Five years: what is beyond is a slip of the pen."""


def months_between(first: str, last: str) -> tuple[Period, ...]:
    """The months from `2026-01` to `2026-06`, both included. Raises ValueError for what is no
    month, for an end before the beginning and for more than MONTHS_MAX."""
    found = [month(first)]
    until = month(last)
    if until.ends_at <= found[0].begins_at:
        raise ValueError(f"{last} is before {first}; give the earlier month first")
    while found[-1].name != until.name:
        year, number = map(int, found[-1].name.split("-"))
        following = (year + 1, 1) if number == 12 else (year, number + 1)
        found.append(month("{:04d}-{:02d}".format(*following)))
        if len(found) > MONTHS_MAX:
            raise ValueError(f"from {first} to {last} are more than {MONTHS_MAX} months")
    return tuple(found)
