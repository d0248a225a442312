"""Where a key goes: the default partitioner of Kafka's clients, for a run of keys at once.

Hashing in plain Python costs 2 us for a container's number and 6 us for a visit's id; over the keys
of a run together 0.1 us each. Knows bytes only. The hash is murmur2 as Java's client has it; the
tests hold it against two other clients.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
from aiokafka.partitioner import murmur2

KEYS_MAX: Final = 262_144
"""Hashes kept at most: then all are forgotten, and those in use are hashed again."""

_SEED: Final = 0x9747B28C
_FACTOR: Final = np.uint32(0x5BD1E995)
_POSITIVE: Final = 0x7FFFFFFF
_FEW: Final = 12
"""So many keys of one length are hashed faster one by one."""

_hashes: dict[bytes, int] = {}


def partition_of(key: bytes, partitions: int) -> int:
    """Where the default partitioners of Java, kafka-python and aiokafka put a key."""
    hashed = _hashes.get(key)
    if hashed is None:
        hashed = int(murmur2(key) & _POSITIVE)
        _keep({key: hashed})
    return hashed % partitions


def learn(keys: set[bytes]) -> None:
    """Hash those keys that are new together, so that `partition_of` need not do it one by one."""
    by_length: defaultdict[int, list[bytes]] = defaultdict(list)
    for key in keys.difference(_hashes):
        by_length[len(key)].append(key)
    for length, alike in by_length.items():
        if length and len(alike) > _FEW:
            _keep(dict(zip(alike, _hashed(alike, length), strict=True)))


def _keep(hashes: dict[bytes, int]) -> None:
    if len(_hashes) + len(hashes) > KEYS_MAX:
        _hashes.clear()
    _hashes.update(hashes)


def _hashed(keys: Iterable[bytes], length: int) -> list[int]:
    """murmur2 of keys of one length: four bytes of all keys at a time, then what is left over."""
    table = np.frombuffer(b"".join(keys), np.uint8).reshape(-1, length)
    words, rest = divmod(length, 4)
    mixed = np.ascontiguousarray(table[:, : words * 4]).view("<u4").astype(np.uint32) * _FACTOR
    mixed ^= mixed >> np.uint32(24)
    mixed *= _FACTOR
    found: npt.NDArray[np.uint32] = np.full(len(table), _SEED ^ length, np.uint32)
    for word in range(words):
        found *= _FACTOR
        found ^= mixed[:, word]
    for byte in range(rest):
        found ^= table[:, words * 4 + byte].astype(np.uint32) << np.uint32(8 * byte)
    if rest:
        found *= _FACTOR
    found ^= found >> np.uint32(13)
    found *= _FACTOR
    found ^= found >> np.uint32(15)
    hashes: list[int] = (found & np.uint32(_POSITIVE)).tolist()
    return hashes
