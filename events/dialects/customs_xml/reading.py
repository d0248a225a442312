"""A file of customs messages: each box or consignment of a `Manifest` is a part of its own.

Messages come bare or in the wrapping of a platform (`MFTMessage/MFTData`, `PlatImpRet/RetBizData`);
receipts have a `Response` where declarations have a `Declaration`.
"""

from collections.abc import Callable
from datetime import datetime

from events.dialects.customs_xml import declared, receipts
from events.dialects.customs_xml.declared import Common
from events.dialects.customs_xml.messages import Head, head_of
from events.dialects.customs_xml.profile import Profile
from events.dialects.customs_xml.units import units_of
from events.dialects.decoded import Decoded, Ledger
from events.dialects.troubles import Misread, Trouble
from events.dialects.xml_tree import Node, read


def decode(data: bytes, profile: Profile, received_at: datetime | None = None) -> Decoded:
    """Read all messages of one file. What is no XML, or holds none of them, is one refusal."""
    ledger = Ledger(len(data), received_at)
    try:
        manifests = list(read(data).deep("Manifest"))
        if not manifests:
            raise Misread(Trouble.UNKNOWN_MESSAGE, "there is no element Manifest in it")
    except Misread as error:
        ledger.misread(error, ledger.part(0, len(data), "file"))
        return ledger.decoded()
    for manifest in manifests:
        _message(manifest, profile, ledger)
    return ledger.decoded()


def _message(manifest: Node, profile: Profile, ledger: Ledger) -> None:
    try:
        head = head_of(manifest, profile.sender.zone)
        response, body = manifest.first("Response"), manifest.first("Declaration")
        if response is None and body is None:
            raise Misread(Trouble.BROKEN_SYNTAX, "neither Declaration nor Response is in it")
    except Misread as error:
        part = ledger.part(manifest.start, manifest.end, "Manifest")
        ledger.misread(error, part, f"line {manifest.line}")
        return
    if response is not None:
        _receipt(head, manifest, response, (profile, ledger))
    elif body is not None:
        _declaration(head, manifest, body, (profile, ledger))


def _declaration(head: Head, manifest: Node, body: Node, into: tuple[Profile, Ledger]) -> None:
    """A message that names no unit is a part as a whole."""
    profile, ledger = into
    units = units_of(body)
    if not units:
        ledger.part(manifest.start, manifest.end, head.type, head.message_id)
        return
    shared = _tried(lambda: declared.common(head, body, profile))
    for unit in units:
        part = ledger.part(unit[0].start, unit[0].end, head.type, head.message_id)
        try:
            declared.say(_or_raised(shared), unit, ledger, part)
        except Misread as error:
            ledger.misread(error, part, f"line {unit[0].line}")


def _receipt(head: Head, manifest: Node, response: Node, into: tuple[Profile, Ledger]) -> None:
    profile, ledger = into
    name = f"receipt for {head.type}"
    shared = _tried(lambda: receipts.common(head, response, profile))
    for answer in receipts.receipts_of(response):
        whole = manifest if answer is response else answer
        part = ledger.part(whole.start, whole.end, name, head.message_id)
        try:
            kind = receipts.kind_of(head, answer, profile)
            receipts.say(_or_raised(shared), answer, kind, ledger, part)
        except Misread as error:
            ledger.misread(error, part, f"line {answer.line}")


def _tried(read: Callable[[], Common]) -> Common | Misread:
    """What all units share is read once, and what is wrong with it is each unit's refusal."""
    try:
        return read()
    except Misread as error:
        return error


def _or_raised(shared: Common | Misread) -> Common:
    if isinstance(shared, Misread):
        raise shared
    return shared
