"""The normal form of a plain event, and its row, without a model: the same bytes as by `encode`.

Plain is what one sender says of one unit in fields that the contract knows, without what is free in
its shape (`extra`) or has two spellings (`scope`). Whether it is an event is asked of the reader of
the contract; here it is only written anew. Whatever is not plain is left to the model: None. A row
costs 8 us this way and 60 by the model. Must never know a table, a topic or a store.
"""

from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

import msgspec
from msgspec import MsgspecError, Struct

from events.instants import from_epoch, instant_text
from events.reading import gist_of

MOMENTS_KEPT: Final = 50_000
"""How many seconds are remembered as instants and texts, in 10 MB."""

_Row = tuple[Any, ...]


class _Shape(Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Fields in the order of the normal form; null and absent are one, and neither is written."""


class _Unit(_Shape):
    type: str
    id: str


class _Place(_Shape):
    port: str
    facility: str | None = None
    spot: str | None = None


class _Cargo(_Shape):
    size_type: str | None = None
    laden: bool | None = None
    category: str | None = None
    weight_kg: int | None = None


class _Customs(_Shape):
    declaration: str | None = None
    advance: bool | None = None
    channel: str | None = None
    trader: str | None = None


class _Refs(_Shape):
    voyage: str | None = None
    service: str | None = None
    train: str | None = None
    bill: str | None = None
    truck: str | None = None
    operator: str | None = None


class PlainEvent(_Shape):
    """As Event, less `scope` and `extra`."""

    event_id: str
    source: str
    kind: str
    unit: _Unit
    place: _Place
    mode: str
    occurred_at: str
    direction: str | None = None
    recorded_at: str | None = None
    precision: str | None = None
    cargo: _Cargo | None = None
    customs: _Customs | None = None
    refs: _Refs | None = None
    at: str | None = None
    until: str | None = None
    journey_s: int | None = None
    party: str | None = None
    reason: str | None = None
    supersedes: str | None = None
    retracts: str | None = None


class _Moments(dict[int, tuple[datetime, str]]):
    """An epoch second as an instant and as the wire has it."""

    def __missing__(self, second: int) -> tuple[datetime, str]:
        if len(self) >= MOMENTS_KEPT:
            self.clear()
        moment = self[second] = from_epoch(second), instant_text(second)
        return moment


_moments: Final = _Moments()
_decode: Final = msgspec.json.Decoder(PlainEvent).decode
_encode: Final = msgspec.json.Encoder().encode


def plain_row(value: bytes, received_s: int | None, version: int) -> _Row | None:
    """A row of `events`, its fields as of EventRow, or None: let the model read it.

    `received_s` is the second in which the message was taken, if known.
    """
    told = plain_told(value, received_s, version)
    return None if told is None else told[0]


def plain_told(
    value: bytes, received_s: int | None, version: int
) -> tuple[_Row, str | None] | None:
    """The same row, and the facility where it happened, which has no column there."""
    gist = gist_of(value, received_s)
    if gist is None:
        return None
    try:
        said = _decode(value)
    except MsgspecError:
        return None
    occurred_at, said.occurred_at = _moments[gist.occurred_s]
    recorded_at = None
    if gist.recorded_s is not None:
        recorded_at, said.recorded_at = _moments[gist.recorded_s]
    if gist.at_s is not None:
        said.at = _moments[gist.at_s][1]
    if gist.until_s is not None:
        said.until = _moments[gist.until_s][1]
    said.precision = said.precision or "second"
    message = _encode(said)
    row = (
        said.place.port, said.unit.type, said.unit.id, occurred_at, said.source, said.event_id,
        int.from_bytes(blake2b(message, digest_size=8).digest(), "big"),
        said.kind, said.mode, recorded_at, message, version,
    )  # fmt: skip
    return row, said.place.facility
