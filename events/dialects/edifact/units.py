"""What is timed and what is in it: EQD, weights and goods.

8249 and 8169 are the same in both directories. Knows these segments, not which report they are in.
https://service.unece.org/trade/untdid/d00b/trsd/trsdeqd.htm
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from events.dialects.decoded import Wire
from events.dialects.edifact.groups import Group
from events.dialects.edifact.numbers import spelled
from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason
from events.vocabulary import Category

_UNITS: Final = MappingProxyType({"CN": "container", "RR": "wagon", "UL": "uld"})
_DIRECTIONS: Final = MappingProxyType(
    {"1": "domestic", "2": "export", "3": "import", "6": "transhipment"}
)
_NO_DIRECTION: Final = frozenset({"", "4", "5", "14"})
"""Remains on board, shifted, reloaded: its way is not told."""
_LADEN: Final = MappingProxyType({"4": False, "5": True, "7": True, "8": True})
_NO_LOAD: Final = frozenset({"", "1", "2", "3", "6"})
_KILOGRAMS: Final = MappingProxyType({"KGM": 1, "TNE": 1000})
_WEIGHT: Final = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{0,6})?")
WHOLE_DIGITS: Final = 12
"""A weight of so many digits and no fraction is a number without more ado."""
_UNSIZED: Final = frozenset({"", "0000"})


def unit_of(group: Group) -> dict[str, str]:
    """A box, wagon or ULD by its EQD. Raises Misread for anything else."""
    qualifier, number = group.at(1), group.at(2)
    kind = _UNITS.get(qualifier)
    if kind is None:
        said = f"EQD {qualifier!r} is nothing that is timed"
        raise Misread(Trouble.UNKNOWN_QUALIFIER, said, group.path)
    number = "".join(number.split()).replace("-", "")
    if not number:
        raise Misread(Reason.MISSING_FIELD, "EQD names no unit", group.path)
    return {"type": kind, "id": number}


def lot_of(within: Sequence[Group], qualifiers: Sequence[str]) -> dict[str, str]:
    """Goods without a box, by the first of these numbers (RFF) that the groups tell, the nearest
    first. Raises Misread where none is told."""
    for qualifier in qualifiers:
        for group in within:
            number = group.refs.get(qualifier)
            if number:
                return {"type": "lot", "id": spelled(number).replace("/", "%2F")}
    raise Misread(Reason.INVALID_UNIT, "no EQD names a unit", within[0].path)


def add_cargo(wire: Wire, group: Group, category: Category | None) -> None:
    """Write down direction, size, load, weight and category; `category` is what the message says
    of goods of which the group says nothing. Raises Misread for codes and weights that are none."""
    cargo: dict[str, Any] = {}
    if group.tag == "EQD":
        size, way, load = group.at(3), group.at(5), group.at(6)
        if size not in _UNSIZED:
            cargo["size_type"] = size
        if way not in _NO_DIRECTION:
            wire["direction"] = _meant(_DIRECTIONS, way, "8249", group)
        if load not in _NO_LOAD:
            cargo["laden"] = _meant(_LADEN, load, "8169", group)
    if group.weight is not None:
        cargo["weight_kg"] = _kilograms(*group.weight, group)
    if group.dangerous:
        cargo["category"] = "dangerous"
    elif group.cold:
        cargo["category"] = "reefer"
    elif category is not None:
        cargo["category"] = category
    if cargo:
        wire["cargo"] = cargo


def _meant(table: MappingProxyType[str, Any], code: str, element: str, group: Group) -> Any:
    found = table.get(code)
    if found is None:
        raise Misread(Trouble.UNKNOWN_CODE, f"{element} {code!r} means nothing here", group.path)
    return found


def _kilograms(number: str, unit: str, group: Group) -> int:
    factor = _KILOGRAMS.get(unit)
    if factor is None:
        raise Misread(Trouble.UNKNOWN_CODE, f"6411 {unit!r} is no unit of weight", group.path)
    if len(number) <= WHOLE_DIGITS and number.isascii() and number.isdigit():
        return int(number) * int(factor)
    # Looked at first: a power of ten in few characters would take minutes to write out.
    if _WEIGHT.fullmatch(number) is None:
        raise Misread(Reason.INVALID_VALUE, f"MEA: {number[:20]!r} is no weight", group.path)
    return round(Decimal(number.replace(",", ".")) * factor)
