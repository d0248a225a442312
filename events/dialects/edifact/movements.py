"""CODECO and COARRI: what happened to each box. COPRAR, COPARN, COPINO: what is to happen.

One event for each EQD, by what BGM says the document is (1001). A report of a ship's discharge or
loading that tells when the ship came or left (178, 186) reports that of each box, too. Orders and
advices are announced, whatever they say; that something was asked for may be a fact besides.
Knows these messages; the codes are in `meanings`.
"""

from typing import Final

from events.dialects.decoded import Announced
from events.dialects.edifact.groups import Group, groups
from events.dialects.edifact.meanings import Meaning, Table
from events.dialects.edifact.syntax import Scissors
from events.dialects.edifact.telling import Telling
from events.dialects.edifact.times import instant
from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason
from events.vocabulary import Kind

_OPENERS: Final = frozenset({"EQD"})
_BOXES_TOLD: Final = "16"
_CALLS: Final = {Kind.ARRIVED: Kind.DISCHARGED, Kind.DEPARTED: Kind.LOADED}
"""A ship came with what it discharged, and left with what it loaded."""


def report(telling: Telling, table: Table, scissors: Scissors) -> None:
    """CODECO and COARRI. Raises Misread where nothing of the message can be taken."""
    head, *boxes = groups(telling.message, scissors, _OPENERS)
    telling.begin(table, head)
    meaning = _document(table, head)
    kind = meaning.kind
    if kind is None:
        raise Misread(Trouble.UNKNOWN_CODE, f"1001 {head.at(1)!r} says nothing", head.path)
    if not boxes:
        raise Misread(Reason.INVALID_UNIT, "no EQD names a unit", head.path)
    calls = [
        (Meaning(kind=call, where=meaning.where), call, qualifier)
        for qualifier, call in table.calls.items()
        if qualifier in head.times and _CALLS.get(call) is kind
    ]
    for box in boxes:
        try:
            if telling.tell(meaning, kind, box):
                for of_call, call, qualifier in calls:
                    said = instant(*head.times[qualifier], telling.profile.zone)
                    telling.tell(of_call, call, box, said)
        except Misread as error:
            telling.into.misread(error, telling.part, box.path)
    _count(telling, [head, *boxes], len(boxes))


def announce(telling: Telling, table: Table, scissors: Scissors) -> None:
    """COPRAR, COPARN, COPINO. Raises Misread where nothing of the message can be taken."""
    head, *boxes = groups(telling.message, scissors, _OPENERS)
    telling.begin(table, head)
    meaning = table.documents.get(head.at(1), Meaning())
    for box in boxes or [head]:
        try:
            _announce(telling, table, meaning, box)
        except Misread as error:
            telling.into.misread(error, telling.part, box.path)
    _count(telling, [head, *boxes], len(boxes))


def _announce(telling: Telling, table: Table, meaning: Meaning, box: Group) -> None:
    """What is to happen to a box, and, where that is a fact of its own, that it was asked for.

    Raises Misread.
    """
    announced = meaning.announces or table.announces or Announced.ORDERED
    at = _expected(telling, table, box)
    number = "".join(box.at(2).split()) if box.tag == "EQD" else ""
    telling.announce(announced, meaning.kind, number or None, at, box)
    if meaning.asks is not None and number:
        telling.ask(meaning.asks, box, at)


def _expected(telling: Telling, table: Table, box: Group) -> str | None:
    """When, if that is told. Raises Misread for a time that is none."""
    try:
        return telling.time(table.times, box).at
    except Misread as error:
        if error.why is Trouble.NO_ACTUAL_TIME:
            return None
        raise


def _document(table: Table, head: Group) -> Meaning:
    code = head.at(1)
    meaning = table.documents.get(code)
    if meaning is None:
        known = ", ".join(sorted(table.documents)) or "none"
        said = f"1001 {code!r} is none of those read here ({known})"
        raise Misread(Trouble.UNKNOWN_CODE, said, head.path)
    return meaning


def _count(telling: Telling, found: list[Group], boxes: int) -> None:
    """CNT+16 tells how many units there are: if it is not so, some are missing."""
    for group in found:
        if _BOXES_TOLD in group.totals:
            said, number = group.totals[_BOXES_TOLD]
            if not said.isdecimal() or int(said) != boxes:
                detail, path = f"CNT counts {said[:9]!r} units of {boxes}", f"segment {number} CNT"
                telling.into.refuse(Trouble.BROKEN_ENVELOPE, detail, telling.part, path)
