"""A message with holes: the same story told of another box, at another time, at copying speed.

Making a message of the simulated port takes 35 us, filling in a prepared one about 3. What differs
from copy to copy is found by its form: box numbers, the visit number in event ids, declarations and
instants. All are plain integers underneath, so a copy is an addition. Knows the forms that
`portclock.traffic` writes; must never know what a message means.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import product
from typing import Final, NamedTuple

from portclock.traffic.boxes import NUMBERS, OWNERS, SCATTER

_DAY_S: Final = 86_400
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_FIRST_YEAR: Final = 2000
"""An instant before it was invented by a feed, to be refused; it stays as it is."""

_VALUES: Final = dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True)
)
"""ISO 6346: letters count from 10 on, without the multiples of eleven."""
_OWNER_SUMS: Final = tuple(
    sum(_VALUES[letter] << place for place, letter in enumerate(owner)) for owner in OWNERS
)
_OWNER_BYTES: Final = tuple(owner.encode() for owner in OWNERS)
_OWNER_PLACES: Final = {owner: place for place, owner in enumerate(_OWNER_BYTES)}
_THREE_DIGITS: Final = tuple(b"%03d" % n for n in range(1000))
_DIGIT_SUMS: Final = tuple(16 * a + 32 * b + 64 * c for a, b, c in product(range(10), repeat=3))
_CLOCKS: Final = tuple(
    b"T%02d:%02d:%02d" % moment for moment in product(range(24), range(60), range(60))
)
_HOLES: Final = re.compile(
    rb"(?P<box>[A-Z]{4}\d{7})(?!\d)"
    rb"|(?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)"
    rb"|(?<!\d)\d{9}(?P<declaration>\d{9})(?!\d)"
    rb'|(?<=")(?P<visit>\d{6})(?=-\d\d["-])'
)


class Hole(NamedTuple):
    """What is written at one place: `write(base + copy * by_copy + shift_s * by_second)`."""

    write: Callable[[int], bytes]
    base: int
    by_copy: int
    by_second: int


class Template(NamedTuple):
    """Bytes with `%b` for each hole."""

    form: bytes
    holes: tuple[Hole, ...]

    def filled(self, copy: int, shift_s: int) -> bytes:
        """The bytes of one copy, `shift_s` seconds later than the original; copy 0 at 0 is it."""
        return self.form % tuple(
            [write(base + copy * a + shift_s * b) for write, base, a, b in self.holes]
        )


def template(data: bytes, apart: int) -> Template:
    """Find the holes. Copies are so far apart in box and visit numbers."""
    parts: list[bytes] = []
    holes: list[Hole] = []
    done = 0
    for found in _HOLES.finditer(data):
        name = str(found.lastgroup)
        hole = _MAKERS[name](found[name], apart)
        if hole is None:
            continue
        start, end = found.span(name)
        parts.append(data[done:start].replace(b"%", b"%%"))
        holes.append(hole)
        done = end
    parts.append(data[done:].replace(b"%", b"%%"))
    return Template(b"%b".join(parts), tuple(holes))


def boxes_in(data: bytes) -> Iterator[bytes]:
    """The box numbers in a message, as often as they stand there."""
    return (found["box"] for found in _HOLES.finditer(data) if found["box"])


def box_number(scattered: int) -> bytes:
    """A valid number of the traffic's; the same as `portclock.traffic.boxes.number` writes."""
    return _body_and_check(scattered % NUMBERS, 0)


def _body_and_check(scattered: int, wrong_by: int) -> bytes:
    digits, owner = divmod(scattered, len(OWNERS))
    high, low = divmod(digits, 1000)
    weighed = _OWNER_SUMS[owner] + _DIGIT_SUMS[high] + 8 * _DIGIT_SUMS[low]
    check = (weighed % 11 + wrong_by) % 10
    return b"%b%b%b%d" % (_OWNER_BYTES[owner], _THREE_DIGITS[high], _THREE_DIGITS[low], check)


def _box(text: bytes, apart: int) -> Hole | None:
    """A number with a wrong check digit stays wrong by as much, and is refused in every copy."""
    place = _OWNER_PLACES.get(text[:4])
    if place is None:
        return None
    scattered = int(text[4:10]) * len(OWNERS) + place
    wrong_by = (int(text[10:]) - int(box_number(scattered)[10:])) % 10
    return Hole(
        box_number if not wrong_by else _wrong(wrong_by),
        scattered,
        apart * SCATTER % NUMBERS,
        0,
    )


@lru_cache(maxsize=10)
def _wrong(wrong_by: int) -> Callable[[int], bytes]:
    return lambda scattered: _body_and_check(scattered % NUMBERS, wrong_by)


def _moment(text: bytes, _: int) -> Hole | None:
    """An instant as its clock has it; the offset behind it stays."""
    try:
        read = datetime.fromisoformat(text.decode()).replace(tzinfo=UTC)
    except ValueError:
        return None
    if read.year < _FIRST_YEAR:
        return None
    return Hole(_written, int(read.timestamp()), 0, 1)


def _written(epoch_s: int) -> bytes:
    day, clock_s = divmod(epoch_s, _DAY_S)
    return _date(day) + _CLOCKS[clock_s]


@lru_cache(maxsize=4096)
def _date(day: int) -> bytes:
    return date.fromordinal(day + _EPOCH_DAY).isoformat().encode()


def _declaration(text: bytes, apart: int) -> Hole:
    return Hole(lambda visit: b"%09d" % visit, int(text), apart, 0)


def _visit(text: bytes, apart: int) -> Hole:
    return Hole(lambda visit: b"%06d" % visit, int(text), apart, 0)


_MAKERS: Final[dict[str, Callable[[bytes, int], Hole | None]]] = {
    "box": _box,
    "moment": _moment,
    "declaration": _declaration,
    "visit": _visit,
}
