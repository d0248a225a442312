"""The time at the simulated port: set by the load as it sends, read by the pulse in its process.

One number in a file. It stands still while nothing can be sent: a port whose messages wait is not
told that hours have passed, which a port at a hundred times real speed otherwise would be.
"""

import os
import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_NUMBER: Final = struct.Struct(">q")


class PortClock:
    """Epoch seconds of the port's own time; it never runs backwards."""

    def __init__(self, file: Path) -> None:
        """Raises OSError when the file cannot be made."""
        self.file = file
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def reach(self, epoch_s: int) -> None:
        """It is so late, at least."""
        if epoch_s > self.epoch_s:
            os.pwrite(self._descriptor, _NUMBER.pack(epoch_s), 0)

    @property
    def epoch_s(self) -> int:
        """The time; 0 before it was ever set."""
        read = os.pread(self._descriptor, _NUMBER.size, 0)
        return int(_NUMBER.unpack(read)[0]) if len(read) == _NUMBER.size else 0

    def now(self) -> datetime:
        """The same as an instant."""
        return datetime.fromtimestamp(self.epoch_s, UTC)

    def close(self) -> None:
        """Let go of the file; it stays."""
        os.close(self._descriptor)
