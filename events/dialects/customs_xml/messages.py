"""Which messages there are, and what stands in the head of one."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from events.dialects.customs_xml.stamps import Stamp, sent
from events.dialects.troubles import Misread, Trouble
from events.dialects.xml_tree import Node
from events.refusals import Reason


class Says(NamedTuple):
    """One event that each unit of a message gives: its kind, and the path of its time."""

    kind: str
    at: str


class Message(NamedTuple):
    """One row of the table of messages."""

    words: str
    direction: str | None = None
    says: tuple[Says, ...] = ()
    instead: str = ""


class Head(NamedTuple):
    """The head of one message."""

    message_id: str
    function: str
    type: str
    sent: Stamp


@cache
def messages() -> dict[str, Message]:
    """The table of messages, by type."""
    text = (Path(__file__).parent / "messages.toml").read_text(encoding="utf-8")
    return {
        type: Message(**{**row, "says": tuple(Says(**one) for one in row.get("says", ()))})
        for type, row in tomllib.loads(text).items()
    }


def head_of(manifest: Node, zone: str) -> Head:
    """Read the head. Raises Misread `missing-field`, `invalid-time`, `broken-envelope` where the
    namespace names another type."""
    said = {
        name: _said(manifest, f"Head/{name}")
        for name in ("MessageID", "FunctionCode", "MessageType")
    }
    type = said["MessageType"]
    named_type = [word for word in manifest.namespace.split(":") if word.startswith("MT")]
    if named_type and type not in named_type:
        raise Misread(
            Trouble.BROKEN_ENVELOPE,
            f"MessageType is {type}, and the namespace says {named_type[0]}",
            f"line {manifest.line}",
        )
    moment = sent(_said(manifest, "Head/SendTime"), zone, "Head/SendTime")
    return Head(said["MessageID"], said["FunctionCode"], type, moment)


def _said(manifest: Node, path: str) -> str:
    text = manifest.said(path)
    if text is None:
        raise Misread(
            Reason.MISSING_FIELD, f"{path}: the element is missing", f"line {manifest.line}"
        )
    return text
