"""What the tests of the reports share: the engine behind ClickHouse's protocol, and its tables."""

from collections.abc import Iterator
from itertools import count

import pytest

from portclock.reporting import report_tables
from portclock.standalone.clickhouse.testing import engine_in
from reports.tables import Tables
from sinks import migrate
from sinks.clickhouse import ClickHouseStore
from sinks.settings import ClickHouseAddress

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseAddress]:
    """The product's own front over the embedded engine, as a process of its own."""
    with engine_in(tmp_path_factory.mktemp("engine")) as address:
        yield address


@pytest.fixture
def address(engine: ClickHouseAddress) -> Iterator[ClickHouseAddress]:
    """A database of this test's own, with the schema applied."""
    name = f"reports_{next(_NUMBERS)}"
    server = ClickHouseStore(engine.within("default"))
    migrate.apply(server, name)
    yield engine.within(name)
    server.command(f"DROP DATABASE {name}")
    server.close()


@pytest.fixture
def tables(address: ClickHouseAddress) -> Iterator[Tables]:
    """The tables as the reports ask them."""
    with report_tables(address) as found:
        yield found
