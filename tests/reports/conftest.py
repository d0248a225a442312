"""What the tests of the reports share: the engine behind ClickHouse's protocol, and its tables."""

import json
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from portclock.reporting import report_tables
from reports.tables import Tables
from sinks import migrate
from sinks.clickhouse import ClickHouseStore
from sinks.settings import ClickHouseAddress

READY_S = 60
_NUMBERS = count(1)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseAddress]:
    """The product's own front over the embedded engine, as a process of its own."""
    path, port, http_port = tmp_path_factory.mktemp("engine"), _free_port(), _free_port()
    command = [sys.executable, "-m", "portclock.standalone.clickhouse", "--path", str(path)]
    command += ["--port", str(port), "--http-port", str(http_port)]
    root = Path(migrate.__file__).parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout
            ready, _, _ = select.select([process.stdout], [], [], READY_S)
            line = process.stdout.readline() if ready else ""
            assert line, "the engine said nothing before it ended or the time was up"
            assert isinstance(json.loads(line), dict)
            yield ClickHouseAddress(host="127.0.0.1", port=port)
        finally:
            process.terminate()
            process.wait(timeout=30)


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
