"""Where interchanges begin and end in a stretch of bytes, found in one passage.

Several may stand in one file, some without their end, and any of them may be made to be slow to
read: so ends are looked for before anything is cut, and no word is looked for twice in the same
bytes. Knows UNA, UNB and UNZ as words only.
"""

import re
from typing import Final

from events.dialects.edifact.syntax import UNA_BYTES, Service

_BLANKS: Final = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n\t \x00\x1a]*")
BEGINNING: Final = re.compile(rb"UNA.{6}[\r\n\t ]*UNB|UNB[^A-Za-z0-9]", re.DOTALL)
"""How an interchange begins, its service characters still unknown."""


def past_blanks(data: bytes, at: int) -> int:
    found = _BLANKS.match(data, at)
    return found.end() if found else at


class Finder:
    """Finds words in the bytes and remembers where: however many interchanges ask, no bytes are
    looked at twice for one word, so that no file can be made to be slow."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.known: dict[bytes, tuple[int, int]] = {}

    def find(self, word: bytes, at: int) -> int:
        """Where it stands next, at or after `at`; the end of the bytes where it does not."""
        asked, found = self.known.get(word, (0, -1))
        if not asked <= at <= found:
            found = self.data.find(word, at)
            found = len(self.data) if found < 0 else found
            self.known[word] = (at, found)
        return found


def end_of_interchange(finder: Finder, begun: int, service: Service) -> int:
    """Where the interchange that begins at `begun` ends: with its UNZ, else before the next UNA or
    UNB, or with the bytes.

    Found before anything is cut, so that nothing is cut once for each interchange before it.
    """
    data, element = finder.data, service.element.encode()
    last = at = begun + 1
    while True:
        unz = finder.find(b"UNZ" + element, at)
        unb = finder.find(b"UNB" + element, at)
        found = min(unz, unb)
        if found == len(data):
            return found
        advice = _advice(data, found) if found == unb else found
        if _ends_a_segment(data, last, advice, service):
            return advice if found == unb else _end_of_segment(data, found, service)
        last, at = found, found + 1


def _advice(data: bytes, unb: int) -> int:
    """Where UNA stands before this UNB, or the UNB itself."""
    una = data.rfind(b"UNA", max(0, unb - 3 * UNA_BYTES), unb)
    found = BEGINNING.match(data, una) if una >= 0 else None
    return una if found and found.end() == unb + 3 else unb


def _ends_a_segment(data: bytes, last: int, at: int, service: Service) -> bool:
    """Whether a segment ends before this place, blanks aside."""
    end = service.terminator.encode()
    blanks = bytes(set(b"\r\n\t \x00\x1a") - set(end))
    behind = len(data[last:at].rstrip(blanks)) + last
    return data.endswith(end, last, behind) and not _is_released(data, last, behind - 1, service)


def _end_of_segment(data: bytes, at: int, service: Service) -> int:
    """Behind the terminator of the segment that begins here."""
    end = service.terminator.encode()
    found = data.find(end, at)
    while found >= 0 and _is_released(data, at, found, service):
        found = data.find(end, found + 1)
    return found + 1 if found >= 0 else len(data)


def _is_released(data: bytes, first: int, at: int, service: Service) -> bool:
    """Whether an odd number of release characters stands before this place."""
    if not service.release:
        return False
    before, release = at, ord(service.release)
    while before > first and data[before - 1] == release:
        before -= 1
    return (at - before) % 2 == 1
