"""Keys go where every default partitioner puts them, hashed one by one or together."""

from collections.abc import Iterator

import pytest
from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given, settings
from hypothesis import strategies as st
from kafka.partitioner import murmur2

from streams.plane import partitioner
from streams.plane.partitioner import learn, partition_of


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    partitioner._hashes.clear()
    yield
    partitioner._hashes.clear()


@given(st.binary(max_size=80), st.integers(1, 64))
def test_keys_go_where_the_default_partitioners_put_them(key: bytes, partitions: int) -> None:
    everywhere = list(range(partitions))

    assert partition_of(key, partitions) == DefaultPartitioner()(key, everywhere, everywhere)
    assert partition_of(key, partitions) == (murmur2(key) & 0x7FFFFFFF) % partitions


@settings(deadline=None)  # The first array takes as long as a thousand.
@given(st.integers(0, 40), st.data())
def test_hashed_together_they_go_to_the_same_places(length: int, data: st.DataObject) -> None:
    alike = data.draw(st.sets(st.binary(min_size=length, max_size=length), max_size=40))
    others = data.draw(st.sets(st.binary(max_size=60), max_size=20))
    partitioner._hashes.clear()
    learn(alike | others)

    for key in alike | others:
        assert partition_of(key, 1 << 31) == murmur2(key) & 0x7FFFFFFF


def test_many_keys_of_one_length_are_hashed_together(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {b"CSNU%07d" % n for n in range(1_000)}
    expected = {key: (murmur2(key) & 0x7FFFFFFF) % 8 for key in keys}
    monkeypatch.delattr(partitioner, "murmur2")
    learn(keys)

    assert {key: partition_of(key, 8) for key in keys} == expected


def test_the_memory_of_keys_is_bounded_and_forgetting_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(partitioner, "KEYS_MAX", 50)
    for first in range(0, 300, 30):
        learn({b"CSNU%07d" % n for n in range(first, first + 30)})
        assert len(partitioner._hashes) <= 50
    for n in range(300):
        key = b"CSNU%07d" % n
        assert partition_of(key, 8) == (murmur2(key) & 0x7FFFFFFF) % 8
        assert len(partitioner._hashes) <= 50
