"""Sending refused messages again: the messages first, then the settlements. Knows no Kafka.

A crash in between leaves a message sent and not settled; sending it again changes nothing, since
an event counts once by its identity.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from events.dead_letters import FOREIGN, Refused, foreign
from events.dialects.troubles import Why
from events.topics import EVENTS_DLQ
from portclock.quarantine import Headers, Quarantined, Record, resend, settlement, still_wrong
from portclock.replay import Offsets


class Postman(Protocol):
    """Takes bytes with headers, and says when all are acknowledged."""

    def send_raw(self, topic: str, key: bytes | None, value: bytes, headers: Headers = ()) -> None:
        """Take one message; it may still be on its way when this returns."""

    def settle(self) -> Offsets:
        """Wait for every message sent so far."""


class Held(NamedTuple):
    """Why one was held back, and what to do."""

    reason: Why
    detail: str
    remedy: str


HandIn = Callable[[str, bytes], Held | None]
"""Hands bytes in to a feed again; why it was not done, if it was not."""


@dataclass(frozen=True, slots=True)
class Correction:
    """How a person wants them sent: other bytes in place of one, or as they are, wrong or not.

    `hand_in` is for what a door refused: those bytes are no message, their feed reads them.
    """

    message: bytes | None = None
    force: bool = False
    hand_in: HandIn | None = None


@dataclass(slots=True)
class Report:
    """What was sent again, and what was held back because it would be refused again."""

    sent: list[Quarantined] = field(default_factory=list)
    held_back: list[tuple[Quarantined, Held]] = field(default_factory=list)

    def document(self) -> dict[str, object]:
        """As `--json` prints it."""
        return {
            "sent": [entry.position for entry in self.sent],
            "held_back": [
                {"place": entry.position, "reason": refusal.reason, "detail": refusal.detail}
                for entry, refusal in self.held_back
            ],
        }


def send_again(
    chosen: Mapping[str, Quarantined],
    records: Iterable[Record],
    postman: Postman,
    correction: Correction,
    at: datetime,
) -> Report:
    """Send the chosen refusals, reading their bytes from `records`, and settle what was sent."""
    report = Report()
    for record in records:
        entry = chosen.get(record.said.position) if isinstance(record.said, Refused) else None
        if entry and entry.shelf == record.shelf:
            _send(entry, correction.message or record.value, postman, correction, report)
    postman.settle()
    for entry in report.sent:
        postman.send_raw(EVENTS_DLQ.name, entry.key, b"", settlement(entry, at))
    postman.settle()
    return report


def _send(
    entry: Quarantined, value: bytes, postman: Postman, correction: Correction, report: Report
) -> None:
    held = _held(entry, value, correction)
    if held:
        report.held_back.append((entry, held))
        return
    if not foreign(entry.refused.topic):
        message, headers = resend(entry, value)
        postman.send_raw(message.topic, message.key, message.value, headers)
    report.sent.append(entry)


def _held(entry: Quarantined, value: bytes, correction: Correction) -> Held | None:
    """Why it is not sent; what a door refused is handed in by asking."""
    said = entry.refused
    if not foreign(said.topic):
        refusal = None if correction.force else still_wrong(value)
        return Held(refusal.reason, refusal.detail, refusal.remedy) if refusal else None
    feed = said.topic.removeprefix(FOREIGN)
    if correction.hand_in is None:
        remedy = f"correct it and hand it in again: portclock intake FILE --feed {feed}; or name "
        return Held(said.reason, said.detail, f"{remedy}its profile here with --feeds")
    return correction.hand_in(feed, value)
