"""The character sets of UNB (data element 0001), as Python names them.

ISO 9735: UNOA to UNOL are single-byte sets, UNOW and UNOY are ISO 10646, which partners send as
UTF-8; UNOX shifts between sets by escape sequences (ISO 2022). Knows names only; whether a text
keeps to the letters of its set is not asked: UNOA with small letters is common and harmless.
https://service.unece.org/trade/untdid/texts/d423.htm
"""

from types import MappingProxyType
from typing import Final

CHARSETS: Final = MappingProxyType(
    {
        "UNOA": "ascii", "UNOB": "ascii", "UNOC": "iso8859-1", "UNOD": "iso8859-2",
        "UNOE": "iso8859-5", "UNOF": "iso8859-7", "UNOG": "iso8859-3", "UNOH": "iso8859-4",
        "UNOI": "iso8859-6", "UNOJ": "iso8859-8", "UNOK": "iso8859-9", "UNOL": "iso8859-15",
        "UNOW": "utf-8", "UNOX": "ascii", "UNOY": "utf-8",
    }
)  # fmt: skip
"""What a set is read as. An escape in UNOX could hide a separator inside a character, so that its
bytes are read as far as they are plain, and refused beyond."""

MULTIBYTE: Final = frozenset({"utf-8", "gb18030", "gbk"})
"""What a profile may say instead, where a partner names one set and sends another."""

_GB: Final = frozenset({"gb18030", "gbk"})
_TRAILING: Final = frozenset({*range(0x30, 0x3A), *range(0x40, 0x7F)})
"""Bytes of ASCII that may be the second or the fourth of a character of GB 18030."""


def may_stand_within(character: str, charset: str) -> bool:
    """Whether this character's byte may be part of another character, and so parts nothing."""
    return charset in _GB and ord(character) in _TRAILING
