"""Where the elements of a JSON array stand in its bytes.

A reader of JSON gives values without places. What was refused must be shown and sent again as it
came, so the places are found here, by brackets and commas alone. Must never know what a document
means.
"""

import re
from typing import Any, Final

import orjson

from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason

BYTES_MAX: Final = 32 * 2**20
"""How large one document may be: it is read at once."""

Span = tuple[int, int]

_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_TOKEN: Final = re.compile(_STRING + rb"(\s*:)?|[][{}]")
_TO_BRACKET: Final = re.compile(rb'[^][{}"]*(?:' + _STRING + rb'[^][{}"]*)*([][{}])')
_SCALAR: Final = re.compile(_STRING + rb"|[^\s,\]]+")
_BETWEEN: Final = re.compile(rb"[\s,]*")
_OPENING = b"{["


def parsed(data: bytes) -> Any:
    """The document as Python values. Raises Misread `out-of-bounds`, `empty` or `broken-json`."""
    if len(data) > BYTES_MAX:
        raise Misread(Trouble.OUT_OF_BOUNDS, f"{len(data)} bytes, more than {BYTES_MAX}")
    if not data.strip():
        raise Misread(Reason.EMPTY, "there is nothing in it")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Misread(Reason.BROKEN_JSON, str(error)) from error


def elements(data: bytes, path: tuple[str, ...] = ()) -> list[Span]:
    """The places of the elements of one array, without the blanks around them.

    `data` is sound JSON, and `path` are the keys that lead through objects to the array. Of keys
    that stand twice in one object the last counts, as for `orjson`. Empty where no array is there.
    """
    keys: list[bytes] = []
    found: list[Span] = []
    wanted = [_spelled(key) for key in path]
    here = 0
    while token := _TOKEN.search(data, here):
        here, sign = token.end(), token[0][:1]
        if sign == b'"':
            if token[1] and len(keys) <= len(wanted):
                keys[-1] = _spelled_in(token[0])
        elif sign == b"[" and keys == wanted:
            found, here = _inside(data, here)
        elif sign in _OPENING:
            keys.append(b"")
        else:
            keys.pop()
    return found


def _inside(data: bytes, here: int) -> tuple[list[Span], int]:
    """The places of the elements of the array that opened just before `here`, and where it ends."""
    found: list[Span] = []
    while True:
        here = _end(_BETWEEN, data, here)
        sign = data[here : here + 1]
        if sign in (b"]", b""):
            return found, here + 1
        end = _closed(data, here) if sign in _OPENING else _end(_SCALAR, data, here)
        found.append((here, end))
        here = end


def _closed(data: bytes, here: int) -> int:
    """Where the object or list ends that opens here."""
    depth = 0
    while bracket := _TO_BRACKET.match(data, here):
        here = bracket.end()
        depth += 1 if bracket[1] in _OPENING else -1
        if depth == 0:
            break
    return here


def _end(pattern: re.Pattern[bytes], data: bytes, here: int) -> int:
    found = pattern.match(data, here)
    return here if found is None else found.end()


def _spelled(key: str) -> bytes:
    return orjson.dumps(key)


def _spelled_in(token: bytes) -> bytes:
    """A key as `_spelled` spells it, however it was escaped."""
    key = token.rstrip(b": \t\r\n")
    return orjson.dumps(orjson.loads(key)) if b"\\" in key else key
