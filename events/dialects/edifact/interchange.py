"""ISO 9735, the level of envelopes: interchanges, their messages, and whether these came whole.

A message whose trailer does not fit (count of segments, reference) is broken and says nothing; the
others of its interchange stand. Knows UNA, UNB, UNG, UNH, UNT, UNE and UNZ; it must never know what
a message says.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, NamedTuple

from events.dialects.edifact.charsets import CHARSETS, may_stand_within
from events.dialects.edifact.endings import BEGINNING, Finder, end_of_interchange, past_blanks
from events.dialects.edifact.syntax import (
    BLANKS,
    UNA_BYTES,
    Scissors,
    Service,
    advised,
    assumed,
    pieces,
)
from events.dialects.troubles import Misread, Trouble

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_ENVELOPE: Final = frozenset({"UNB", "UNG", "UNE", "UNZ", "UNT"})
REFERENCES_SHOWN: Final = 40
"""How much of a foreign reference is repeated in a refusal."""


class Message(NamedTuple):
    """One message: `segments` are its texts from UNH to UNT without terminators, `first` the number
    of its UNH in the interchange, counted from 1 (UNA is none)."""

    start: int
    end: int
    first: int
    reference: str
    type: str
    directory: str
    segments: list[str]
    broken: Misread | None

    @property
    def name(self) -> str:
        """As people call it: `CODECO D.95B`."""
        return f"{self.type} {self.directory}".strip() or "message"


class Fault(NamedTuple):
    """What is wrong with the envelope itself, and the bytes where."""

    error: Misread
    start: int
    end: int


@dataclass(slots=True)
class Interchange:
    """One interchange. `prepared` is date and time of UNB as they stand, in nobody's zone."""

    start: int
    end: int
    service: Service
    sender: str = ""
    recipient: str = ""
    prepared: str = ""
    reference: str = ""
    charset: str = ""
    trial: bool = False
    messages: list[Message] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def interchanges(data: bytes, charset: str | None = None) -> Iterator[Interchange]:
    """All interchanges of some bytes, in their order; what stands between them is a fault of the
    one that has no messages. `charset` is the partner's, whatever its UNB says."""
    finder = Finder(data)
    at = past_blanks(data, 0)
    while at < len(data):
        found = BEGINNING.match(data, at)
        if found is None:
            yield _junk(data, at)
            at = past_blanks(data, _next_beginning(data, at))
            continue
        interchange = _read(finder, at, charset)
        yield interchange
        at = past_blanks(data, interchange.end)


def _next_beginning(data: bytes, at: int) -> int:
    found = BEGINNING.search(data, at + 1)
    return found.start() if found else len(data)


def _junk(data: bytes, at: int) -> Interchange:
    end = _next_beginning(data, at)
    error = Misread(Trouble.BROKEN_SYNTAX, "neither UNA nor UNB begins here")
    return Interchange(at, end, Service(), faults=[Fault(error, at, end)])


def _read(finder: Finder, at: int, charset: str | None) -> Interchange:
    """The interchange that begins here, up to its UNZ, the next UNB or the end."""
    data = finder.data
    begun, service = at, Service()
    try:
        if data.startswith(b"UNA", at):
            service = advised(data[at : at + UNA_BYTES])
            begun = past_blanks(data, at + UNA_BYTES)
        else:
            service = assumed(data[at : at + UNA_BYTES])
        _refuse_within(service, charset)
    except Misread as error:
        end = _next_beginning(data, at + UNA_BYTES)
        return Interchange(at, end, service, faults=[Fault(error, at, end)])
    interchange = Interchange(at, end_of_interchange(finder, begun, service), service)
    _Walk(interchange, data[begun : interchange.end], begun, charset).run()
    return interchange


def _refuse_within(service: Service, charset: str | None) -> None:
    """A service character that may be half of another character parts nothing."""
    wrong = [c for c in service if c and charset is not None and may_stand_within(c, charset)]
    if wrong:
        said = f"UNA names {wrong[0]!r}, which may be half a character of {charset}"
        raise Misread(Trouble.BROKEN_SYNTAX, said, "UNA")


