"""The body of an HTTP request, unpacked and within bounds. Knows no SQL."""

import gzip
import io
import zlib
from collections.abc import Callable

import lz4.frame

from portclock.standalone.clickhouse.compression import read_frame, zstd
from portclock.standalone.clickhouse.errors import (
    CORRUPTED_DATA,
    TOO_LARGE_SIZE,
    UNKNOWN_CODEC,
    BrokenStream,
    Disconnected,
)
from portclock.standalone.clickhouse.wire import Reader

_LINE_BYTES_MAX = 1024


def read_body(source: io.BufferedIOBase, headers: Callable[[str], str], bytes_max: int) -> bytes:
    """The bytes sent, as the headers tell: by length or in chunks, then unpacked.

    Raises BrokenStream when they are too many or make no sense.
    """
    if "chunked" in headers("Transfer-Encoding").lower():
        data = _chunks(source, bytes_max)
    else:
        data = _exactly(source, _length(headers("Content-Length"), bytes_max))
    return _unpacked(data, headers("Content-Encoding").lower(), bytes_max)


def unframed(data: bytes, bytes_max: int) -> bytes:
    """The body of `decompress=1`: frames as in the native protocol."""
    reader, parts, size = Reader.over(data), [b""], 0
    while reader.unread:
        parts.append(read_frame(reader, bytes_max)[1])
        size += len(parts[-1])
        _check(size, bytes_max)
    return b"".join(parts)


def _length(header: str, bytes_max: int) -> int:
    if header and not header.isdecimal():
        raise BrokenStream(CORRUPTED_DATA, "the Content-Length is not a number")
    length = int(header or 0)
    _check(length, bytes_max)
    return length


def _chunks(source: io.BufferedIOBase, bytes_max: int) -> bytes:
    out = bytearray()
    while length := _chunk_length(source):
        _check(len(out) + length, bytes_max)
        out += _exactly(source, length)
        source.readline(_LINE_BYTES_MAX)
    while source.readline(_LINE_BYTES_MAX).strip():
        continue  # trailers
    return bytes(out)


def _chunk_length(source: io.BufferedIOBase) -> int:
    line = source.readline(_LINE_BYTES_MAX)
    try:
        return int(line.partition(b";")[0], 16)
    except ValueError as error:
        raise BrokenStream(CORRUPTED_DATA, "a chunk of the body has no length") from error


def _exactly(source: io.BufferedIOBase, length: int) -> bytes:
    data = source.read(length)
    if len(data) < length:
        raise Disconnected
    return data


def _unpacked(data: bytes, encoding: str, bytes_max: int) -> bytes:
    if encoding in ("", "identity") or not data:
        return data
    try:
        unpacked = _unpackers(encoding)(data, bytes_max + 1)
    except BrokenStream:
        raise
    except Exception as error:
        raise BrokenStream(CORRUPTED_DATA, f"the body is not {encoding}") from error
    _check(len(unpacked), bytes_max)
    return unpacked


def _unpackers(encoding: str) -> Callable[[bytes, int], bytes]:
    match encoding:
        case "gzip":
            return lambda data, most: gzip.GzipFile(fileobj=io.BytesIO(data)).read(most)
        case "deflate":
            return lambda data, most: zlib.decompressobj().decompress(data, most)
        case "lz4":
            return lambda data, most: lz4.frame.LZ4FrameFile(io.BytesIO(data)).read(most)
        case "zstd":
            return lambda data, most: zstd().ZstdFile(io.BytesIO(data)).read(most)
    raise BrokenStream(UNKNOWN_CODEC, f"the Content-Encoding {encoding} is not known here")


def _check(size: int, bytes_max: int) -> None:
    if size > bytes_max:
        raise BrokenStream(TOO_LARGE_SIZE, f"a body of more than {bytes_max} bytes")
