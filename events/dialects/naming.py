"""Names for reports that bring none, made so that the same report has the same name.

A report sent again must be known again, and one that corrects or withdraws another must bear its
name. So names are made of what tells reports apart and of nothing else: never of a counter, a file
or a clock.
"""

import re
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from events.identifiers import NAME

CHARS_MAX: Final = 200
"""As long as an event's id may be (`events.envelope.EventId`)."""

_PLAIN: Final = re.compile(NAME.strip("^$"))
_DIGEST_CHARS: Final = 32


def named(*words: str | None) -> str:
    """An event's id of these words, parted by slashes; absent ones stay as empty places.

    Blanks are written as percent codes. What grows too long keeps its beginning, and the rest is
    told by a digest.
    """
    joined = "/".join(_without_blanks(word or "") for word in words)
    if len(joined) <= CHARS_MAX:
        return joined
    digest = sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_CHARS]
    return f"{joined[: CHARS_MAX - _DIGEST_CHARS - 1]}#{digest}"


def _without_blanks(word: str) -> str:
    if not word or _PLAIN.fullmatch(word):
        return word
    return "".join(c if _PLAIN.fullmatch(c) else quote(c, safe="", errors="replace") for c in word)
