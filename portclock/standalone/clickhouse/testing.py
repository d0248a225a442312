"""For tests that want a ClickHouse: the product's own front over the embedded engine, as a process.

Ships inside the package, so that no test imports from another test.
"""

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from portclock.standalone.ports import free_ports
from sinks import migrate
from sinks.settings import ClickHouseAddress

READY_S: Final = 60
ENDS_WITHIN_S: Final = 30


@contextmanager
def engine_in(path: Path, certificate: Path | None = None) -> Iterator[ClickHouseAddress]:
    """The engine on a folder of its own, for as long as it is needed; with TLS by a certificate.

    Raises AssertionError if it does not say that it is ready."""
    port, http_port = free_ports(2)
    command = [sys.executable, "-m", "portclock.standalone.clickhouse", "--path", str(path)]
    command += ["--port", str(port), "--http-port", str(http_port)]
    command += ["--certificate", str(certificate)] if certificate else []
    root = Path(migrate.__file__).parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout
            ready, _, _ = select.select([process.stdout], [], [], READY_S)
            line = process.stdout.readline() if ready else ""
            assert line, "the engine said nothing before it ended or the time was up"
            assert isinstance(json.loads(line), dict)
            yield ClickHouseAddress(host="127.0.0.1", port=port, secure=certificate is not None)
        finally:
            process.terminate()
            process.wait(timeout=ENDS_WITHIN_S)
