"""Instants on the wire: ISO 8601 with an offset outside, aware UTC to the second inside."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Final

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_LOCAL = r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?"
_OFFSET = r"(Z|[+-][01][0-9]:[0-5][0-9])"
_WIRE = re.compile(f"{_LOCAL}{_OFFSET}?")
"""One spelling of ISO 8601, since Python's own reader takes more of them with every version."""

INSTANTS_KEPT: Final = 2**14
"""How many instants are remembered as they are written, in 3 MB: what a port reports of one moment
is written again in all that follows from it."""
_DAYS_KEPT: Final = 1024
_DAY_S: Final = 86_400
_EPOCH: Final = date(1970, 1, 1)
_FIRST_DAY, _LAST_DAY = ((end.date() - _EPOCH).days for end in (EARLIEST, LATEST))
_TWO_DIGITS: Final = tuple(f"{number:02d}" for number in range(60))
_MINUTES: Final = tuple(f"{hour:02d}:{minute}" for hour in range(24) for minute in _TWO_DIGITS)


def parse_instant(text: object) -> datetime:
    """Read one instant.

    Raises PydanticCustomError `time-without-offset` for a local time and `invalid-time` for
    anything that is no ISO 8601 instant from 1990 to 2199. Fractions of a second are cut: the
    contract's finest precision is the second, and limits are published in minutes and hours.
    """
    moment = text if isinstance(text, datetime) else _read(text)
    if moment.tzinfo is None:
        raise PydanticCustomError(
            "time-without-offset",
            "the time has no offset from UTC; write it as 2026-03-02T08:25:00+08:00",
        )
    utc = _utc(moment)
    if utc is None or not EARLIEST <= utc < LATEST:
        raise PydanticCustomError("invalid-time", "the time is not between 1990 and 2200")
    return utc.replace(microsecond=0) if utc.microsecond else utc


def _read(text: object) -> datetime:
    if not isinstance(text, str) or _WIRE.fullmatch(text) is None:
        raise PydanticCustomError("invalid-time", "not an ISO 8601 date and time with an offset")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise PydanticCustomError("invalid-time", "no such date and time") from error


def _utc(moment: datetime) -> datetime | None:
    """In UTC before it is compared, which is the faster order; None where UTC has no such year."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def format_instant(moment: datetime) -> str:
    """Write one instant as the wire has it: `2026-03-02T00:25:00Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"


@lru_cache(maxsize=INSTANTS_KEPT)
def instant_text(seconds: int) -> str:
    """Write an epoch second as `format_instant` writes its instant.

    Raises ValueError where no instant may lie, as `parse_instant` refuses it.
    """
    days, second = divmod(seconds, _DAY_S)
    minute, second = divmod(second, 60)
    return f"{_day(days)}T{_MINUTES[minute]}:{_TWO_DIGITS[second]}Z"


@lru_cache(maxsize=_DAYS_KEPT)
def _day(days: int) -> str:
    """So many days after the epoch."""
    if not _FIRST_DAY <= days < _LAST_DAY:
        raise ValueError(f"day {days} after the epoch is not between 1990 and 2200")
    return (_EPOCH + timedelta(days)).isoformat()


def from_epoch(seconds: int) -> datetime:
    """The aware UTC instant of an epoch second."""
    return datetime.fromtimestamp(seconds, UTC)


Instant = Annotated[
    datetime,
    PlainValidator(parse_instant),
    PlainSerializer(format_instant, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": f"^{_LOCAL}{_OFFSET}$"}),
]
