"""What the tests of this wing share: the engine behind ClickHouse's protocol, and both stores."""

import json
import select
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from sinks import migrate
from sinks.clickhouse import ClickHouseStore
from sinks.memory import MemoryStore
from sinks.settings import ClickHouseAddress
from sinks.store import Store

READY_S = 60


_NUMBERS = count(1)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """A port of this machine that nobody listens on."""
    return _free_port


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
def server(engine: ClickHouseAddress) -> Iterator[ClickHouseStore]:
    """A connection to the engine outside any database of ours."""
    store = ClickHouseStore(engine.within("default"))
    yield store
    store.close()


@pytest.fixture
def address(engine: ClickHouseAddress, server: ClickHouseStore) -> Iterator[ClickHouseAddress]:
    """A database of this test's own, with the schema applied."""
    name = f"portclock_{next(_NUMBERS)}"
    migrate.apply(server, name)
    yield engine.within(name)
    server.command(f"DROP DATABASE {name}")


@pytest.fixture(params=["memory", "clickhouse"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Every implementation of the store's contract, empty."""
    if request.param == "memory":
        yield MemoryStore()
        return
    store = ClickHouseStore(request.getfixturevalue("address"))
    yield store
    store.close()
