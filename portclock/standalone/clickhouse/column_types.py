"""How long a column is on the wire, found by walking it after its type.

A block has no length in front of it, so to find its end each column is passed over. Knows the
layout of FORMAT Native for every type that can be inserted; must never look at a value.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from portclock.standalone.clickhouse.errors import CORRUPTED_DATA, UNKNOWN_TYPE, BrokenStream
from portclock.standalone.clickhouse.wire import Reader

Column = tuple[str, str]
"""A column's name and type."""

_DEPTH_MAX = 32
_HAS_OWN_KEYS = 0x200
_INDEX_SIZE_MAX = 3


class UnknownType(BrokenStream):
    """A type whose columns cannot be walked, so that the end of its block cannot be found."""

    def __init__(self, name: str) -> None:
        super().__init__(UNKNOWN_TYPE, f"the type {name[:200]} cannot be sent to this server")


class Layout(Protocol):
    """How the values of one type lie on the wire."""

    def skip_prefix(self, reader: Reader) -> None:
        """Pass over what stands once before the column."""

    def skip(self, reader: Reader, rows: int) -> None:
        """Pass over that many values."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Values of one size in bytes."""

    size: int

    def skip_prefix(self, reader: Reader) -> None:
        """Nothing."""

    def skip(self, reader: Reader, rows: int) -> None:
        """`rows` times the size."""
        reader.skip(rows * self.size)


@dataclass(frozen=True, slots=True)
class Text:
    """Strings, each with its length in front."""

    def skip_prefix(self, reader: Reader) -> None:
        """Nothing."""

    def skip(self, reader: Reader, rows: int) -> None:
        """One string after the other."""
        reader.skip_texts(rows)


@dataclass(frozen=True, slots=True)
class Nullable:
    """One byte for each value, whether it is null; then the values."""

    inner: Layout

    def skip_prefix(self, reader: Reader) -> None:
        """The inner one's."""
        self.inner.skip_prefix(reader)

    def skip(self, reader: Reader, rows: int) -> None:
        """The map of nulls, then all values."""
        reader.skip(rows)
        self.inner.skip(reader, rows)


@dataclass(frozen=True, slots=True)
class Array:
    """For each row, the end of its elements (8 bytes); then the elements of all rows."""

    inner: Layout

    def skip_prefix(self, reader: Reader) -> None:
        """The inner one's."""
        self.inner.skip_prefix(reader)

    def skip(self, reader: Reader, rows: int) -> None:
        """The last end is the number of elements."""
        if rows:
            reader.skip(8 * (rows - 1))
            self.inner.skip(reader, reader.uint64())


@dataclass(frozen=True, slots=True)
class Tuple:
    """One column for each element; an empty tuple takes a byte."""

    elements: Sequence[Layout]

    def skip_prefix(self, reader: Reader) -> None:
        """Those of all elements."""
        for element in self.elements:
            element.skip_prefix(reader)

    def skip(self, reader: Reader, rows: int) -> None:
        """Element by element."""
        if not self.elements:
            reader.skip(rows)
        for element in self.elements:
            element.skip(reader, rows)


@dataclass(frozen=True, slots=True)
class LowCardinality:
    """A dictionary of values, then an index of 1, 2, 4 or 8 bytes for each row."""

    inner: Layout

    def skip_prefix(self, reader: Reader) -> None:
        """The version of the serialization."""
        reader.skip(8)

    def skip(self, reader: Reader, rows: int) -> None:
        """One dictionary and its indexes after the other, until all rows are there."""
        while rows > 0:
            flags = reader.uint64()
            if flags & _HAS_OWN_KEYS:
                self.inner.skip(reader, reader.uint64())
            count = reader.uint64()
            if flags & 0xFF > _INDEX_SIZE_MAX or not 0 < count <= rows:
                raise BrokenStream(CORRUPTED_DATA, "a LowCardinality column makes no sense")
            reader.skip(count << (flags & 0xFF))
            rows -= count


