"""What foreign bytes amount to: events, announcements and refusals, each with its place.

The surface of all dialects. Two laws hold of every `Decoded`, and `Ledger` sees to them: its parts
are the input, byte for byte, without gap or overlap; and every part that is not mere envelope has
ended as at least one event, announcement or refusal. It must never know a format.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from math import floor
from typing import Any, NamedTuple

import orjson

from events.codec import decode as decode_message
from events.dialects.troubles import Misread, Trouble, Why, remedy
from events.instants import format_instant
from events.reading import Reported, gist_of
from events.refusals import InvalidEvent
from events.vocabulary import Kind

Wire = dict[str, Any]
"""An event in the shape of the contract, as a JSON object; instants are texts with an offset."""


class Part(NamedTuple):
    """One stretch of the input, `[start, end)` in bytes.

    `name` is what the format calls it (`CODECO D.95B`, `row`, `event`), `reference` its own number
    or name in the input. An envelope belongs to the format alone: headers, separators, blanks.
    """

    start: int
    end: int
    name: str
    reference: str = ""
    envelope: bool = False


class Told(NamedTuple):
    """One event. `data` is its message, ready for a topic under the key `reported.unit.id`; `part`
    counts the parts from 0, `path` says where in it (`segment 7 EQD`)."""

    reported: Reported
    data: bytes
    part: int
    path: str


class Announced(StrEnum):
    """Why something is no event: it lies ahead, or somebody only asked for it."""

    PLANNED = "planned"
    ESTIMATED = "estimated"
    ORDERED = "ordered"


class Announcement(NamedTuple):
    """Something announced, kept apart from what happened. `expected_at` is aware UTC, if told.

    `kind` is what would be reported if it happened, None where none of ours fits; `unit` the id of
    its unit, None for a ship or a lot of boxes that are not named; `said` the rest as JSON values.

    `document` names it for its sender: the same one later `recorded_at` (aware UTC) says it anew,
    one that `replaces` another document takes the place of that, unit by unit. A withdrawn one
    takes back what the document said of the unit; without a unit, all that it said.
    """

    announced: Announced
    kind: Kind | None
    unit: str | None
    expected_at: datetime | None
    said: Mapping[str, Any]
    part: int
    path: str
    document: str = ""
    recorded_at: datetime | None = None
    replaces: str = ""
    withdrawn: bool = False

    def told(self) -> dict[str, Any]:
        """As a JSON object, without what is not said."""
        instants = {name: getattr(self, name) for name in ("expected_at", "recorded_at")}
        written = {name: at and format_instant(at) for name, at in instants.items()}
        said = {**self._asdict(), **written, "said": dict(self.said)}
        return {name: v for name, v in said.items() if v is not None and v != "" and v is not False}

    def data(self) -> bytes:
        """The same as bytes."""
        return orjson.dumps(self.told())


class Refused(NamedTuple):
    """What was not understood: why, what was found, and where. `start` and `end` are its bytes."""

    why: Why
    detail: str
    part: int
    path: str
    start: int
    end: int

    @property
    def remedy(self) -> str:
        """What the sender can do about it."""
        return remedy(self.why)


@dataclass(frozen=True)
class Decoded:
    """All that one input amounts to, in its own order."""

    parts: tuple[Part, ...]
    events: tuple[Told, ...]
    announcements: tuple[Announcement, ...]
    refusals: tuple[Refused, ...]

    @cached_property
    def messages(self) -> Counter[str]:
        """How many messages of which name there were."""
        return Counter(part.name for part in self.parts if not part.envelope)

    @cached_property
    def kinds(self) -> Counter[Kind]:
        """How many events of which kind came out of them."""
        return Counter(told.reported.kind for told in self.events)

    @cached_property
    def reasons(self) -> Counter[Why]:
        """How many refusals there were for which reason."""
        return Counter(refused.why for refused in self.refusals)


@dataclass
class Ledger:
    """Where a dialect writes down what it finds; `decoded` closes it and proves the laws.

    `received_at` is when a door took the bytes: it bounds how late an honest instant can be.
    """

    size: int
    received_at: datetime | None = None
    parts: list[Part] = field(default_factory=list)
    events: list[Told] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)

    def __post_init__(self) -> None:
        received = self.received_at
        self._received_s = None if received is None else floor(received.timestamp())

    def part(self, start: int, end: int, name: str, reference: str = "") -> int:
        """Begin a part that says something; its number. What was left before it is envelope."""
        self.envelope(start)
        self.parts.append(Part(start, end, name, reference))
        return len(self.parts) - 1

    def envelope(self, end: int) -> None:
        """All bytes up to `end` that belong to no part yet are the format's own."""
        start = self.parts[-1].end if self.parts else 0
        if start < end:
            self.parts.append(Part(start, end, "envelope", envelope=True))

    def tell(self, wire: Wire, part: int, path: str = "") -> bool:
        """One event, if it keeps the contract; otherwise its refusal. Whether it was taken."""
        try:
            data = orjson.dumps(wire)
            reported = gist_of(data, self._received_s) or self._decode(data)
        except InvalidEvent as error:
            self.refuse(error.refusal.reason, error.refusal.detail, part, path)
            return False
        except orjson.JSONEncodeError as error:  # A lone surrogate has no bytes in UTF-8.
            self.refuse(Trouble.BROKEN_SYNTAX, str(error), part, path)
            return False
        self.events.append(Told(reported, data, part, path))
        return True

    def _decode(self, data: bytes) -> Reported:
        (event,) = decode_message(data, received_at=self.received_at)
        return event

    def announce(self, announcement: Announcement) -> None:
        """One thing announced."""
        self.announcements.append(announcement)

    def refuse(
        self, why: Why, detail: str, part: int, path: str = "", span: tuple[int, int] | None = None
    ) -> None:
        """One refusal; it is about the whole part, unless `span` names its bytes."""
        start, end = span or (self.parts[part].start, self.parts[part].end)
        self.refusals.append(Refused(why, detail, part, path, start, end))

    def misread(self, error: Misread, part: int, path: str = "") -> None:
        """One refusal, as raised inside the dialect."""
        self.refuse(error.why, error.detail, part, error.path or path)

    def decoded(self) -> Decoded:
        """Close it. Parts of which nothing was said are refused as such; an empty input is one.

        Raises ValueError where the parts are not the input: that is a bug of the dialect.
        """
        self.envelope(self.size)
        if not self.parts or all(part.envelope for part in self.parts):
            self.parts[:] = [Part(0, self.size, "nothing")]
        heard = {said.part for said in self._all_said()}
        for number, part in enumerate(self.parts):
            if not part.envelope and number not in heard:
                self.refuse(Trouble.NOTHING_SAID, f"{part.name} reports nothing", number)
        _prove(self.parts, self.size)
        said = (tuple(self.events), tuple(self.announcements), tuple(self.refusals))
        return Decoded(tuple(self.parts), *said)

    def _all_said(self) -> Iterable[Told | Announcement | Refused]:
        yield from self.events
        yield from self.announcements
        yield from self.refusals


def _prove(parts: list[Part], size: int) -> None:
    """That the parts are the input, without gap or overlap."""
    reached = 0
    for part in parts:
        if part.start != reached or part.end < part.start:
            raise ValueError(f"{part} does not follow on byte {reached}")
        reached = part.end
    if reached != size:
        raise ValueError(f"the parts end at byte {reached} of {size}")
