"""Frames come back whole, and whatever is wrong with one is found."""

import struct
import sys

import pytest
from clickhouse_cityhash.cityhash import CityHash128
from hypothesis import given
from hypothesis import strategies as st

from portclock.standalone.clickhouse.compression import (
    LZ4,
    NONE,
    ZSTD,
    read_frame,
    write_frames,
)
from portclock.standalone.clickhouse.errors import (
    CHECKSUM_MISMATCH,
    CORRUPTED_DATA,
    TOO_LARGE_SIZE,
    UNKNOWN_CODEC,
    BrokenStream,
)
from portclock.standalone.clickhouse.wire import Reader

BYTES_MAX = 1 << 22
METHODS = [LZ4, ZSTD, NONE]


def refused(frame: bytes) -> int:
    """The code with which a frame is refused."""
    with pytest.raises(BrokenStream) as caught:
        read_frame(Reader.over(frame), BYTES_MAX)
    return caught.value.code


def frame_of(method: int, body: bytes, unpacked_size: int) -> bytes:
    """A frame with a right checksum, whatever is in it."""
    frame = struct.pack("<BII", method, len(body) + 9, unpacked_size) + body
    number = CityHash128(frame)
    return struct.pack("<QQ", number >> 64, number & (1 << 64) - 1) + frame


@given(st.binary(min_size=1, max_size=4000), st.sampled_from(METHODS))
def test_what_goes_in_comes_out(data: bytes, method: int) -> None:
    assert read_frame(Reader.over(write_frames(data, method)), BYTES_MAX) == (method, data)


@pytest.mark.parametrize("method", METHODS)
def test_long_data_take_several_frames(method: int) -> None:
    data = bytes(range(256)) * 10_000
    reader = Reader.over(write_frames(data, method))
    parts = []
    while reader.unread:
        parts.append(read_frame(reader, BYTES_MAX)[1])
    assert len(parts) == 3
    assert b"".join(parts) == data


@given(st.integers(0, 10_000))
def test_one_changed_byte_is_found(at: int) -> None:
    frame = bytearray(write_frames(b"a box at the gate " * 9, LZ4))
    frame[at % len(frame)] ^= 1
    assert refused(bytes(frame)) in (CHECKSUM_MISMATCH, TOO_LARGE_SIZE)


def test_an_unknown_method_is_refused() -> None:
    assert refused(frame_of(0x99, b"x", 1)) == UNKNOWN_CODEC


@pytest.mark.parametrize(
    ("method", "body"), [(LZ4, b"\xff\xff"), (ZSTD, b"no zstd"), (NONE, b"abc")]
)
def test_a_body_that_does_not_unpack_to_its_size_is_refused(method: int, body: bytes) -> None:
    assert refused(frame_of(method, body, 2)) == CORRUPTED_DATA


def test_a_small_frame_cannot_become_a_large_one() -> None:
    bomb = write_frames(bytes(1 << 20), ZSTD)
    told_small = frame_of(ZSTD, bomb[25:], 10)
    assert len(bomb) < 1000
    assert refused(told_small) == CORRUPTED_DATA


@pytest.mark.parametrize("sizes", [(BYTES_MAX + 1, 1), (20, BYTES_MAX + 1), (3, 1)])
def test_sizes_out_of_bounds_are_refused_before_anything_is_read(sizes: tuple[int, int]) -> None:
    assert refused(bytes(16) + struct.pack("<BII", LZ4, *sizes)) == TOO_LARGE_SIZE


def test_without_its_package_zstd_is_refused_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = write_frames(b"x", ZSTD)
    monkeypatch.setitem(sys.modules, "backports.zstd", None)
    monkeypatch.delattr("backports.zstd", raising=False)
    with pytest.raises(BrokenStream, match=r"backports\.zstd"):
        read_frame(Reader.over(frame), BYTES_MAX)
