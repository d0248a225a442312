"""Names of things: units, places, events, visits. Check digits as ISO 6346 has them.

An identifier has one spelling on the wire. The unit's is also the key of its messages, so another
spelling of the same box would land in another partition, where nobody knows its visit.
"""

import re
from itertools import count
from string import ascii_uppercase
from typing import Final, NamedTuple

from pydantic_core import PydanticCustomError

PORT_CODE: Final = r"^[A-Z]{2}[A-Z2-9]{3}$"
PORT_CODE_CHARS: Final = 5
CONTAINER_NUMBER: Final = r"^[A-Z]{3}[UJZR][0-9]{7}$"
SIZE_TYPE: Final = r"^[0-9A-Z]{2,4}$"
_BLANKS = r"\u0000-\u0020\u007f-\u00a0\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
NAME: Final = rf"^[^{_BLANKS}]+$"
UNIT_ID: Final = rf"^[^{_BLANKS}/]+$"
"""A slash parts the unit from its port in a visit id and from its message in an event id."""

MEANINGS: Final = {
    PORT_CODE: "a UN/LOCODE of five capital letters is wanted, as CNLYG",
    SIZE_TYPE: "an ISO 6346 size and type code is wanted, as 45G1",
    NAME: "a name without blanks and control characters is wanted",
    UNIT_ID: "an identifier without blanks, slashes and control characters is wanted",
}
"""What each pattern asks for, in words for the sender."""

OWNERS_KEPT: Final = 2**12
"""Of how many owners the weight of their four letters is remembered."""

_CONTAINER_NUMBER = re.compile(CONTAINER_NUMBER.strip("^$"))
_LETTERS: Final = dict(zip(ascii_uppercase, (n for n in count(10) if n % 11), strict=False))
"""What a letter weighs in itself: from 10 on, without the multiples of eleven."""
_THREE: Final = {f"{n:03}": sum(n // 10**k % 10 << (2 - k) for k in range(3)) for n in range(1000)}
_UPPER: Final = {digits: weight << 4 for digits, weight in _THREE.items()}
_LOWER: Final = {f"{t}{last}": (w << 7) - last for t, w in _THREE.items() for last in range(10)}
"""What the first three digits of a serial number weigh, and the last three less the check digit:
two looks into a table instead of a sum of ten. A library takes 18 us; boxes are too many to be
remembered."""
_owners: Final[dict[str, int]] = {}


class Identity(NamedTuple):
    """What makes two reports the same event (contract 1)."""

    source: str
    event_id: str


def is_container_number(number: str) -> bool:
    """Whether a text is a container number as ISO 6346 writes it, with the right check digit."""
    try:
        over = (_owners[number[:4]] + _UPPER[number[4:7]] + _LOWER[number[7:]]) % 11
    except KeyError:
        return _is_of_new_owner(number)
    return over == 0 or (over == 10 and number[10] == "0")  # Ten is written as nought.


def _is_of_new_owner(number: str) -> bool:
    """Learn what an owner's letters weigh, if it is for want of that that we do not know."""
    owner = number[:4]
    if owner in _owners or _CONTAINER_NUMBER.fullmatch(number) is None:
        return False
    if len(_owners) >= OWNERS_KEPT:
        _owners.clear()
    _owners[owner] = sum(_LETTERS[letter] << n for n, letter in enumerate(owner))
    return is_container_number(number)


def checked_container(number: str) -> str:
    """A container number as ISO 6346 writes it: four capital letters, seven digits, nothing else.

    Raises PydanticCustomError `bad-check-digit` when only the last digit is wrong, which is nearly
    always a misread box, and `invalid-unit` when it is no container number at all.
    """
    if is_container_number(number):
        return number
    if _CONTAINER_NUMBER.fullmatch(number) is None:
        raise PydanticCustomError(
            "invalid-unit",
            "not an ISO 6346 container number of four capital letters and seven digits",
        )
    raise PydanticCustomError(
        "bad-check-digit", "the check digit of container {number} is wrong", {"number": number}
    )
