"""Times as customs messages write them: digits, in Beijing time, sometimes with the zone's number.

`YYYYMMDD`, `YYYYMMDDhhmm` and `YYYYMMDDhhmmss`, each with or without `086` behind it; the head's
SendTime has milliseconds. Sources: as in `messages.toml`.
"""

from datetime import datetime
from typing import NamedTuple

from events.dialects.sender import zoned
from events.dialects.troubles import Misread
from events.refusals import Reason
from events.vocabulary import Precision

CHINA = "086"
_FORMATS = {
    8: ("%Y%m%d", Precision.DAY),
    12: ("%Y%m%d%H%M", Precision.MINUTE),
    14: ("%Y%m%d%H%M%S", Precision.SECOND),
}
_MILLISECONDS = 3


class Stamp(NamedTuple):
    """An instant as the wire has it, and how finely it was written."""

    text: str
    precision: Precision


def stamp(text: str, zone: str, path: str) -> Stamp:
    """Read a date or time of a declaration. Raises Misread `invalid-time`, `ambiguous-time`."""
    digits = text.removesuffix(CHINA) if len(text) - len(CHINA) in _FORMATS else text
    return _read(digits, text, zone, path)


def sent(text: str, zone: str, path: str) -> Stamp:
    """Read the head's SendTime, less its milliseconds. Raises as `stamp`."""
    milliseconds = len(text) == max(_FORMATS) + _MILLISECONDS
    return _read(text[:-_MILLISECONDS] if milliseconds else text, text, zone, path)


def _read(digits: str, text: str, zone: str, path: str) -> Stamp:
    if len(digits) not in _FORMATS or not (digits.isascii() and digits.isdigit()):
        raise Misread(
            Reason.INVALID_TIME, f"{text!r} is no YYYYMMDD[hhmm[ss]] or that with 086", path
        )
    format, precision = _FORMATS[len(digits)]
    try:
        local = datetime.strptime(digits, format)  # noqa: DTZ007
    except ValueError as error:
        raise Misread(Reason.INVALID_TIME, f"{text!r}: no such date and time", path) from error
    return Stamp(zoned(local, zone), precision)
