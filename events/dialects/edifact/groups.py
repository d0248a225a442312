"""A message as groups: its head, and one for each box, status or consignment that it tells of.

Every message that is read is built alike: segments say when (DTM), where (LOC), by what (TDT) and
under which numbers (RFF), and belong to the group that was opened last. Knows where in a segment
its values stand (https://service.unece.org/trade/untdid/d00b/trsd/trsdi1.htm); it must never know
what a code means.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from events.dialects.edifact.interchange import Message
from events.dialects.edifact.syntax import Cut, Scissors


class Transport(NamedTuple):
    """One TDT: `stage` 20 is the main carriage; `mode` as 8067; `means` names the ship or truck."""

    stage: str
    voyage: str
    mode: str
    means: str


class Group:
    """What one group says; of a qualifier that comes twice, the first counts.

    `number` counts segments in the interchange from 1; `opening` are the elements of the segment
    that opened it, each a list of components.
    """

    __slots__ = (
        "cold", "dangerous", "decisions", "number", "opening", "parties", "places", "refs",
        "tag", "times", "totals", "transports", "under", "weight",
    )  # fmt: skip

    def __init__(self, tag: str, number: int, opening: list[list[str]]) -> None:
        self.tag = tag
        self.number = number
        self.opening = opening
        self.under: Group | None = None
        self.times: dict[str, tuple[str, str]] = {}
        self.places: dict[str, tuple[str, str]] = {}
        self.refs: dict[str, str] = {}
        self.parties: dict[str, str] = {}
        self.transports: list[Transport] = []
        self.decisions: list[tuple[str, int]] = []
        self.totals: dict[str, tuple[str, int]] = {}
        self.weight: tuple[str, str] | None = None
        self.dangerous = False
        self.cold = False

    def at(self, element: int, component: int = 0) -> str:
        """A value of the opening segment, empty where it has none."""
        if element < len(self.opening) and component < len(self.opening[element]):
            return self.opening[element][component]
        return ""

    @property
    def path(self) -> str:
        """Where it stands."""
        return f"segment {self.number} {self.tag}"


_LEVELS: Final = {"CNI": 1, "STS": 2, "EQD": 3}
"""Which group lies within which: a box within its status, that within its consignment."""


def groups(message: Message, scissors: Scissors, openers: frozenset[str]) -> list[Group]:
    """The head of a message and the groups that `openers` open in it, in order.

    The head's opening is BGM; a message without one has an empty opening.
    """
    head = group = Group("BGM", message.first, [])
    found = [head]
    elements, components = scissors.fitting(message.segments)
    takes = _TAKES
    for number, segment in enumerate(message.segments, message.first):
        tag = segment[:3]
        take = takes.get(tag)
        if take is not None:
            take(group, elements(segment), components, number)
        elif tag in openers:
            opened = Group(tag, number, list(map(components, elements(segment))))
            opened.under = _above(group, tag)
            group = opened
            found.append(group)
        elif tag == "BGM":
            head.number, head.opening = number, [components(e) for e in elements(segment)]
    return found


def _above(last: Group, tag: str) -> Group | None:
    """The group that one opened now belongs to."""
    level = _LEVELS[tag]
    above: Group | None = last
    while above is not None and _LEVELS.get(above.tag, 0) >= level:
        above = above.under
    return above


def _dtm(group: Group, elements: list[str], components: Cut, number: int) -> None:
    if len(elements) > 1:
        said = components(elements[1])
        if len(said) == 3:
            group.times.setdefault(said[0], (said[1], said[2]))
        else:
            group.times.setdefault(said[0], (said[1] if len(said) > 1 else "", ""))


def _loc(group: Group, elements: list[str], components: Cut, number: int) -> None:
    if len(elements) > 2:
        within = components(elements[3])[0] if len(elements) > 3 else ""
        group.places.setdefault(elements[1], (components(elements[2])[0], within))


def _rff(group: Group, elements: list[str], components: Cut, number: int) -> None:
    if len(elements) > 1:
        said = components(elements[1])
        if len(said) > 1 and said[1]:
            group.refs.setdefault(said[0], said[1])


def _nad(group: Group, elements: list[str], components: Cut, number: int) -> None:
    if len(elements) > 2:
        group.parties.setdefault(elements[1], components(elements[2])[0])


def _tdt(group: Group, elements: list[str], components: Cut, number: int) -> None:
    said = [components(e)[0] for e in elements] + [""] * (9 - len(elements))
    group.transports.append(Transport(said[1], said[2], said[3], said[8]))


def _mea(group: Group, elements: list[str], components: Cut, number: int) -> None:
    """Gross weight (MEA+AAE+G, +WT) and verified gross mass; the first counts."""
    if len(elements) > 3 and group.weight is None and elements[1] in ("AAE", "WT"):
        said = components(elements[3])
        dimension = components(elements[2])[0]
        if len(said) > 1 and (elements[1] == "WT" or dimension in ("G", "VGM", "AET")):
            group.weight = (said[1], said[0])


def _gis(group: Group, elements: list[str], components: Cut, number: int) -> None:
    for element in elements[1:]:
        group.decisions.append((components(element)[0], number))


def _cnt(group: Group, elements: list[str], components: Cut, number: int) -> None:
    if len(elements) > 1:
        said = components(elements[1])
        group.totals[said[0]] = (said[1] if len(said) > 1 else "", number)


def _dgs(group: Group, elements: list[str], components: Cut, number: int) -> None:
    group.dangerous = True


def _tmp(group: Group, elements: list[str], components: Cut, number: int) -> None:
    group.cold = True


_TAKES: Final[dict[str, Callable[[Group, list[str], Cut, int], None]]] = {
    "DTM": _dtm, "LOC": _loc, "RFF": _rff, "NAD": _nad, "TDT": _tdt, "MEA": _mea,
    "GIS": _gis, "CNT": _cnt, "DGS": _dgs, "TMP": _tmp,
}  # fmt: skip
