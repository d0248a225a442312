"""Where the next page begins: the key of the last cell, with the question that it belongs to.

What was published of a vintage never changes, so a key is a place that stays. A cursor is no
secret: it says nothing that the page before did not, and another question refuses it.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Final

CHARACTERS_MAX: Final = 2_000


def written(question: str, key: tuple[str, ...]) -> str:
    """A cursor after this key, of this question."""
    text = json.dumps([_mark(question), *key], ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, question: str, words: int) -> tuple[str, ...] | None:
    """The key that it stands for, of so many words; None for what is no cursor of this question."""
    if len(cursor) > CHARACTERS_MAX or not cursor.isascii():
        return None
    try:
        found = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:  # no base64, no UTF-8, no JSON
        return None
    if not isinstance(found, list) or len(found) != words + 1:
        return None
    if not all(isinstance(one, str) for one in found) or found[0] != _mark(question):
        return None
    return tuple(found[1:])


def _mark(question: str) -> str:
    return sha256(question.encode()).hexdigest()[:16]
