"""The body of a request, in every packing and never beyond its bound."""

import gzip
import io
import zlib

import lz4.frame
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from portclock.standalone.clickhouse.compression import LZ4, write_frames
from portclock.standalone.clickhouse.errors import BrokenStream, Disconnected
from portclock.standalone.clickhouse.http_body import read_body, unframed

BYTES_MAX = 10_000
PACKINGS = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "lz4": lz4.frame.compress,
    "zstd": zstd.compress,
}


def body(data: bytes, **headers: str) -> bytes:
    """Read a body under these headers."""
    known = {name.replace("_", "-"): value for name, value in headers.items()}
    return read_body(io.BytesIO(data), lambda name: known.get(name, ""), BYTES_MAX)


def refused(data: bytes, **headers: str) -> int:
    """The code with which a body is refused."""
    with pytest.raises(BrokenStream) as caught:
        body(data, **headers)
    return caught.value.code


@given(st.binary(max_size=BYTES_MAX), st.sampled_from(sorted(PACKINGS)))
def test_what_goes_in_comes_out(data: bytes, encoding: str) -> None:
    packed = bytes(PACKINGS[encoding](data))
    length = str(len(packed))
    assert body(packed, Content_Length=length, Content_Encoding=encoding) == data


@given(st.lists(st.binary(min_size=1, max_size=90), max_size=9))
def test_chunks_are_put_together(chunks: list[bytes]) -> None:
    sent = b"".join(f"{len(one):x};a=b\r\n".encode() + one + b"\r\n" for one in chunks)
    sent += b"0\r\nTrailer: x\r\n\r\nnext request"
    assert body(sent, Transfer_Encoding="chunked") == b"".join(chunks)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "lz4", "zstd"])
def test_a_small_body_cannot_become_a_large_one(encoding: str) -> None:
    bomb = bytes(PACKINGS[encoding](bytes(BYTES_MAX + 1)))
    assert len(bomb) < BYTES_MAX
    assert refused(bomb, Content_Length=str(len(bomb)), Content_Encoding=encoding) == 307


def test_a_body_out_of_bounds_is_refused_before_it_is_read() -> None:
    assert refused(b"", Content_Length=str(BYTES_MAX + 1)) == 307
    assert refused(f"{BYTES_MAX + 1:x}\r\n".encode(), Transfer_Encoding="chunked") == 307


@pytest.mark.parametrize(
    ("data", "headers", "code"),
    [
        (b"x", {"Content_Length": "-1"}, 246),
        (b"x", {"Content_Length": "one"}, 246),
        (b"zz\r\n", {"Transfer_Encoding": "chunked"}, 246),
        (b"x", {"Content_Length": "1", "Content_Encoding": "gzip"}, 246),
        (b"x", {"Content_Length": "1", "Content_Encoding": "br"}, 432),
    ],
)
def test_what_makes_no_sense_is_refused(data: bytes, headers: dict[str, str], code: int) -> None:
    assert refused(data, **headers) == code


def test_a_body_that_ends_early_is_a_disconnection() -> None:
    with pytest.raises(Disconnected):
        body(b"half", Content_Length="8")


def test_frames_of_the_native_protocol_are_opened_within_bounds() -> None:
    assert unframed(write_frames(b"a" * 50, LZ4), 100) == b"a" * 50
    with pytest.raises(BrokenStream):
        unframed(write_frames(b"a" * 80, LZ4) * 2, 100)
