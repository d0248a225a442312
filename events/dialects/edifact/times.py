"""DTM: a time as EDIFACT writes it, by its format qualifier (2379), into an instant of the wire.

No format but 205, 303 and 304 carries a zone: the sender's own is taken, from its profile. A date
alone is the beginning of its day, known to the day. Knows formats, not what a time is the time of.
https://service.unece.org/trade/untdid/d00b/tred/tred2379.htm
"""

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from events.dialects.sender import INSTANTS_KEPT, zoned
from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason
from events.vocabulary import Precision


class Said(NamedTuple):
    """An instant as the wire has it, and how finely the source states it."""

    at: str
    precision: Precision


_FORMATS: Final = MappingProxyType(
    {
        "2": (6, Precision.DAY), "101": (6, Precision.DAY), "102": (8, Precision.DAY),
        "201": (10, Precision.MINUTE), "202": (12, Precision.SECOND),
        "203": (12, Precision.MINUTE), "204": (14, Precision.SECOND),
        "205": (17, Precision.MINUTE), "303": (15, Precision.MINUTE),
        "304": (17, Precision.SECOND),
    }
)  # fmt: skip
"""By 2379: how long it is, its zone included, and what it is worth."""
_DAY_FIRST: Final = "2"
_SHORT_YEARS: Final = frozenset({"2", "101", "201", "202"})
_LAST_SHORT_YEAR: Final = "69"
"""Years of two digits up to this one are of our century."""

_ZONED: Final = re.compile(r"(\d{12}|\d{14})(?:([+-])(\d\d)(\d\d)|(UTC|GMT))")


@lru_cache(maxsize=INSTANTS_KEPT)
def instant(value: str, written: str, zone: str) -> Said:
    """One time. `written` is its 2379, `zone` the IANA name of the sender's clocks.

    Raises Misread: `unknown-qualifier` for a format that is not read, `invalid-time` for what is
    none in it, `ambiguous-time` for an hour that a change of the clocks makes two or none.
    """
    form = _FORMATS.get(written)
    if form is None:
        raise Misread(Trouble.UNKNOWN_QUALIFIER, f"2379 {written!r} is no format that is read")
    length, precision = form
    if length == len(value) and value.isascii() and value.isdigit():
        return Said(zoned(_local(value, written), zone), precision)
    found = _ZONED.fullmatch(value)
    if found is None or written not in ("205", "303", "304"):
        raise Misread(Reason.INVALID_TIME, f"{value!r} is no time in format {written}")
    return Said(_offset(found, written), precision)


def _local(digits: str, written: str) -> datetime:
    if written == _DAY_FIRST:
        digits = digits[4:] + digits[2:4] + digits[:2]
    if written in _SHORT_YEARS:
        digits = ("20" if digits[:2] <= _LAST_SHORT_YEAR else "19") + digits
    try:
        return datetime.fromisoformat(f"{digits[:8]}T{digits[8:]:0<6}")
    except ValueError as error:
        raise Misread(Reason.INVALID_TIME, f"there is no {digits!r}") from error


def _offset(found: re.Match[str], written: str) -> str:
    digits, sign, hours, minutes, _ = found.groups()
    off = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if off >= timedelta(hours=24):
        raise Misread(Reason.INVALID_TIME, f"{found[0]!r} has no possible offset")
    zone = timezone(-off if sign == "-" else off)
    return _local(digits, written).replace(tzinfo=zone).isoformat(timespec="seconds")
