"""What can be wrong with foreign bytes: a closed list of reasons, each with what the sender can do.

Beside `events.refusals`, whose reasons are for messages in our own words; what a dialect makes of
foreign bytes keeps the contract or is refused with one of those. Must never know a format.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from events.refusals import REMEDIES, Reason


class Trouble(StrEnum):
    """One word per way in which foreign bytes are not understood."""

    BROKEN_SYNTAX = "broken-syntax"
    BROKEN_ENVELOPE = "broken-envelope"
    UNKNOWN_CHARSET = "unknown-charset"
    UNKNOWN_PARTNER = "unknown-partner"
    UNKNOWN_MESSAGE = "unknown-message"
    UNKNOWN_DIRECTORY = "unknown-directory"
    UNKNOWN_CODE = "unknown-code"
    UNKNOWN_QUALIFIER = "unknown-qualifier"
    UNKNOWN_PLACE = "unknown-place"
    NO_ACTUAL_TIME = "no-actual-time"
    AMBIGUOUS_TIME = "ambiguous-time"
    CANCELS_UNSEEN = "cancels-unseen"
    NOTHING_SAID = "nothing-said"
    NOT_FOR_US = "not-for-us"
    ONLY_A_TEST = "only-a-test"
    UNSAFE_XML = "unsafe-xml"
    SCHEMA_MISSING = "schema-missing"
    OUT_OF_BOUNDS = "out-of-bounds"


Why = Reason | Trouble

TROUBLE_REMEDIES: Final = MappingProxyType(
    {
        Trouble.BROKEN_SYNTAX: "send it again as its standard writes it",
        Trouble.BROKEN_ENVELOPE: "send it again whole; a count or a reference does not fit",
        Trouble.UNKNOWN_CHARSET: "name a character set of the standard, and keep to it",
        Trouble.UNKNOWN_PARTNER: "check the sender's identification, or have a profile made for it",
        Trouble.UNKNOWN_MESSAGE: "send a message of the table in docs/feeds.md",
        Trouble.UNKNOWN_DIRECTORY: "send it by a directory that the profile takes",
        Trouble.UNKNOWN_CODE: "use a code of docs/feeds.md, or add it to the profile",
        Trouble.UNKNOWN_QUALIFIER: "use a qualifier of docs/feeds.md, or add it to the profile",
        Trouble.UNKNOWN_PLACE: "name the port by its UN/LOCODE, or add the place to the profile",
        Trouble.NO_ACTUAL_TIME: "say when it happened; a planned or estimated time is no report",
        Trouble.AMBIGUOUS_TIME: "write the time with its offset; this local time is none or two",
        Trouble.CANCELS_UNSEEN: "name the units whose reports are to be withdrawn",
        Trouble.NOTHING_SAID: "nothing to do, unless a report was meant",
        Trouble.NOT_FOR_US: "nothing to do; it speaks of a port that this feed does not report",
        Trouble.ONLY_A_TEST: "send it without its mark as a test, if it is meant",
        Trouble.UNSAFE_XML: "send it without a document type, entities or outside references",
        Trouble.SCHEMA_MISSING: "put the schema of your licence where the profile names it",
        Trouble.OUT_OF_BOUNDS: "send it in smaller pieces; docs/feeds.md tells the bounds",
    }
)  # fmt: skip


def remedy(why: Why) -> str:
    """What the sender can do about it."""
    return TROUBLE_REMEDIES[why] if isinstance(why, Trouble) else REMEDIES[why]


class Misread(Exception):
    """Raised inside a dialect where a part of the bytes cannot be understood; never leaves it.

    `path` is where, in the words of the format: `segment 7 DTM`, `row 12, column ATA`.
    """

    def __init__(self, why: Why, detail: str, path: str = "") -> None:
        super().__init__(f"{why}: {detail}")
        self.why = why
        self.detail = detail
        self.path = path
