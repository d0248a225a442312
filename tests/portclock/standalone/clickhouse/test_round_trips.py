"""Whatever clickhouse-driver writes, it reads back."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from clickhouse_driver import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portclock.standalone.clickhouse.engine import Engine
from portclock.standalone.clickhouse.server import Server

Strategy = st.SearchStrategy[Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

VALUES: dict[str, Strategy] = {
    "UInt8": st.integers(0, 255),
    "Int64": st.integers(-(1 << 63), (1 << 63) - 1),
    "UInt256": st.integers(0, (1 << 256) - 1),
    "Float64": st.floats(allow_nan=False),
    "Bool": st.booleans(),
    "Date": st.dates(date(1970, 1, 1), date(2149, 6, 6)),
    "DateTime('UTC')": st.integers(0, (1 << 32) - 1).map(lambda n: EPOCH + timedelta(seconds=n)),
    # Not before 1970: there clickhouse-driver itself gets fractions of a second wrong.
    "DateTime64(3, 'UTC')": st.integers(0, 7 * 10**12).map(
        lambda n: EPOCH + timedelta(milliseconds=n)
    ),
    "UUID": st.uuids(),
    "Decimal(18, 4)": st.integers(-(10**17), 10**17).map(lambda n: Decimal(n).scaleb(-4)),
    "Enum8('met' = 1, 'breached' = -2, 'it\\'s, (so)' = 3)": st.sampled_from(
        ["met", "breached", "it's, (so)"]
    ),
    "FixedString(5)": st.binary(max_size=5).map(lambda value: value.ljust(5, b"\0")),
    "LowCardinality(String)": st.binary(max_size=9),
    "LowCardinality(Nullable(String))": st.none() | st.binary(max_size=9),
    "Nullable(Float64)": st.none() | st.floats(allow_nan=False),
    "Nullable(String)": st.none() | st.binary(max_size=30),
    "Array(String)": st.lists(st.binary(max_size=9), max_size=5),
    "Array(Array(Nullable(Int32)))": st.lists(
        st.lists(st.none() | st.integers(-(1 << 31), (1 << 31) - 1), max_size=3), max_size=3
    ),
    "Tuple(UInt8, String)": st.tuples(st.integers(0, 255), st.binary(max_size=9)),
    "Map(String, UInt64)": st.dictionaries(
        st.binary(max_size=9), st.integers(0, (1 << 64) - 1), max_size=4
    ),
}
"""The values of each type; strings as bytes, as any byte may stand in them."""


@pytest.fixture(scope="module")
def bytes_client(engine: Engine, server: Server) -> Iterator[Any]:
    """A client that takes strings for bytes, and its own database."""
    with closing(engine.connect()) as connection:
        connection.query("CREATE DATABASE round_trips", "Null")
        client = Client(
            "127.0.0.1",
            port=server.ports.native,
            database="round_trips",
            settings={"strings_as_bytes": True, "use_numpy": False},
        )
        yield client
        client.disconnect()
        connection.query("DROP DATABASE round_trips SYNC", "Null")


_numbers = count(1)


@pytest.fixture(scope="module")
def table_of(bytes_client: Any) -> Callable[[str], str]:
    """A table with a column of a type, made once for each type."""
    made: dict[str, str] = {}

    def table(type_name: str) -> str:
        if type_name not in made:
            made[type_name] = f"t{next(_numbers)}"
            bytes_client.execute(
                f"CREATE TABLE {made[type_name]} (run UInt64, n UInt64, value {type_name})"
                " ENGINE = MergeTree ORDER BY (run, n)"
            )
        return made[type_name]

    return table


@pytest.mark.parametrize("type_name", VALUES)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_values_come_back(
    bytes_client: Any, table_of: Callable[[str], str], type_name: str, data: st.DataObject
) -> None:
    values = data.draw(st.lists(VALUES[type_name], min_size=1, max_size=40))
    table, run = table_of(type_name), next(_numbers)
    rows = [(run, number, value) for number, value in enumerate(values)]
    assert bytes_client.execute(f"INSERT INTO {table} VALUES", rows) == len(rows)
    stored = bytes_client.execute(f"SELECT * FROM {table} WHERE run = {run} ORDER BY n")
    assert stored == rows


@pytest.mark.parametrize("value", [b"\n\n", b"\n\n;", b"'", b"\\", b"\0", b"\xff", b"x" * 70_000])
def test_the_bytes_that_end_other_inserts_do_not_end_this_one(
    bytes_client: Any, table_of: Callable[[str], str], value: bytes
) -> None:
    table, run = table_of("String"), next(_numbers)
    rows = [(run, number, value) for number in range(3)]
    bytes_client.execute(f"INSERT INTO {table} VALUES", rows)
    assert bytes_client.execute(f"SELECT * FROM {table} WHERE run = {run} ORDER BY n") == rows


def test_an_instant_of_another_zone_is_stored_as_the_instant(
    bytes_client: Any, table_of: Callable[[str], str]
) -> None:
    table, run = table_of("DateTime64(3, 'Asia/Shanghai')"), next(_numbers)
    at = datetime(2026, 3, 2, 0, 25, tzinfo=UTC)
    bytes_client.execute(f"INSERT INTO {table} VALUES", [(run, 0, at)])
    ((stored,),) = bytes_client.execute(f"SELECT value FROM {table} WHERE run = {run}")
    assert stored == at
    assert stored.utcoffset() == timedelta(hours=8)
