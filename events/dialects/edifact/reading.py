"""The door of the dialect: bytes of interchanges into events, announcements and refusals.

Knows the order of things: envelope, partner, message, directory, meaning. Whatever cannot be taken
is refused with its segment, and what stands beside it is taken. Pure.
"""

from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType
from typing import Final

from events.dialects.decoded import Decoded, Ledger
from events.dialects.edifact import movements, replies, statuses
from events.dialects.edifact.interchange import Fault, Interchange, Message, interchanges
from events.dialects.edifact.meanings import Table
from events.dialects.edifact.profile import Profile
from events.dialects.edifact.syntax import Scissors
from events.dialects.edifact.telling import Telling
from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason

BYTES_MAX: Final = 64 * 1024 * 1024
"""What is read at once; a file beyond it is refused whole, unread."""

_READERS: Final[MappingProxyType[str, Callable[[Telling, Table, Scissors], None]]] = (
    MappingProxyType(
        {
            "CODECO": movements.report, "COARRI": movements.report, "COPRAR": movements.announce,
            "COPARN": movements.announce, "COPINO": movements.announce, "IFTSTA": statuses.report,
            "CUSRES": replies.report,
        }
    )
)  # fmt: skip


def decode(data: bytes, profile: Profile, received_at: datetime | None = None) -> Decoded:
    """All interchanges of some bytes, as this partner means them.

    `received_at`, aware, is when a door took them: what is reported from after it is refused.
    """
    ledger = Ledger(len(data), received_at)
    if len(data) > BYTES_MAX:
        part = ledger.part(0, len(data), "interchange")
        ledger.refuse(Trouble.OUT_OF_BOUNDS, f"{len(data)} bytes, more than {BYTES_MAX}", part)
        return ledger.decoded()
    for interchange in interchanges(data, profile.charset):
        _read(ledger, interchange, profile)
    return ledger.decoded()


def _read(ledger: Ledger, interchange: Interchange, profile: Profile) -> None:
    """Messages and faults in the order of their bytes."""
    barred = _barred(interchange, profile)
    scissors = Scissors(interchange.service)
    said: list[Message | Fault] = [*interchange.messages, *interchange.faults]
    for each in sorted(said, key=lambda each: each.start):
        if isinstance(each, Fault):
            _refuse(ledger, each, interchange)
        else:
            _take(ledger, interchange, each, profile, barred, scissors)


def _refuse(ledger: Ledger, fault: Fault, interchange: Interchange) -> None:
    part = len(ledger.parts) - 1
    same = part >= 0 and ledger.parts[part][:2] == (fault.start, fault.end)
    if not same:
        part = ledger.part(fault.start, fault.end, "interchange", interchange.reference)
    ledger.misread(fault.error, part)


def _barred(interchange: Interchange, profile: Profile) -> Misread | None:
    """Why nothing of a whole interchange may be taken, if so."""
    if interchange.sender not in profile.partners:
        said = f"UNB is from {interchange.sender[:40]!r}, no identification of {profile.name}"
        return Misread(Trouble.UNKNOWN_PARTNER, said, "segment 1 UNB")
    if interchange.trial:
        said = "UNB marks the interchange as a test (0035)"
        return Misread(Trouble.ONLY_A_TEST, said, "segment 1 UNB")
    return None


def _take(
    ledger: Ledger,
    interchange: Interchange,
    message: Message,
    profile: Profile,
    barred: Misread | None,
    scissors: Scissors,
) -> None:
    part = ledger.part(message.start, message.end, message.name, message.reference)
    path = f"segment {message.first} UNH"
    try:
        if barred is not None or message.broken is not None:
            raise barred or message.broken or Misread(Reason.EMPTY, "")
        read, table = _reader(message, profile)
        read(Telling(ledger, part, interchange, message, profile), table, scissors)
    except Misread as error:
        ledger.misread(error, part, path)


def _reader(
    message: Message, profile: Profile
) -> tuple[Callable[[Telling, Table, Scissors], None], Table]:
    """What reads a message. Raises Misread for one, or a directory, that nothing reads."""
    read = _READERS.get(message.type)
    if read is None:
        known = ", ".join(_READERS)
        raise Misread(Trouble.UNKNOWN_MESSAGE, f"{message.type[:9]!r} is none of {known}")
    table = profile.table(message.type, message.directory)
    if table is None:
        known = ", ".join(profile.tables[message.type])
        said = f"{message.type} is read by {known}, not by {message.directory[:12]!r}"
        raise Misread(Trouble.UNKNOWN_DIRECTORY, said)
    return read, table
