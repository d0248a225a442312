"""What stands in a cell, as the field of the contract that it is meant for.

A cell is a text, or what a workbook or a JSON line already knows better: a number, a truth, a date.
Knows formats and zones; must never know which column it came from.
"""

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final, NamedTuple

from events.dialects.sender import zoned
from events.dialects.tabular.mapping import FLAGS, NOTHING, NUMBERS, WORDS, Profile
from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason
from events.vocabulary import Precision

Cell = str | int | float | bool | datetime | date | time | None

DATES: Final = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
CLOCKS: Final = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M")
FORMATS: Final = (
    *(day + clock for day in DATES for clock in CLOCKS), "%Y%m%d%H%M%S", "%Y%m%d%H%M",
)  # fmt: skip
"""What is read where a mapping names no formats. None of them puts the day or the month first:
nobody could tell which it is."""
TIMES_KEPT: Final = 2**14
DIGITS_MAX: Final = 12
"""1E999999 is a number too, and takes minutes to write out."""

_OFFSET: Final = re.compile(r"\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$")
_UNPARTED: Final = re.compile(r"%[A-Za-z]%[A-Za-z]")
_THOUSANDS: Final = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")


class Moment(NamedTuple):
    """An instant as the wire has it, and how finely it was written."""

    text: str
    precision: Precision


def value(field: str, cell: Cell, mapping: Profile) -> Any:
    """The value of a field that is no time. Raises Misread: `unknown-code`, `not-for-us`,
    `invalid-value`."""
    text = written(cell)
    codes = mapping.codes.get(field)
    if codes is not None and text in codes:
        if codes[text] == NOTHING:
            raise Misread(Trouble.NOT_FOR_US, f"{text!r} is known and comes to nothing")
        text = codes[text]
    elif field in WORDS and text.lower() not in WORDS[field]:
        raise Misread(Trouble.UNKNOWN_CODE, f"{text!r} is neither a word of ours nor among `codes`")
    if field in FLAGS:
        return text.lower() == "true"
    if field in NUMBERS:
        return _number(text, mapping.numbers.get(field, 1))
    return text.lower() if field in WORDS else text


def written(cell: Cell) -> str:
    """A cell as a text: whole numbers without a point, however a workbook holds them."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return "" if cell is None else str(cell).strip()


def _number(text: str, times: int) -> int:
    """A whole number: tons that are to be kilograms are multiplied, halves round to even."""
    plain = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text
    try:
        number = Decimal(plain) * times
        if number.is_finite() and number.adjusted() < DIGITS_MAX:
            return int(number.to_integral_value())
    except InvalidOperation:
        pass
    raise Misread(Reason.INVALID_VALUE, f"{text[:40]!r} is no number of ours")


def moment(cells: list[Cell], mapping: Profile) -> Moment:
    """The instant that one or more cells tell: a day and its time may stand apart. Raises Misread:
    `invalid-time`, `ambiguous-time`."""
    if len(cells) == 2 and isinstance(cells[0], date) and isinstance(cells[1], time):
        cells = [datetime.combine(cells[0], cells[1])]
    (first, *others) = cells
    if isinstance(first, date) and not others:
        return _of_a_date(first, mapping)
    text = " ".join(filter(None, map(_plain, cells)))
    if _OFFSET.search(text):
        return Moment(text.replace(" ", "T"), mapping.times.precision or Precision.SECOND)
    local, precision = _parsed(text, mapping.times.formats or FORMATS)
    return Moment(zoned(local, mapping.zone), mapping.times.precision or precision)


def _plain(cell: Cell) -> str:
    """A date of a workbook is a midnight there; beside its time it is a date."""
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return written(cell)


def _of_a_date(cell: date, mapping: Profile) -> Moment:
    if not isinstance(cell, datetime):
        day = zoned(datetime.combine(cell, time()), mapping.zone)
        return Moment(day, mapping.times.precision or Precision.DAY)
    local = cell.replace(microsecond=0)
    text = local.isoformat() if local.tzinfo else zoned(local, mapping.zone)
    return Moment(text, mapping.times.precision or Precision.SECOND)


@lru_cache(maxsize=TIMES_KEPT)
def _parsed(text: str, formats: tuple[str, ...]) -> tuple[datetime, Precision]:
    for format in formats:  # The zone is the mapping's, for all of them.
        try:
            local = datetime.strptime(text, format)  # noqa: DTZ007
        except ValueError:
            continue
        # `%H` also takes one digit: 2026030210 would be one o'clock and ten minutes.
        if not _UNPARTED.search(format) or local.strftime(format) == text:
            return local.replace(microsecond=0), _precision(format)
    raise Misread(Reason.INVALID_TIME, f"{text!r} is written in none of the formats")


def _precision(format: str) -> Precision:
    if any(sign in format for sign in ("%S", "%X", "%c", "%T")):
        return Precision.SECOND
    return Precision.MINUTE if "%M" in format else Precision.DAY
