"""Names of things: units, places, events, visits. Check digits by python-stdnum.

An identifier has one spelling on the wire. The unit's is also the key of its messages, so another
spelling of the same box would land in another partition, where nobody knows its visit.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from pydantic_core import PydanticCustomError
from stdnum.exceptions import ValidationError
from stdnum.iso6346 import validate

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

BOXES_KEPT: Final = 2**15
"""How many good container numbers are remembered, in 5 MB: a box reports many times in a stay."""

_CONTAINER_NUMBER = re.compile(CONTAINER_NUMBER.strip("^$"))


class Identity(NamedTuple):
    """What makes two reports the same event (contract 1)."""

    source: str
    event_id: str


@lru_cache(maxsize=BOXES_KEPT)
def checked_container(number: str) -> str:
    """A container number as ISO 6346 writes it: four capital letters, seven digits, nothing else.

    Raises PydanticCustomError `bad-check-digit` when only the last digit is wrong, which is nearly
    always a misread box, and `invalid-unit` when it is no container number at all.
    """
    if _CONTAINER_NUMBER.fullmatch(number) is None:
        raise PydanticCustomError(
            "invalid-unit",
            "not an ISO 6346 container number of four capital letters and seven digits",
        )
    try:
        return str(validate(number))
    except ValidationError as error:
        raise PydanticCustomError(
            "bad-check-digit", "the check digit of container {number} is wrong", {"number": number}
        ) from error
