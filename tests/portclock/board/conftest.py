"""The real engine behind the product's own front, for what the board asks in SQL."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from portclock.standalone.clickhouse.testing import engine_in
from sinks import migrate
from sinks.clickhouse import ClickHouseStore
from sinks.settings import ClickHouseAddress


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseAddress]:
    """A database with the schema applied, in a process of its own."""
    with engine_in(tmp_path_factory.mktemp("engine")) as server:
        with closing(ClickHouseStore(server.within("default"))) as store:
            migrate.apply(store, "board")
        yield server.within("board")
