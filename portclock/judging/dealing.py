"""Dealing: whose a message is, and whose a unit. Pure.

A unit belongs to one share by its id, so that its reports come together. A message goes to a share
by its bytes alone, before anybody reads it: a guess at the unit that it names. A wrong guess costs
time and nothing else, since whoever reads it hands on what it says of units that are not his own.
"""

import re
from typing import Final
from zlib import crc32

_ID: Final = b'"id":"'
_ANY_ID: Final = re.compile(rb'"id"\s*:\s*"([^"]*)"')


def share_of_unit(unit_id: str, shares: int) -> int:
    """The number of the share, from 0, that judges a unit; the same in every process."""
    return crc32(unit_id.encode("utf-8", "surrogatepass")) % shares


def share_of_line(line: bytes, shares: int) -> int:
    """The number of the share that reads a message: as a rule the one that judges its unit."""
    begin = line.find(_ID)
    if begin >= 0:
        begin += len(_ID)
        return crc32(line[begin : line.find(b'"', begin)]) % shares
    spaced = _ANY_ID.search(line)
    return crc32(spaced[1] if spaced else line) % shares
