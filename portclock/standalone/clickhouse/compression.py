"""Frames of compressed blocks: LZ4, ZSTD or none, under a CityHash checksum.

Knows the layout of one frame (checksum 16 bytes, method 1, sizes 4 and 4, body); knows nothing
of the blocks inside.
"""

import struct
from types import ModuleType

import lz4.block
from clickhouse_cityhash.cityhash import CityHash128

from portclock.standalone.clickhouse.errors import (
    CHECKSUM_MISMATCH,
    CORRUPTED_DATA,
    TOO_LARGE_SIZE,
    UNKNOWN_CODEC,
    BrokenStream,
)
from portclock.standalone.clickhouse.wire import Reader

LZ4, ZSTD, NONE = 0x82, 0x90, 0x02
_HEAD = struct.Struct("<BII")
_CHECKSUM_BYTES = 16
_FRAME_BYTES = 1 << 20


def read_frame(reader: Reader, bytes_max: int) -> tuple[int, bytes]:
    """The next frame: its method and what it holds, at most `bytes_max`.

    Raises BrokenStream for a wrong checksum, an unknown method, or sizes that do not agree.
    """
    checksum = reader.take(_CHECKSUM_BYTES)
    head = reader.take(_HEAD.size)
    method, size, unpacked_size = _HEAD.unpack(head)
    if not _HEAD.size <= size <= bytes_max or unpacked_size > bytes_max:
        raise BrokenStream(TOO_LARGE_SIZE, f"a compressed frame of more than {bytes_max} bytes")
    body = reader.take(size - _HEAD.size)
    if _checksum(head + body) != checksum:
        raise BrokenStream(CHECKSUM_MISMATCH, "the checksum of a compressed frame does not match")
    reader.drop()
    return method, _unpack(method, body, unpacked_size)


def write_frames(data: bytes, method: int) -> bytes:
    """The data in frames of at most 1 MiB each."""
    parts = (data[start : start + _FRAME_BYTES] for start in range(0, len(data), _FRAME_BYTES))
    return b"".join(_frame(part, method) for part in parts)


def _frame(part: bytes, method: int) -> bytes:
    body = _pack(method, part)
    frame = _HEAD.pack(method, len(body) + _HEAD.size, len(part)) + body
    return _checksum(frame) + frame


def _checksum(frame: bytes) -> bytes:
    number: int = CityHash128(frame)
    return struct.pack("<QQ", number >> 64, number & (1 << 64) - 1)


def _pack(method: int, part: bytes) -> bytes:
    if method == ZSTD:
        return bytes(zstd().compress(part))
    if method == NONE:
        return part
    return bytes(lz4.block.compress(part, store_size=False))


def _unpack(method: int, body: bytes, size: int) -> bytes:
    try:
        data = _unpacked(method, body, size)
    except BrokenStream:
        raise
    except Exception as error:
        raise BrokenStream(CORRUPTED_DATA, "a compressed frame cannot be unpacked") from error
    if len(data) != size:
        raise BrokenStream(CORRUPTED_DATA, "a compressed frame has not the size it tells")
    return data


def _unpacked(method: int, body: bytes, size: int) -> bytes:
    if method == LZ4:
        return bytes(lz4.block.decompress(body, uncompressed_size=size))
    if method == ZSTD:
        return bytes(zstd().ZstdDecompressor().decompress(body, size + 1))
    if method == NONE:
        return body
    raise BrokenStream(UNKNOWN_CODEC, f"the compression method 0x{method:02x} is not known here")


def zstd() -> ModuleType:
    """The zstd module, which is in no Python before 3.14 and is not asked for by default."""
    try:
        from backports import zstd as found
    except ImportError as error:
        raise BrokenStream(
            UNKNOWN_CODEC, "ZSTD needs the package backports.zstd; use LZ4 or install it"
        ) from error
    module: ModuleType = found
    return module
