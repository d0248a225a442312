"""Names that stand for units, companies and trucks where single ones are looked at.

Keyed: there are few enough box numbers to try them all, so a plain hash hides nobody. Whoever has
the key can tell which is which; a new key cuts all ties to what was named before. The key comes
from the door, and must never be published, printed or kept beside what it names.
"""

import hmac
from base64 import b32encode
from typing import Final, Literal

Sort = Literal["unit", "company", "truck", "visit"]

KEY_BYTES: Final = 32
"""A key is at least so long."""

_BYTES: Final = 10
"""Of the mark that is kept: 80 bits. Of a billion names two are the same once in two million."""


class Pseudonyms:
    """Names under one key: the same thing has the same name, and things of two sorts never do."""

    def __init__(self, key: bytes) -> None:
        """Raises ValueError for a key that could be guessed; it does not say which key it was."""
        if len(key) < KEY_BYTES:
            raise ValueError(f"a key for pseudonyms has at least {KEY_BYTES} bytes")
        self._key = key

    def __repr__(self) -> str:
        return "Pseudonyms(key withheld)"

    def of(self, sort: Sort, id: str) -> str:
        """The name of one: `unit-K7Q2M3ZV4T5WAXYB`. Nothing stays nothing."""
        if not id:
            return ""
        mark = hmac.digest(self._key, f"{sort}\0{id}".encode(), "sha256")[:_BYTES]
        return f"{sort}-{b32encode(mark).decode()}"
