"""Where the bytes of one insert wait until the engine reads them as a file.

In memory where the system has files without a name (Linux), else in a file of the data
directory. Knows nothing of blocks or SQL.
"""

import os
import tempfile
from pathlib import Path
from types import TracebackType

from portclock.standalone.clickhouse.errors import TOO_LARGE_SIZE, ServerError


class Spool:
    """A file to write to, then to name in `FROM INFILE`; gone after `with`."""

    def __init__(self, folder: Path, bytes_max: int, *, in_memory: bool | None = None) -> None:
        self._folder = folder
        self._bytes_max = bytes_max
        self._in_memory = hasattr(os, "memfd_create") if in_memory is None else in_memory
        self._size = 0
        self._descriptor = -1
        self.path = ""

    def __enter__(self) -> "Spool":
        if self._in_memory:
            self._descriptor = os.memfd_create("portclock-insert", os.MFD_CLOEXEC)
            self.path = f"/proc/self/fd/{self._descriptor}"
        else:
            self._descriptor, self.path = tempfile.mkstemp(dir=self._folder)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)
        if not self._in_memory:
            Path(self.path).unlink()

    def write(self, data: bytes) -> None:
        """Append. What goes beyond the bound is not kept; see `check`."""
        self._size += len(data)
        rest = memoryview(data) if self._size <= self._bytes_max else memoryview(b"")
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def check(self) -> None:
        """Raise ServerError if not all could be kept. Asked at the end, so that a client that
        sends too much is told so on a connection that goes on."""
        if self._size > self._bytes_max:
            raise ServerError(
                TOO_LARGE_SIZE,
                f"an insert of {self._size} bytes where {self._bytes_max} are allowed;"
                " split it into several",
            )
