"""What was unknown in a message, in one word: by it refusals are counted and shown. Pure.

Reads what our own readers write into the detail of a refusal; must never know a format. The detail
itself stays beside it, so that a word read amiss costs a heading and nothing else.
"""

import re
from typing import Final

UNKNOWN: Final = "unknown-"
"""Begins the reasons of which somebody can make a list: words to be added to a profile."""
CODE_CHARS_MAX: Final = 100

_PLACE: Final = re.compile(r"^.*?, message \d+(?:, [^:]*)?: ", re.DOTALL)
"""Where a door found it: input, message, and the place in the words of the format."""
_QUOTED: Final = re.compile(
    r"""(?:([\w./-]+):? )?(?:no such kind \(found )?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
)


def code_of(reason: str, detail: str) -> str:
    """The unknown word with the name of its field, as `1001 '98'`; '' for reasons of other kinds
    and where none is quoted."""
    if not reason.startswith(UNKNOWN):
        return ""
    found = _QUOTED.search(_PLACE.sub("", detail))
    if found is None:
        return ""
    return " ".join(filter(None, found.groups()))[:CODE_CHARS_MAX]
