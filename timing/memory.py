"""How a history is written down: MessagePack with a version, for the table's changelog."""

import msgspec

from events.vocabulary import UnitType
from timing.history import History

VERSION = 2


class UnreadableHistory(Exception):
    """A state row cannot be read; raised rather than skipped, since a lost row is a lost visit."""


class _Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    version: int
    key: str
    unit_type: UnitType
    body: bytes
    watermark: int
    settled_until: int
    register: str


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Row).decode


def pack(history: History) -> bytes:
    """Write a history down, without what can be computed again."""
    row = _Row(
        VERSION, history.key, history.unit_type, history.body,
        history.watermark, history.settled_until, history.register,
    )  # fmt: skip
    return _encode(row)


def unpack(data: bytes) -> History:
    """Read a history back. Raises UnreadableHistory."""
    try:
        row = _decode(data)
        history = History(
            row.key, row.unit_type, row.body, row.watermark, row.settled_until, row.register
        )
    except msgspec.MsgspecError as error:
        raise UnreadableHistory(f"state row of {len(data)} bytes: {error}") from error
    if row.version != VERSION:
        raise UnreadableHistory(f"state row of version {row.version}; this program reads {VERSION}")
    return history