def skip_column(reader: Reader, type_name: str, rows: int) -> None:
    """Pass over one column. A block without rows has no column data at all."""
    if rows:
        layout = layout_of(type_name)
        layout.skip_prefix(reader)
        layout.skip(reader, rows)


@lru_cache(maxsize=256)
def layout_of(type_name: str) -> Layout:
    """The layout of a type. Raises UnknownType."""
    return _layout(type_name, 0)


_FIXED = {
    1: "UInt8 Int8 Bool Enum8 Nothing",
    2: "UInt16 Int16 Date Enum16 BFloat16",
    4: "UInt32 Int32 Float32 Date32 DateTime IPv4 Decimal32 Time",
    8: "UInt64 Int64 Float64 DateTime64 Time64 Decimal64",
    16: "UInt128 Int128 UUID IPv6 Decimal128",
    32: "UInt256 Int256 Decimal256",
}
_SIZES = {name: size for size, names in _FIXED.items() for name in names.split()}
_GEOMETRY = {
    "Point": "Tuple(Float64, Float64)",
    "Ring": "Array(Point)",
    "LineString": "Array(Point)",
    "MultiLineString": "Array(LineString)",
    "Polygon": "Array(Ring)",
    "MultiPolygon": "Array(Polygon)",
}
_DECIMAL_DIGITS = ((9, 4), (18, 8), (38, 16), (76, 32))
_ELEMENT_NAME = re.compile(r"(`(?:[^`\\]|\\.)*`|[A-Za-z_]\w*)\s+(?=[A-Z])")
_ARGUMENT_PIECE = re.compile(r"""'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"|.""", re.S)


def _layout(type_name: str, depth: int) -> Layout:
    name, _, rest = type_name.strip().partition("(")
    if depth > _DEPTH_MAX or (rest and not rest.endswith(")")):
        raise UnknownType(type_name)
    if name in _GEOMETRY:
        return _layout(_GEOMETRY[name], depth + 1)
    if name in _SIZES or name.startswith("Interval"):
        return Fixed(_SIZES.get(name, 8))
    if name == "String":
        return Text()
    try:
        return _composite(name, arguments(rest[:-1]), depth + 1)
    except (IndexError, ValueError) as error:
        raise UnknownType(type_name) from error


def _composite(name: str, inside: list[str], depth: int) -> Layout:
    match name:
        case "FixedString":
            return Fixed(_positive(inside[0]))
        case "Decimal":
            return Fixed(_decimal_size(_positive(inside[0])))
        case "Nullable":
            return Nullable(_layout(inside[0], depth))
        case "Array":
            return Array(_layout(inside[0], depth))
        case "Tuple":
            return Tuple([_layout(_unnamed(part), depth) for part in inside])
        case "Nested" | "Map":
            return Array(Tuple([_layout(_unnamed(part), depth) for part in inside]))
        case "LowCardinality":
            keys = _layout(inside[0], depth)
            return LowCardinality(keys.inner if isinstance(keys, Nullable) else keys)
        case "SimpleAggregateFunction":
            return _layout(inside[1], depth)
    raise UnknownType(name)


def _decimal_size(digits: int) -> int:
    for most, size in _DECIMAL_DIGITS:
        if digits <= most:
            return size
    raise ValueError(digits)


def _positive(number: str) -> int:
    if int(number) < 1:
        raise ValueError(number)
    return int(number)


def arguments(inside: str) -> list[str]:
    """The parts between the commas that stand in no bracket and no quotes."""
    parts, depth = [""], 0
    for piece in _ARGUMENT_PIECE.findall(inside):
        depth += (piece == "(") - (piece == ")")
        if piece == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts if part.strip()]


def _unnamed(element: str) -> str:
    """`a UInt8` of a named tuple without its name."""
    name = _ELEMENT_NAME.match(element)
    return element[name.end() :] if name else element
