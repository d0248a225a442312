"""How a history is written down: MessagePack with a version, for the table's changelog.

With it, in a part of its own, goes the visit under way in short (`timing.running`), so that a unit
that nobody reported for a while is judged on by the short road, and not all its reports anew. What
was written in another form, or under other rules, is left unread: the reports imply it. Must never
judge anything.
"""

import zlib
from typing import Final

import msgspec

from events.vocabulary import Category, Direction, Kind, Mode, Party, UnitType
from timing.history import History
from timing.roles import parts_of
from timing.rules import Rules
from timing.running import LAYOUT, WAITING, Booked, Fallen, Live, Stay, away, shared, stated
from timing.stages import CHAINS, STAGES
from timing.visits import Traits

VERSION = 2
SHORT_VERSION: Final = 1
"""Raised whenever what is written in short, or how the law reads it, means something else."""
UNREAD: Final = 0
"""The form of whoever neither writes nor reads anything in short."""


class UnreadableHistory(Exception):
    """A state row cannot be read; raised rather than skipped, since a lost row is a lost visit."""


class _Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Rows written before there was a short part have none; readers of that time pass it over."""

    version: int
    key: str
    unit_type: UnitType
    body: bytes
    watermark: int
    settled_until: int
    register: str
    form: int = UNREAD
    short: bytes = b""


_Traits = tuple[
    Mode,
    Direction | None,
    str | None,
    str | None,
    bool | None,
    Category | None,
    int | None,
    int | None,
]
"""What `Traits` has, in its order. Its module is compiled, and of the types of what is compiled no
more is known than that they are types; whoever decodes has to say them again."""


class _Short(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What `Live` and `Stay` have, less what follows from the traits. `opened` is the visit's id
    without the key of its unit; empty where there is no visit."""

    due_at: int
    opened: str
    traits: _Traits
    since: int
    entered_at: int | None
    closed_at: int | None
    calls_at: int
    held_until: int
    fallen: Fallen
    booked: Booked
    ahead: int
    last_at: int
    last_rank: int
    seen: int
    running: bytes
    done: bytes
    turns: bytes
    soonest: int


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Row).decode
_decode_short = msgspec.msgpack.Decoder(_Short).decode


def form_of(rules: Rules) -> int:
    """A number that stands for all that the short part depends on: under other limits, other
    waiting times, or other tables of stages and kinds it is another. Where work at a port stands
    still is not in it: whoever changes that judges the units of the port again."""
    depends = (
        SHORT_VERSION, LAYOUT, list(Kind), list(Mode), list(Party), STAGES, CHAINS,
        rules.patience, rules.register.fingerprint,
    )  # fmt: skip
    return zlib.crc32(msgspec.json.encode(depends, order="deterministic")) or 1


def pack(history: History, form: int = UNREAD) -> bytes:
    """Write a history down. What can be computed again is left out but for the visit in short,
    which is written in this form; in none where it is UNREAD."""
    live, due_at = history.live, history.due_at
    short = b""
    if form != UNREAD and live is not None and due_at is not None:
        short = _encode(_shortened(history.key, due_at, live))
    row = _Row(
        VERSION, history.key, history.unit_type, history.body, history.watermark,
        history.settled_until, history.register, form if short else UNREAD, short,
    )  # fmt: skip
    return _encode(row)


def unpack(data: bytes, form: int = UNREAD) -> History:
    """Read a history back, with its visit in short if that was written in this form. Raises
    UnreadableHistory."""
    try:
        row = _decode(data)
        if row.version != VERSION:
            said = f"state row of version {row.version}; this program reads {VERSION}"
            raise UnreadableHistory(said)
        due_at, live = None, None
        if row.form == form != UNREAD:
            due_at, live = _restored(row.key, _decode_short(row.short))
        return History(
            row.key, row.unit_type, row.body, row.watermark, row.settled_until, row.register,
            due_at, live,
        )  # fmt: skip
    except msgspec.MsgspecError as error:
        raise UnreadableHistory(f"state row of {len(data)} bytes: {error}") from error


def _shortened(key: str, due_at: int, live: Live) -> _Short:
    stay = live.stay
    return _Short(
        due_at, stay.visit_id[len(key) :], stay.traits, stay.since, stay.entered_at, stay.closed_at,
        stay.due_at, stay.held_until, stay.fallen, stay.booked, stay.ahead, live.last_at,
        live.last_rank, live.seen, live.running, live.done, live.turns, live.soonest,
    )  # fmt: skip


def _restored(key: str, short: _Short) -> tuple[int, Live]:
    """When to look again, and the very same visit in short."""
    if not short.opened:
        if short.last_at == WAITING.last_at:
            return short.due_at, WAITING
        return short.due_at, away(short.calls_at, short.ahead, short.last_at, short.last_rank)
    traits = shared(Traits(*short.traits))
    stay = Stay(
        key + short.opened, traits, parts_of(traits.mode, traits.direction, traits.laden),
        stated(traits), short.since, short.entered_at, short.closed_at, short.calls_at,
        short.held_until, short.fallen, short.booked, short.ahead,
    )  # fmt: skip
    return short.due_at, Live(
        stay, short.last_at, short.last_rank, short.seen, short.running, short.done, short.turns,
        short.soonest,
    )  # fmt: skip
