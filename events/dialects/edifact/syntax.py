"""ISO 9735, the level of characters: where segments, elements and components end.

Works on bytes for the ends of segments, since refusals name bytes, and on texts below. No library
takes this part: those there are lose the place and, at the first fault, the rest (decision 0043).
Knows no message and no code.
"""

from collections.abc import Callable
from operator import methodcaller
from typing import Any, AnyStr, Final, NamedTuple, cast

from events.dialects.troubles import Misread, Trouble


class Service(NamedTuple):
    """The service characters of one interchange. `release` is empty where there is none."""

    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    repetition: str = " "
    terminator: str = "'"


STANDARD: Final = Service()
LEVEL_B: Final = Service("\x1f", "\x1d", ",", "", " ", "\x1c")
"""What UNOB uses without UNA by the letter of syntax versions 1 to 3: unprintable separators."""

UNA_BYTES: Final = 9
BLANKS: Final = "\r\n\t "
"""What partners put before a segment, to be read by people."""


def advised(una: bytes) -> Service:
    """The service characters that `UNA` and its six characters say. Raises Misread."""
    said = una[3:UNA_BYTES].decode("latin-1")
    if len(said) < UNA_BYTES - 3:
        raise Misread(Trouble.BROKEN_SYNTAX, "UNA ends before its six characters", "UNA")
    service = Service(*said)
    if service.release == " ":
        service = service._replace(release="")
    apart = [service.component, service.element, service.release, service.terminator]
    wrong = [c for c in apart if c.isalnum() or c == " " or ord(c or "+") > 0x7F]
    if wrong or len({*apart}) < len(apart):
        raise Misread(Trouble.BROKEN_SYNTAX, f"UNA cannot part a message by {said!r}", "UNA")
    return service


def assumed(header: bytes) -> Service:
    """The service characters of an interchange without UNA, told by what follows on `UNB`."""
    return LEVEL_B if header[3:4] == LEVEL_B.element.encode() else STANDARD


def pieces(data: AnyStr, service: Service) -> list[AnyStr]:
    """The segments, without their terminators; the last piece is what follows the last of these,
    often nothing. Joined by terminators they are the input.

    Blanks and line ends stay with the segment that they precede. Of bytes, and just as well of the
    text that plain bytes are, which is cut twice as fast.
    """
    end, release = _like(data, service.terminator), _like(data, service.release)
    cut = data.split(end)
    return _rejoined(cut, release, end) if release and release + end in data else cut


def _like(data: AnyStr, text: str) -> AnyStr:
    """A service character as text or as its byte."""
    found: Any = text if isinstance(data, str) else text.encode()
    return cast(AnyStr, found)


def _rejoined(cut: list[AnyStr], release: AnyStr, end: AnyStr) -> list[AnyStr]:
    """A terminator behind an odd number of release characters is text."""
    joined: list[AnyStr] = []
    held: list[AnyStr] = []
    for piece in cut[:-1]:
        held.append(piece)
        if (len(piece) - len(piece.rstrip(release))) % 2 == 0:
            joined.append(end.join(held))
            held = []
    held.append(cut[-1])
    joined.append(end.join(held))
    return joined


Cut = Callable[[str], list[str]]
"""What cuts a text into its parts."""


class Scissors:
    """Cuts texts of one interchange: a segment into elements, an element into components."""

    __slots__ = ("component", "element", "release")

    def __init__(self, service: Service) -> None:
        self.component = service.component
        self.element = service.element
        self.release = service.release

    def fitting(self, segments: list[str]) -> tuple[Cut, Cut]:
        """What cuts these segments and their elements; a plain split where nothing is released."""
        if self.release and self.release in "".join(segments):
            return self.elements, self.components
        return methodcaller("split", self.element), methodcaller("split", self.component)

    def elements(self, segment: str) -> list[str]:
        """A segment's elements, the tag first, yet with their release characters."""
        if self.release and self.release in segment:
            return _cut(segment, self.element, self.release)
        return segment.split(self.element)

    def components(self, element: str) -> list[str]:
        """An element's components, as they are meant."""
        if self.release and self.release in element:
            cut = _cut(element, self.component, self.release)
            return [_plain(part, self.release) for part in cut]
        return element.split(self.component)


def _cut(text: str, separator: str, release: str) -> list[str]:
    """Split where the separator is not released; what is released stays so."""
    parts, begun, at = [], 0, 0
    while at < len(text):
        if text[at] == release:
            at += 1
        elif text[at] == separator:
            parts.append(text[begun:at])
            begun = at + 1
        at += 1
    parts.append(text[begun:])
    return parts


def _plain(text: str, release: str) -> str:
    """Without release characters; one that releases nothing, at the end, stands for itself."""
    out, at = [], 0
    while at < len(text):
        if text[at] == release and at + 1 < len(text):
            at += 1
        out.append(text[at])
        at += 1
    return "".join(out)


def released(value: str, service: Service) -> str:
    """A value as it may be written: service characters in it are released.

    Raises ValueError where it holds one and the interchange has no release character.
    """
    special = {service.component, service.element, service.terminator, service.release} - {""}
    if not special & set(value):
        return value
    if not service.release:
        raise ValueError(f"{value!r} holds a service character and nothing can release it")
    return "".join(service.release + c if c in special else c for c in value)


def written(segments: list[list[str | list[str]]], service: Service = STANDARD) -> str:
    """Segments as text: each a list of elements, an element a value or a list of components.

    Empty ends are left out, as the standard wants them. Raises ValueError as `released` does.
    """
    return "".join(_segment(elements, service) + service.terminator for elements in segments)


def _segment(elements: list[str | list[str]], service: Service) -> str:
    texts = [_element(element, service) for element in elements]
    while texts and not texts[-1]:
        texts.pop()
    return service.element.join(texts)


def _element(element: str | list[str], service: Service) -> str:
    values = [element] if isinstance(element, str) else list(element)
    while values and not values[-1]:
        values.pop()
    return service.component.join(released(value, service) for value in values)
