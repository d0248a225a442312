"""CUSRES: what customs answers. Decisions (GIS) and moments (DTM) of the units it names.

A decision takes its time from the moments that fit it; one that comes into being by the reply
itself has the reply's own. Knows this message; codes and moments are in `meanings`.
"""

from typing import Final

from events.dialects.edifact.groups import groups
from events.dialects.edifact.meanings import Meaning, Table
from events.dialects.edifact.syntax import Scissors
from events.dialects.edifact.telling import Telling
from events.dialects.troubles import Misread, Trouble
from events.vocabulary import Category, Kind

_OPENERS: Final = frozenset({"EQD"})


def report(telling: Telling, table: Table, scissors: Scissors) -> None:
    """CUSRES. Raises Misread where nothing of the message can be taken."""
    head, *boxes = groups(telling.message, scissors, _OPENERS)
    telling.begin(table, head)
    code = head.at(1)
    if code not in table.documents_known:
        raise Misread(Trouble.UNKNOWN_CODE, f"1001 {code!r} is no reply that is read", head.path)
    # What follows the boxes of a reply is said of them all: decisions stand after them as before.
    for group in boxes:
        head.decisions += group.decisions
        for qualifier, said in group.times.items():
            head.times.setdefault(qualifier, said)
    found = {**_dated(telling, table), **_decided(telling, table)}
    for box in boxes or [head]:
        for kind, meaning in found.items():
            try:
                telling.tell(meaning, kind, box)
            except Misread as error:
                telling.into.misread(error, telling.part, box.path)


def _dated(telling: Telling, table: Table) -> dict[Kind, Meaning]:
    """What a reply dates without deciding it: declared, accepted, inspected, released."""
    return {
        kind: Meaning(kind=kind, times=(qualifier,))
        for qualifier, kind in table.moments.items()
        if qualifier in telling.head.times
    }


def _decided(telling: Telling, table: Table) -> dict[Kind, Meaning]:
    """What was decided, by kind; what is said of the goods besides goes with all of it."""
    found: dict[Kind, Meaning] = {}
    category: Category | None = None
    for code, number in telling.head.decisions:
        meaning = table.decisions.get(code)
        if meaning is None:
            detail, path = f"7365 {code!r} is no decision that is read", f"segment {number} GIS"
            telling.into.refuse(Trouble.UNKNOWN_CODE, detail, telling.part, path)
        elif meaning.kind is None:
            category = meaning.category or category
        else:
            found[meaning.kind] = meaning
    told = {"category": category} if category else {}
    return {kind: meaning.model_copy(update=told) for kind, meaning in found.items()}