class _Walk:
    """One passage over the segments of an interchange; fills in its messages and faults."""

    def __init__(
        self, interchange: Interchange, data: bytes, begun: int, charset: str | None
    ) -> None:
        self.into = interchange
        service = interchange.service
        self.cut: list[str] | list[bytes] = (
            pieces(data.decode("ascii"), service) if data.isascii() else pieces(data, service)
        )
        self.whole = len(self.cut) - 1
        """So many segments end with a terminator; what follows is one, too, if it is anything."""
        if not self.cut[-1]:
            self.cut.pop()
        self.sizes = list(accumulate(map(len, self.cut), initial=begun))
        self.scissors = Scissors(interchange.service)
        self.charset = charset
        self.unread: set[int] = set()
        self.texts: list[str] = []
        self.opened: int | None = None
        self.groups = 0
        self.group: tuple[str, int] | None = None
        self.done = False

    def run(self) -> None:
        try:
            self._header()
        except Misread as error:
            self._fault(error, 0, len(self.cut))
            return
        self.texts = self._decoded()
        taking = {
            "UNH": self._unh,
            "UNT": self._unt,
            "UNG": self._ung,
            "UNE": self._une,
            "UNZ": self._unz,
        }
        for number in [n for n, text in enumerate(self.texts) if text[:2] == "UN"]:
            take = taking.get(self.texts[number][:3])
            if take and not self.done:
                take(number)
        if not self.done:
            self._close(len(self.cut), "the message has no UNT")
            self._fault(Misread(Trouble.BROKEN_ENVELOPE, "the interchange has no UNZ", "UNZ"), 0, 1)
        self._strays()

    def _strays(self) -> None:
        """Segments between messages that are no envelope: they say nothing to anybody."""
        for number in self._lone():
            text = self.texts[number]
            if text and text[:3] not in _ENVELOPE and self._at(number) < self.into.end:
                path = f"segment {number + 1}"
                error = Misread(Trouble.BROKEN_SYNTAX, "it stands in no message", path)
                self._fault(error, number, number + 1)

    def _lone(self) -> Iterator[int]:
        """The numbers of segments, from 0, that no message holds."""
        reached = 0
        for message in self.into.messages:
            yield from range(reached, message.first - 1)
            reached = message.first - 1 + len(message.segments)
        yield from range(reached, len(self.cut))

    def _header(self) -> None:
        """UNB: who, to whom, when, under which reference."""
        if not self.whole:
            raise Misread(Trouble.BROKEN_SYNTAX, "UNB does not end", "segment 1 UNB")
        begun = self.cut[0]
        (text,) = self._without_ends([begun if isinstance(begun, str) else begun.decode("latin-1")])
        elements = [self.scissors.components(e) for e in self.scissors.elements(text)]
        elements += [[""]] * (12 - len(elements))
        _, syntax, sender, recipient, prepared, reference = (elements[n] for n in range(6))
        if not reference[0]:
            raise Misread(Trouble.BROKEN_ENVELOPE, "UNB has no control reference", "segment 1 UNB")
        named = self.charset or CHARSETS.get(syntax[0])
        if named is None:
            raise Misread(Trouble.UNKNOWN_CHARSET, f"UNB names {syntax[0]!r}", "segment 1 UNB")
        self.into.charset, self.into.sender, self.into.recipient = named, sender[0], recipient[0]
        self.into.prepared = "".join(prepared[:2])
        self.into.reference = reference[0]
        self.into.trial = elements[11][0] == "1"

    def _decoded(self) -> list[str]:
        """The segments as texts; those that are none of their character set are noted."""
        cut: Sequence[str | bytes] = self.cut
        texts = [self._text(n, piece) for n, piece in enumerate(cut)]
        return [text.lstrip(BLANKS) for text in self._without_ends(texts)]

    def _without_ends(self, texts: list[str]) -> list[str]:
        """A segment that ends with the line ends as that line does."""
        if self.into.service.terminator != "\n":
            return texts
        return [text.removesuffix("\r") for text in texts]

    def _text(self, number: int, piece: str | bytes) -> str:
        if isinstance(piece, str):
            return piece
        try:
            return piece.decode(self.into.charset)
        except UnicodeDecodeError:
            self.unread.add(number)
            return piece.decode("latin-1")

    def _at(self, number: int) -> int:
        """Where this segment begins, counted from 0; and where the one before it ends."""
        return self.sizes[number] + min(number, self.whole)

    def _unh(self, number: int) -> None:
        if self.opened is not None:
            self._close(number, "the message has no UNT")
        self.opened = number

    def _ung(self, number: int) -> None:
        self.groups += 1
        ung = [*self._values(number), *[""] * 6]
        self.group = (ung[5], len(self.into.messages))

    def _une(self, number: int) -> None:
        self._close(number, "the message has no UNT")
        reference, before = self.group or ("", len(self.into.messages))
        self._fits(number, len(self.into.messages) - before, ("UNG", reference))

    def _values(self, number: int) -> list[str]:
        """The elements of a segment, the first component of each."""
        cut = self.scissors
        return [cut.components(e)[0] for e in cut.elements(self.texts[number])]

    def _unt(self, number: int) -> None:
        if self.opened is None:
            self._fault(
                Misread(Trouble.BROKEN_ENVELOPE, "UNT without UNH", "UNT"), number, number + 1
            )
            return
        self._close(number + 1, None)

    def _close(self, end: int, fault: str | None) -> None:
        """The message from the last UNH up to `end`, whatever is to be said against it."""
        if self.opened is None:
            return
        first, self.opened = self.opened, None
        segments = self.texts[first:end]
        unh = [self.scissors.components(e) for e in self.scissors.elements(segments[0])]
        unh += [[""]] * (3 - len(unh))
        reference, kind = unh[1][0], [*unh[2], "", "", ""]
        broken = self._wrong(first, end, reference, fault)
        start = self._at(first)
        directory = ".".join(part for part in kind[1:3] if part)
        self.into.messages.append(
            Message(
                start, self._at(end), first + 1, reference, kind[0], directory, segments, broken
            )
        )

    def _wrong(self, first: int, end: int, reference: str, fault: str | None) -> Misread | None:
        """Why this message is not whole, if it is not."""
        trouble, where = Trouble.BROKEN_ENVELOPE, f"segment {end}"
        if fault is not None:
            return Misread(trouble, fault, where)
        unt = [*self._values(end - 1), "", ""]
        count, where = end - first, f"segment {end} UNT"
        if _NUMBER.fullmatch(unt[1]) is None or int(unt[1]) != count:
            return Misread(trouble, f"UNT counts {_shown(unt[1])} segments of {count}", where)
        if unt[2] != reference:
            return Misread(trouble, f"UNH has {_shown(reference)}, UNT {_shown(unt[2])}", where)
        unread = sorted(n for n in self.unread if first <= n < end)
        if unread:
            said = f"no text in {self.into.charset}"
            return Misread(Trouble.UNKNOWN_CHARSET, said, f"segment {unread[0] + 1}")
        return None

    def _unz(self, number: int) -> None:
        self._close(number, "the message has no UNT")
        self.done = True
        self.into.end = self._at(number + 1)
        self._fits(number, self.groups or len(self.into.messages), ("UNB", self.into.reference))

    def _fits(self, number: int, count: int, begun: tuple[str, str]) -> None:
        """Whether a trailer counts what there is, under the reference that its header has."""
        tag, said_count, said_reference = [*self._values(number), "", ""][:3]
        (header, reference), path = begun, f"segment {number + 1} {tag}"
        if _NUMBER.fullmatch(said_count) is None or int(said_count) != count:
            said = f"{tag} counts {_shown(said_count)} of {count}"
            self._fault(Misread(Trouble.BROKEN_ENVELOPE, said, path), number, number + 1)
        if said_reference != reference:
            said = f"{header} has {_shown(reference)}, {tag} {_shown(said_reference)}"
            self._fault(Misread(Trouble.BROKEN_ENVELOPE, said, path), number, number + 1)

    def _fault(self, error: Misread, first: int, end: int) -> None:
        self.into.faults.append(Fault(error, self._at(first), self._at(end)))


def _shown(text: str) -> str:
    return repr(text[:REFERENCES_SHOWN])
