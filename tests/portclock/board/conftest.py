"""The real engine behind the product's own front, for what the board asks in SQL."""

import json
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sinks import migrate
from sinks.clickhouse import ClickHouseStore
from sinks.settings import ClickHouseAddress

READY_S = 60


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseAddress]:
    """A database with the schema applied, in a process of its own."""
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
            server = ClickHouseAddress(host="127.0.0.1", port=port)
            with closing(ClickHouseStore(server.within("default"))) as store:
                migrate.apply(store, "board")
            yield server.within("board")
        finally:
            process.terminate()
            process.wait(timeout=30)
