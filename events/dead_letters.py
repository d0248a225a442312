"""Dead letters: the refused bytes untouched, and in the headers where they were, why, what to do.

A record of `events-dlq` is a refusal (value: the refused bytes) or a settlement (no value), which
says that a refusal was dealt with. Knows headers as pairs of text and bytes, and no transport.
"""

import re
from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import Field, PlainSerializer, WithJsonSchema

from events.dialects.troubles import Why
from events.instants import Instant
from events.outcomes import Published

REPLAY_OF: Final = "replay-of"
"""The header of a message that was sent again: the position of the refusal it came from."""

FOREIGN: Final = "intake-"
"""Begins the place of what a door refused; the feed's name follows."""

LOOKED_AT: Final = 8_192
"""Bytes of a refused message in which its source is looked for."""
_SOURCE: Final = re.compile(rb'"source"\s*:\s*"([^"\\\x00-\x1f]{1,64})"')

_DIGITS = {"type": "string", "pattern": "^[0-9]+$"}
Number = Annotated[int, Field(ge=0), PlainSerializer(str), WithJsonSchema(_DIGITS)]
Position = Annotated[str, Field(pattern=r"^[a-z0-9-]+/[0-9]+/[0-9]+$")]
"""Where a message stands: topic/partition/offset."""


class Refused(Published):
    """Why one message was refused, and where it was. The record's value is the message.

    A part of foreign bytes that a door refused stands at a place of its own: `topic` is `intake-`
    and its feed, `partition` 0, `offset` made of the bytes.
    """

    topic: str
    partition: Number
    offset: Number
    reason: Why
    detail: str
    remedy: str
    received_at: Instant

    @property
    def position(self) -> str:
        """The name of this refusal, by which a settlement cites it."""
        return f"{self.topic}/{self.partition}/{self.offset}"


def foreign(topic: str) -> bool:
    """Whether what was refused there was no message of ours, but bytes that a door took."""
    return topic.startswith(FOREIGN)


class Settled(Published):
    """One refusal was dealt with: its message was sent again, or given up by a person."""

    settles: Position
    settled_at: Instant


def claimed_source(value: bytes | None) -> str:
    """Who sent a refused message, as far as its bytes tell; '' if they do not. They may be
    anything, so they are only searched."""
    found = _SOURCE.search((value or b"")[:LOOKED_AT])
    return found[1].decode(errors="replace") if found else ""


def to_headers(letter: Refused | Settled) -> list[tuple[str, bytes]]:
    """The headers of a dead letter, in the order of the fields, UTF-8."""
    return [(name, text.encode()) for name, text in letter.model_dump(mode="json").items()]


def from_headers(headers: Iterable[tuple[str, bytes]]) -> Refused | Settled:
    """Read the headers of a dead letter; others, such as a sender's own, are passed over.

    Raises ValueError when they are no dead letter's (pydantic's or a UnicodeDecodeError).
    """
    found = dict(headers)
    shape = Settled if "settles" in found else Refused
    return shape.model_validate({n: found[n].decode() for n in shape.model_fields if n in found})
