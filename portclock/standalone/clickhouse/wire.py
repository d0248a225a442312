"""The alphabet of the native protocol: varints, strings, and a reader with a bound.

Knows no packet, no block and no socket.
"""

import struct
from collections.abc import Callable

from portclock.standalone.clickhouse.errors import (
    CORRUPTED_DATA,
    TOO_LARGE_SIZE,
    BrokenStream,
    Disconnected,
)

_VARINT_SHIFT_MAX = 63


def varint(number: int) -> bytes:
    """A number in groups of seven bits, the lowest first."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def text(value: str | bytes) -> bytes:
    """A string: its length in bytes as a varint, then the bytes."""
    data = value.encode() if isinstance(value, str) else value
    return varint(len(data)) + data


def _length_at(buffer: bytearray, position: int) -> tuple[int, int]:
    """A varint in a buffer and where it ends; IndexError when its end is not there yet."""
    number = 0
    for shift in range(0, _VARINT_SHIFT_MAX + 1, 7):
        byte = buffer[position]
        position += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, position
    raise BrokenStream(CORRUPTED_DATA, "a number on the wire has more than 64 bits")


class Reader:
    """Reads from a source of bytes and keeps what it has read until `drop`.

    So `since(start)` gives the raw bytes of whatever was parsed after `start`. Between two drops
    it holds `bytes_max` at the most; more raises BrokenStream. The end of the source raises
    Disconnected.
    """

    def __init__(self, more: Callable[[], bytes], bytes_max: int) -> None:
        self._more = more
        self._bytes_max = bytes_max
        self._buffer = bytearray()
        self.position = 0

    @classmethod
    def over(cls, data: bytes) -> "Reader":
        """A reader of bytes that are all there."""
        reader = cls(lambda: b"", len(data))
        reader._buffer = bytearray(data)
        return reader

    @property
    def unread(self) -> bool:
        """Whether bytes wait in the buffer."""
        return self.position < len(self._buffer)

    def drop(self) -> None:
        """Forget what was read; positions start at zero again."""
        del self._buffer[: self.position]
        self.position = 0

    def since(self, start: int) -> bytes:
        """The raw bytes from a position to here."""
        return bytes(memoryview(self._buffer)[start : self.position])

    def take(self, length: int) -> bytes:
        """The next bytes."""
        start = self.position
        self.skip(length)
        return self.since(start)

    def skip(self, length: int) -> None:
        """Pass over bytes."""
        self._fill(self.position + length)
        self.position += length

    def byte(self) -> int:
        """One byte."""
        self.skip(1)
        return self._buffer[self.position - 1]

    def uint64(self) -> int:
        """Eight bytes, little end first."""
        number: int = struct.unpack("<Q", self.take(8))[0]
        return number

    def varint(self) -> int:
        """A number of at most 64 bits, written by `varint`."""
        number = 0
        for shift in range(0, _VARINT_SHIFT_MAX + 1, 7):
            byte = self.byte()
            number |= (byte & 127) << shift
            if byte < 128:
                return number
        raise BrokenStream(CORRUPTED_DATA, "a number on the wire has more than 64 bits")

    def text_bytes(self, bytes_max: int) -> bytes:
        """A string as bytes; a longer one than `bytes_max` raises BrokenStream."""
        length = self.varint()
        if length > bytes_max:
            raise BrokenStream(
                TOO_LARGE_SIZE, f"a string of {length} bytes where {bytes_max} are allowed"
            )
        return self.take(length)

    def text(self, bytes_max: int) -> str:
        """A string; what is not UTF-8 in it is replaced."""
        return self.text_bytes(bytes_max).decode("utf-8", "replace")

    def skip_texts(self, count: int) -> None:
        """Pass over that many strings: the one loop that runs once for each row."""
        buffer, position = self._buffer, self.position
        while count:
            try:
                length, after = buffer[position], position + 1
                if length > 127:
                    length, after = _length_at(buffer, position)
                position = after + length
                count -= 1
            except IndexError:
                self._fill(max(position, len(buffer)) + 1)
        self._fill(position)
        self.position = position

    def _fill(self, upto: int) -> None:
        if upto > self._bytes_max:
            raise BrokenStream(
                TOO_LARGE_SIZE, f"a packet of more than {self._bytes_max} bytes; send less at once"
            )
        while len(self._buffer) < upto:
            chunk = self._more()
            if not chunk:
                raise Disconnected
            self._buffer += chunk
