"""IFTSTA: statuses of consignments, each with its time, its place and the units it is about.

CNI opens a consignment, STS a status within it, EQD a unit within that. A status elsewhere than at
the partner's places is not for us. Knows this message; what a status means is in `meanings`.
"""

from collections import defaultdict
from typing import Final

from events.dialects.edifact.groups import Group, groups
from events.dialects.edifact.meanings import Meaning, Table
from events.dialects.edifact.syntax import Scissors
from events.dialects.edifact.telling import Telling
from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason

_OPENERS: Final = frozenset({"CNI", "STS", "EQD"})


def report(telling: Telling, table: Table, scissors: Scissors) -> None:
    """IFTSTA. Raises Misread where nothing of the message can be taken."""
    found = groups(telling.message, scissors, _OPENERS)
    telling.begin(table, found[0])
    statuses = [group for group in found if group.tag == "STS"]
    if not statuses:
        raise Misread(Reason.MISSING_FIELD, "no STS tells a status", found[0].path)
    units: defaultdict[int, list[Group]] = defaultdict(list)
    for group in found:
        if group.tag == "EQD":
            units[id(group.under)].append(group)
    for status in statuses:
        # Its own units, or those told once for its consignment, or the goods themselves.
        of_status = units.get(id(status)) or units.get(id(status.under)) or [status]
        _tell(telling, table, status, of_status)


def _tell(telling: Telling, table: Table, status: Group, units: list[Group]) -> None:
    try:
        meaning = _meaning(table, status)
        kind = meaning.kind
        if kind is None:
            raise Misread(Trouble.UNKNOWN_CODE, "this status says nothing", status.path)
        said = telling.time(table.times if meaning.times is None else meaning.times, status)
        here = meaning.model_copy(update={"where": _ours(telling, status)})
    except Misread as error:
        telling.into.misread(error, telling.part, status.path)
        return
    for unit in units:
        try:
            telling.tell(here, kind, unit, said)
        except Misread as error:
            telling.into.misread(error, telling.part, unit.path)


def _meaning(table: Table, status: Group) -> Meaning:
    """By the code, or by the name where a partner gives no code that is known."""
    code, listed, name = status.at(2), status.at(2, 1), status.at(2, 3)
    meaning = table.statuses.get(name) if name else None
    if meaning is None and (listed or not table.listed):
        meaning = table.statuses.get(code)
    if meaning is None:
        said = f"STS {code or name!r} is no status that is read"
        if table.listed and not listed and code in table.statuses:
            said = f"STS {code!r} names no list (1131), and the directory's own is another"
        raise Misread(Trouble.UNKNOWN_CODE, said, status.path)
    return meaning


def _ours(telling: Telling, status: Group) -> tuple[str, ...]:
    """The qualifier of LOC that names one of the partner's places; none, where no place is told.

    Raises Misread `not-for-us` where places are told and all are others.
    """
    places = status.places
    for qualifier, (code, inner) in places.items():
        if code in telling.profile.spots or inner in telling.profile.spots:
            return (qualifier,)
    if places:
        told = ", ".join(sorted({code for code, _ in places.values()}))
        raise Misread(Trouble.NOT_FOR_US, f"it happened at {told}", status.path)
    return ()
