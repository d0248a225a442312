"""The messages that all peers read, and what is left out of the simulated traffic to make them.

They are the bytes of `portclock.traffic`, hostile feeds included, in the order of sending, except:
a message about many units comes as one message per unit, every message stands under its own unit's
key, and messages about places are left out, since those concern units in all partitions at once.
Our worker does all three by itself; peers would need a second topic each, and the comparison would
be one of those. Refused messages stay.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec
import orjson

from events.codec import decode, encode, names_many_units
from events.refusals import InvalidEvent
from events.vocabulary import UnitType
from load_tests.peers.engines.topic import PARTITIONS
from portclock.traffic.feed import SEED, Sent, traffic
from streams.plane.batches import partition_of

REPORTS_PER_VISIT = 10
"""Fewer than there are, so that there are always visits enough."""


class Message(NamedTuple):
    """One record: where it goes, its bytes, and its stamp in epoch milliseconds."""

    partition: int
    key: bytes
    value: bytes
    stamp_ms: int


@dataclass(slots=True)
class Accounts:
    """What was done to the traffic, by word."""

    counts: Counter[str] = field(default_factory=Counter)


def messages(count: int, accounts: Accounts, seed: int = SEED) -> list[Message]:
    """The first so many messages."""
    visits = count // REPORTS_PER_VISIT + 100
    return list(islice(prepared(traffic(visits, seed), accounts), count))


def prepared(sent: Iterable[Sent], accounts: Accounts) -> Iterator[Message]:
    """The same messages, each for one unit and in its partition."""
    for each in sent:
        stamp_ms = int(each.sent_at.timestamp() * 1000)
        try:
            events = decode(each.value, received_at=each.sent_at)
        except InvalidEvent:
            accounts.counts["refused"] += 1
            yield Message(partition_of(each.key, PARTITIONS), each.key, each.value, stamp_ms)
            continue
        many = names_many_units(orjson.loads(each.value))
        accounts.counts["split"] += many
        for event in events:
            if event.unit.type is UnitType.PLACE:
                accounts.counts["about a place"] += 1
                continue
            key = event.unit.id.encode()
            value = encode(event) if many else each.value
            yield Message(partition_of(key, PARTITIONS), key, value, stamp_ms)


def write(file: Path, made: list[Message]) -> None:
    """For engines that read no broker."""
    file.write_bytes(msgspec.msgpack.encode(made))


def write_lines(file: Path, made: list[Message]) -> int:
    """The accepted ones, one JSON object per line, for engines that read files."""
    lines = []
    for message in made:
        try:
            decode(message.value)
        except InvalidEvent:
            continue
        lines.append(message.value)
    file.write_bytes(b"\n".join(lines) + b"\n")
    return len(lines)
