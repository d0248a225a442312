"""The end of a block is found for every type, as the engine itself writes it."""

from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portclock.standalone.clickhouse.blocks import split_blocks
from portclock.standalone.clickhouse.column_types import (
    Fixed,
    LowCardinality,
    UnknownType,
    arguments,
    layout_of,
    skip_column,
)
from portclock.standalone.clickhouse.engine import Engine
from portclock.standalone.clickhouse.errors import BrokenStream
from portclock.standalone.clickhouse.wire import Reader

PLAIN = st.sampled_from(
    [
        *("UInt8", "Int16", "UInt32", "Int64", "UInt128", "Int256", "Float32", "Float64", "Bool"),
        *("Date", "Date32", "DateTime", "DateTime64(3, 'UTC')", "UUID", "IPv4", "IPv6", "String"),
        *("Decimal(9, 2)", "Decimal(18, 4)", "Decimal(38, 6)", "Decimal(76, 8)", "FixedString(7)"),
        *("Enum8('a,)' = 1, 'b\\'(' = -2)", "Enum16('x' = 1000)"),
    ]
)
SHORT = st.sampled_from(["String", "FixedString(3)", "Nullable(String)", "UInt16"])
TYPES = st.recursive(
    PLAIN | PLAIN.map("Nullable({})".format) | SHORT.map("LowCardinality({})".format),
    lambda inner: st.one_of(
        inner.map("Array({})".format),
        st.lists(inner, min_size=1, max_size=3).map(lambda of: f"Tuple({', '.join(of)})"),
        st.lists(inner, min_size=1, max_size=2).map(
            lambda of: f"Tuple({', '.join(f'n{number} {one}' for number, one in enumerate(of))})"
        ),
        inner.map("Map(String, {})".format),
    ),
    max_leaves=4,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(TYPES, min_size=1, max_size=3), st.integers(1, 50), st.integers(0, 1000))
def test_blocks_of_the_engine_end_where_they_are_found_to_end(
    engine: Engine, types: list[str], rows: int, seed: int
) -> None:
    structure = ", ".join(f"c{number} {one}" for number, one in enumerate(types))
    sql = f"SELECT * FROM generateRandom({quoted(structure)}, {seed}, 5, 3) LIMIT {rows}"
    allowed = "allow_suspicious_low_cardinality_types = 1, max_block_size = 20"
    with closing(engine.connect()) as connection:
        data = bytes(connection.query(f"{sql} SETTINGS {allowed}", "Native").bytes())
    blocks = list(split_blocks(data))
    assert b"".join(block.data for block in blocks) == data
    assert sum(block.rows for block in blocks) == rows
    assert all(len(block.columns) == len(types) for block in blocks)


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@pytest.mark.parametrize(
    "name",
    [
        *("AggregateFunction(sum, UInt64)", "JSON", "Dynamic", "Variant(UInt8, String)", ""),
        *("Array", "Array(", "FixedString(x)", "FixedString(-8)", "Decimal(90, 1)", "Nullable()"),
        "Array(" * 60 + "UInt8" + ")" * 60,
    ],
)
def test_a_type_that_cannot_be_walked_is_named(name: str) -> None:
    with pytest.raises(UnknownType, match="cannot be sent to this server"):
        layout_of(name)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("Point", 16),
        ("IntervalDay", 8),
        ("SimpleAggregateFunction(sum, UInt64)", 8),
        ("Decimal(10, 2)", 8),
        ("Nothing", 1),
    ],
)
def test_the_size_of_one_row(name: str, size: int) -> None:
    reader = Reader.over(bytes(100))
    skip_column(reader, name, 1)
    assert reader.position == size


def test_nested_is_an_array_of_tuples() -> None:
    assert layout_of("Nested(a UInt8, b String)") == layout_of("Array(Tuple(UInt8, String))")


def test_commas_in_quotes_and_brackets_do_not_part() -> None:
    inside = "a Enum8('x,y' = 1, 'it\\'s)' = 2), `b,c` Map(String, UInt8)"
    assert arguments(inside) == ["a Enum8('x,y' = 1, 'it\\'s)' = 2)", "`b,c` Map(String, UInt8)"]


@pytest.mark.parametrize("count", [0, 3, 1 << 63])
def test_an_index_longer_than_the_rows_makes_no_sense(count: int) -> None:
    reader = Reader.over((0).to_bytes(8, "little") + count.to_bytes(8, "little") + bytes(64))
    with pytest.raises(BrokenStream, match="makes no sense"):
        LowCardinality(Fixed(1)).skip(reader, 2)


def test_no_rows_take_no_bytes() -> None:
    reader = Reader.over(b"")
    skip_column(reader, "LowCardinality(String)", 0)
    assert reader.position == 0
