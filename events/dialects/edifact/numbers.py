"""Under which numbers something is told: voyage, train, truck, bill, operator, declaration.

A group says its own; what it lies in, and at last the head, say the rest. Knows where such numbers
stand; it must never know what is reported under them.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from events.dialects.decoded import Wire
from events.dialects.edifact.groups import Group, Transport

DECLARATION: Final = "ABT"


class Numbers(NamedTuple):
    """`refs` as the contract has them, and the declaration at customs, empty where none is told."""

    refs: dict[str, str]
    declaration: str


def outwards(group: Group, head: Group) -> tuple[Group, ...]:
    """A group, those it lies in, and the head."""
    if group is head:
        return (head,)
    if group.under is head or group.under is None:
        return (group, head)
    return (group, *outwards(group.under, head))


def numbers_of(group: Group) -> Numbers:
    """What a group itself says."""
    refs: dict[str, str] = {}
    for transport in group.transports:
        _add_transport(refs, transport)
    said = group.refs
    if said and "BM" in said:
        refs["bill"] = said["BM"]
    if group.parties:
        operator = group.parties.get("CF") or group.parties.get("CA")
        if operator:
            refs["operator"] = operator
    return Numbers(refs, said.get(DECLARATION, ""))


def _add_transport(refs: dict[str, str], transport: Transport) -> None:
    if transport.mode == "3":
        if transport.means:
            refs.setdefault("truck", transport.means)
    elif transport.mode == "2":
        train = transport.voyage or transport.means
        if train:
            refs.setdefault("train", train)
    elif transport.stage == "20" and transport.voyage:
        refs.setdefault("voyage", transport.voyage)


def add_numbers(
    wire: Wire, within: Sequence[Group], of_head: Numbers, advance: bool = False
) -> None:
    """Write down what groups say, the nearest first and the head last; `of_head` are its own.

    `advance` marks the declaration as one before arrival.
    """
    refs, declaration = of_head
    for group in reversed(within[:-1]):
        own = numbers_of(group)
        if own.refs:
            refs = {**refs, **own.refs}
        declaration = own.declaration or declaration
    customs: dict[str, Any] = {}
    if declaration:
        customs["declaration"] = declaration
    if advance:
        customs["advance"] = True
    if customs:
        wire["customs"] = customs
    if refs:
        wire["refs"] = refs


def spelled(text: str) -> str:
    """A foreign number as part of a name of ours, which has no blanks."""
    if text.isalnum():
        return text
    return "".join(c if c.isprintable() and c not in " %\u3000" else f"%{ord(c):02X}" for c in text)
