"""Why a message is refused: a closed list of reasons, each with what the sender should do.

A refusal is a value with a place, a reason and an explanation; nothing is ever just dropped.
"""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """One word per way of being wrong; dashboards and `portclock quarantine` count by it."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    BROKEN_JSON = "broken-json"
    NOT_AN_OBJECT = "not-an-object"
    MISSING_FIELD = "missing-field"
    UNKNOWN_KIND = "unknown-kind"
    BAD_CHECK_DIGIT = "bad-check-digit"
    INVALID_UNIT = "invalid-unit"
    TIME_WITHOUT_OFFSET = "time-without-offset"
    INVALID_TIME = "invalid-time"
    FUTURE_TIME = "future-time"
    INVALID_VALUE = "invalid-value"


REMEDIES: dict[Reason, str] = {
    Reason.EMPTY: "send the event as a JSON object",
    Reason.TOO_LARGE: "send one event per message, at most 64 KiB",
    Reason.BROKEN_JSON: "send UTF-8 JSON, one object per message",
    Reason.NOT_AN_OBJECT: "send a JSON object, not a list or a bare value",
    Reason.MISSING_FIELD: "add the field named above",
    Reason.UNKNOWN_KIND: "use a kind of the contract, section 2, or have the kind added to it",
    Reason.BAD_CHECK_DIGIT: "read the container number again; its last digit does not fit",
    Reason.INVALID_UNIT: "name the unit by its ISO 6346 number, or give it another unit type",
    Reason.TIME_WITHOUT_OFFSET: "write the time with its offset, as 2026-03-02T08:25:00+08:00",
    Reason.INVALID_TIME: "write the time in ISO 8601, between 1990 and 2200",
    Reason.FUTURE_TIME: "check the clock of the source: it reports what has not happened yet",
    Reason.INVALID_VALUE: "correct the field named above",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one message was refused. `detail` names the field and what was found there."""

    reason: Reason
    detail: str

    @property
    def remedy(self) -> str:
        """What the sender can do about it."""
        return REMEDIES[self.reason]


class InvalidEvent(Exception):
    """Raised by the codec; carries the refusal."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.refusal = Refusal(reason, detail)
