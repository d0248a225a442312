"""Instants of the wire as epoch seconds, quickly: what a day is worth is worked out once.

An instant is cut after its day and after its minute. What `2026-03-02`, `T08:25:` and `07+08:00`
come to is asked of `parse_instant` the first time and remembered, up to a bound; the sum of three
that are known is the instant. Minutes of the day are few, so that a history read by partitions,
which jumps to and fro in time, finds all of them known. Must never take a text that `parse_instant`
refuses, nor know what an event is.
"""

from typing import Final

from events.instants import EARLIEST, LATEST, parse_instant

DAYS_KEPT: Final = 2**12
"""Eleven years of them."""
MINUTES_KEPT: Final = 1440
ENDINGS_KEPT: Final = 2**12
"""A minute has sixty for each offset in use."""

_DAY: Final = len("2026-03-02")
_MINUTE: Final = len("2026-03-02T08:25:")
_LENGTHS: Final = frozenset({len("2026-03-02T08:25:07Z"), len("2026-03-02T08:25:07+08:00")})
_THREE_DAYS_S: Final = 3 * 86_400
_EARLIEST_S: Final = int(EARLIEST.timestamp()) + _THREE_DAYS_S
_LATEST_S: Final = int(LATEST.timestamp()) - _THREE_DAYS_S
"""So far within the bounds of time, any minute of the day, with any offset, is within them too."""

_days: Final[dict[str, int]] = {}
_minutes: Final[dict[str, int]] = {}
_endings: Final[dict[str, int]] = {}


def second_of(text: str) -> int:
    """The epoch second of an instant, its fraction cut. Raises PydanticCustomError as
    `parse_instant`."""
    try:
        return _days[text[:_DAY]] + _minutes[text[_DAY:_MINUTE]] + _endings[text[_MINUTE:]]
    except KeyError:
        return _worked_out(text)


def _worked_out(text: str) -> int:
    """By the contract's own reader. Its parts are remembered where they have a usual form."""
    second = int(parse_instant(text).timestamp())
    if len(text) in _LENGTHS and _EARLIEST_S <= second < _LATEST_S:
        # The last second of the minute: `24:00:00` is an instant by some, `24:00:59` is none.
        begun = int(parse_instant(f"{text[:_MINUTE]}59Z").timestamp()) - 59
        day = int(parse_instant(f"{text[:_DAY]}T00:00:00Z").timestamp())
        _keep(_days, text[:_DAY], day, DAYS_KEPT)
        _keep(_minutes, text[_DAY:_MINUTE], begun - day, MINUTES_KEPT)
        _keep(_endings, text[_MINUTE:], second - begun, ENDINGS_KEPT)
    return second


def _keep(known: dict[str, int], text: str, seconds: int, most: int) -> None:
    """All is forgotten at once when the room is full: nobody can fill it for good."""
    if len(known) >= most:
        known.clear()
    known[text] = seconds
