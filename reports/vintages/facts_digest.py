"""The hash of a vintage's frozen facts: one for the database and for plain Python alike.

A tree of two levels, so that the order in which facts are read does not matter and the engine finds
it in bounded memory. A leaf is the SHA-256 of one fact; the leaves are dealt into 256 rooms by
their first byte; the hash of a room is that of its leaves, sorted and joined; the hash of all is
that of the rooms' hashes, joined in order, rooms without a leaf left out.

A fact is written as its fields, each as `<length in bytes>:<text>`; a list is its members so
written, each a field of its own again. Lengths make the writing unambiguous.
"""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256

from reports.facts import FrozenFact
from reports.vintages.asks import Frozen


def frozen_of(facts: Iterable[FrozenFact]) -> Frozen:
    """Number and hash of some facts, in any order."""
    rooms: dict[int, list[bytes]] = defaultdict(list)
    for fact in facts:
        leaf = leaf_of(fact)
        rooms[leaf[0]].append(leaf)
    number = sum(map(len, rooms.values()))
    hashes = (sha256(b"".join(sorted(rooms[first]))).digest() for first in sorted(rooms))
    return Frozen(number, sha256(b"".join(hashes)).hexdigest())


def leaf_of(fact: FrozenFact) -> bytes:
    """The hash of one fact."""
    return sha256(written(tuple(fact))).digest()


def written(value: object) -> bytes:
    """A value as it is hashed: a whole number or a text as itself, a list as its members."""
    if isinstance(value, tuple):
        members = [written(one) for one in value]
        return b"".join(b"%d:%s" % (len(member), member) for member in members)
    if isinstance(value, bool):
        return b"1" if value else b"0"
    return str(value).encode()
