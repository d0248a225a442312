"""Numbers and strings on the wire, in whatever pieces they come."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portclock.standalone.clickhouse.errors import BrokenStream, Disconnected
from portclock.standalone.clickhouse.wire import Reader, text, varint

BYTES_MAX = 1 << 20


def in_pieces(data: bytes, size: int) -> Callable[[], bytes]:
    """A source that gives the data piece by piece, then its end."""
    pieces = iter([data[start : start + size] for start in range(0, len(data), size)])
    return lambda: next(pieces, b"")


@given(st.integers(0, (1 << 64) - 1), st.integers(1, 11))
def test_a_number_comes_back(number: int, piece: int) -> None:
    reader = Reader(in_pieces(varint(number), piece), BYTES_MAX)
    assert reader.varint() == number
    assert not reader.unread


@given(st.lists(st.binary(max_size=300), max_size=20), st.integers(1, 100))
def test_strings_come_back_whatever_their_bytes(values: list[bytes], piece: int) -> None:
    reader = Reader(in_pieces(b"".join(map(text, values)), piece), BYTES_MAX)
    assert [reader.text_bytes(1000) for _ in values] == values


@given(st.lists(st.binary(max_size=300), max_size=20), st.integers(1, 100))
def test_passing_over_strings_ends_where_reading_them_ends(values: list[bytes], piece: int) -> None:
    column = b"".join(map(text, values))
    reader = Reader(in_pieces(column + b"after", piece), BYTES_MAX)
    reader.skip_texts(len(values))
    assert reader.since(0) == column
    assert reader.take(5) == b"after"


@pytest.mark.parametrize("read", [Reader.varint, lambda reader: reader.skip_texts(1)])
def test_a_number_of_more_than_64_bits_is_refused(read: Callable[[Reader], object]) -> None:
    with pytest.raises(BrokenStream, match="64 bits"):
        read(Reader(in_pieces(b"\xff" * 11 + b"\x01", 100), BYTES_MAX))


@pytest.mark.parametrize("length", [101, 1 << 60])
def test_more_than_the_bound_is_refused_before_it_is_waited_for(length: int) -> None:
    def never() -> bytes:
        raise AssertionError("asked for bytes beyond the bound")

    with pytest.raises(BrokenStream, match="more than 100 bytes"):
        Reader(never, 100).skip(length)


def test_a_column_of_strings_cannot_outgrow_the_bound() -> None:
    with pytest.raises(BrokenStream, match="more than 100 bytes"):
        Reader(lambda: b"\0" * 64, 100).skip_texts(1 << 60)


def test_a_longer_string_than_expected_is_refused() -> None:
    with pytest.raises(BrokenStream, match="5 bytes where 4"):
        Reader(in_pieces(text("12345"), 9), BYTES_MAX).text(4)


@pytest.mark.parametrize("read", [Reader.byte, Reader.varint, Reader.uint64])
def test_the_end_of_the_source_is_a_disconnection(read: Callable[[Reader], object]) -> None:
    with pytest.raises(Disconnected):
        read(Reader(lambda: b"", BYTES_MAX))


def test_what_is_dropped_no_longer_counts_against_the_bound() -> None:
    reader = Reader(lambda: b"\x07" * 60, 100)
    for _ in range(10):
        assert reader.take(90) == b"\x07" * 90
        reader.drop()


def test_what_is_no_utf8_is_shown_as_such() -> None:
    assert Reader.over(text(b"a\xff")).text(10) == "a\ufffd"
