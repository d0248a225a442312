"""How numbers and instants are said on the board, in the time of the port. Pure.

Everything exact is in the row; here it is cut to what a glance can hold. Never rounded up: eleven
minutes and fifty-nine seconds left are eleven minutes.
"""

from datetime import datetime
from typing import Final

from timing.story.words import DAY_S, HOUR_S, MINUTE_S, Language
from timing.written import LOCAL_TIME

BAR_FULL: Final = 1.5
"""The share of the limit at which a bar is full; the mark of the limit stands at two thirds."""

SHARE_SAID_MAX: Final = 10.0
DAYS_ALONE: Final = 3
"""From so many days on, hours say nothing more."""


def brief(seconds: int, language: Language) -> str:
    """A length of time in at most two units: `2 d 4 h`, `3 h 12 min`, `12 min`, `48 s`; of many
    days, the days."""
    length = abs(seconds)
    grain = HOUR_S if length >= DAY_S else MINUTE_S if length >= MINUTE_S else 1
    if length >= DAYS_ALONE * DAY_S:
        grain = DAY_S
    return language.duration(length // grain * grain)


def clock(epoch_s: int) -> str:
    """An instant to the second, as a clock shows it: `14:03:22`."""
    return f"{_local(epoch_s):%H:%M:%S}"


def day(epoch_s: int) -> str:
    """The day of an instant: `2026-03-02`."""
    return f"{_local(epoch_s):%Y-%m-%d}"


def hour(epoch_s: int, now_s: int | None) -> str:
    """An instant to the minute, with its day where that is not today: `14:03`, `03-01 14:03`."""
    local = _local(epoch_s)
    same = now_s is not None and local.date() == _local(now_s).date()
    return f"{local:%H:%M}" if same else f"{local:%m-%d %H:%M}"


def machine(epoch_s: int) -> str:
    """An instant for a `datetime` attribute: `2026-03-02T14:03:22+08:00`."""
    return _local(epoch_s).isoformat()


def percent(share: float) -> str:
    """A share as whole percent, cut: `87 %`. Ten times the limit and beyond is `> 999 %`."""
    return f"{int(share * 100)} %" if share < SHARE_SAID_MAX else "> 999 %"


def bar(share: float) -> float:
    """How much of a bar of length 100 a share fills; over the full length it stays full."""
    return round(min(max(share, 0.0), BAR_FULL) / BAR_FULL * 100, 1)


def _local(epoch_s: int) -> datetime:
    return datetime.fromtimestamp(epoch_s, LOCAL_TIME)
