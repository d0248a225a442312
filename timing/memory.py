"""How a history is written down: MessagePack with a version, for the table's changelog."""

import msgspec

from events.envelope import Unit
from events.vocabulary import UnitType
from timing.history import History
from timing.observation import Observation

VERSION = 1


class UnreadableHistory(Exception):
    """A state row cannot be read; raised rather than skipped, since a lost row is a lost visit."""


class _Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    version: int
    key: str
    unit_type: UnitType
    unit_id: str
    reports: tuple[Observation, ...]
    watermark: int
    settled_until: int
    register: str


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Row).decode


def pack(history: History) -> bytes:
    """Write a history down, without what can be computed again."""
    unit = history.unit
    row = _Row(
        VERSION, history.key, unit.type, unit.id, history.reports,
        history.watermark, history.settled_until, history.register,
    )  # fmt: skip
    return _encode(row)


def unpack(data: bytes) -> History:
    """Read a history back. Raises UnreadableHistory."""
    try:
        row = _decode(data)
    except msgspec.MsgspecError as error:
        raise UnreadableHistory(f"state row of {len(data)} bytes: {error}") from error
    if row.version != VERSION:
        raise UnreadableHistory(f"state row of version {row.version}; this program reads {VERSION}")
    unit = Unit(type=row.unit_type, id=row.unit_id)
    return History(row.key, unit, row.reports, row.watermark, row.settled_until, row.register)
