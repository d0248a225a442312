"""From foreign bytes to what is sent for them: messages, dead letters and the receipt. Pure.

What is refused keeps its bytes on `events-dlq`, as a message of our own does; its position there is
made of the input, so that an input handed in twice is quarantined once.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, NamedTuple

from events.dead_letters import FOREIGN, to_headers
from events.dead_letters import Refused as DeadLetter
from events.dialects.decoded import Announcement, Decoded, Told
from events.dialects.decoded import Refused as Part
from events.topics import topic_for
from events.vocabulary import UnitType
from portclock.intake.feeds import Feed
from portclock.intake.receipt import LISTED_MAX, Receipt, counted
from portclock.replay import Message, address

INPUT_BYTES_MAX: Final = 64 * 1024 * 1024
"""One input; more than that is to be cut by its sender."""
LETTER_BYTES_MAX: Final = 256 * 1024
"""Of a refused part so many bytes are quarantined; the whole stays where the door keeps it."""
_OFFSET_BITS: Final = 48
_PLACE_BITS: Final = 15


class Letter(NamedTuple):
    """A refused part as a record of `events-dlq`."""

    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


class Taken(NamedTuple):
    """Everything that one input comes to. `answer` is what its partner expects to hear, if it
    expects anything."""

    receipt: Receipt
    messages: tuple[Message, ...]
    letters: tuple[Letter, ...]
    announcements: tuple[Announcement, ...] = ()
    answer: bytes | None = None


def take(feed: Feed, name: str, data: bytes, received_at: datetime) -> Taken:
    """What this input comes to; `name` is what the sender calls it."""
    decoded = feed.decode(data, received_at)
    messages = tuple(message for told in decoded.events for message in _messages(told))
    digest = sha256(feed.name.encode() + b"\0" + data).hexdigest()
    receipt = Receipt(
        id=digest[:32],
        feed=feed.name,
        name=name,
        received_at=received_at,
        size_bytes=len(data),
        **counted(decoded),
        listed=decoded.refusals[:LISTED_MAX],
        announced=decoded.announcements[:LISTED_MAX],
        sent=dict(sorted(Counter(one.topic for one in messages).items())),
    )
    answer = feed.acknowledge(data, decoded, received_at) if feed.acknowledge else None
    letters = tuple(_letters(receipt, decoded, data))
    return Taken(receipt, messages, letters, decoded.announcements, answer)


def _messages(told: Told) -> tuple[Message, ...]:
    """What is said of a place goes to every partition, as `address` sees to."""
    reported = told.reported
    if reported.unit.type is UnitType.PLACE:
        return address(told.data)
    key, at = reported.unit.id.encode(), datetime.fromtimestamp(reported.occurred_s, UTC)
    return (Message(topic_for(reported.kind).name, key, told.data, at),)


def _letters(receipt: Receipt, decoded: Decoded, data: bytes) -> Iterator[Letter]:
    for number, refused in enumerate(decoded.refusals):
        value = data[refused.start : refused.end][:LETTER_BYTES_MAX]
        headers = tuple(to_headers(_dead_letter(receipt, number, refused)))
        yield Letter(receipt.feed.encode(), value, headers)


def _dead_letter(receipt: Receipt, number: int, refused: Part) -> DeadLetter:
    begin = int(receipt.id, 16) >> (128 - _OFFSET_BITS)
    where = f"{receipt.name}, message {refused.part + 1}"
    return DeadLetter(
        topic=f"{FOREIGN}{receipt.feed}",
        partition=0,
        offset=(begin << _PLACE_BITS) + number,
        reason=refused.why,
        detail=f"{where}{f', {refused.path}' if refused.path else ''}: {refused.detail}",
        remedy=refused.remedy,
        received_at=receipt.received_at,
    )
