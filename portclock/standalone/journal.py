"""What a child says, on disk with a bound on its size, and its last lines in memory.

Knows lines and files; must never know what the child is. Two files are kept, NAME.log and
NAME.log.1, and together they never hold more than `bytes_max`.
"""

import contextlib
import json
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import IO

BYTES_MAX = 16 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
LINE_BYTES_MAX = 64 * 1024
TAIL_LINES = 20
LAST_WORDS_WITHIN_S = 0.5


class Journal:
    """The log of one child over all its runs. Safe to use from several threads."""

    def __init__(self, path: Path, bytes_max: int = BYTES_MAX) -> None:
        self.path = path
        self.announced: Mapping[str, object] | None = None
        self._half_max = max(1, bytes_max // 2)
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._rest = b""
        self._lock = threading.Lock()
        self._listener: threading.Thread | None = None

    def listen(self, stream: IO[bytes]) -> None:
        """Take over the output of a new run until it ends; forgets what the last run said."""
        with self._lock:
            self.announced, self._rest = None, b""
            self._tail.clear()
            with contextlib.suppress(OSError):
                self.path.touch()
        self._listener = threading.Thread(target=self._follow, args=(stream,), daemon=True)
        self._listener.start()

    def hear_out(self) -> None:
        """Wait, for half a second at most, until everything a dead child said is written."""
        if self._listener is not None:
            self._listener.join(LAST_WORDS_WITHIN_S)

    def tail(self) -> list[str]:
        """The last lines of this run, an unfinished one too."""
        with self._lock:
            lines = [*self._tail, self._rest.decode(errors="replace")]
        return [line for line in lines if line.strip()]

    def write(self, chunk: bytes) -> None:
        """Append to the log, at most half the bound at once. A full disk costs the line only."""
        chunk = chunk[-self._half_max :]
        with self._lock:
            self._remember(chunk)
            # A child must never block, nor this thread end, because its log cannot be written.
            with contextlib.suppress(OSError):
                self._store(chunk)

    def _follow(self, stream: IO[bytes]) -> None:
        with stream, contextlib.suppress(OSError, ValueError):
            while chunk := stream.read1(CHUNK_BYTES):  # type: ignore[attr-defined]
                self.write(chunk)

    def _store(self, chunk: bytes) -> None:
        size_bytes = self.path.stat().st_size if self.path.exists() else 0
        if size_bytes + len(chunk) > self._half_max:
            self.path.replace(self.path.with_name(f"{self.path.name}.1"))
        with self.path.open("ab") as log:
            log.write(chunk)

    def _remember(self, chunk: bytes) -> None:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self._rest = self._rest[-LINE_BYTES_MAX:]
        for line in lines:
            self._tail.append(line.decode(errors="replace").rstrip("\r"))
            self.announced = self.announced or _announcement(line)


def _announcement(line: bytes) -> Mapping[str, object] | None:
    """The JSON object a line is, or None."""
    if not line.startswith(b"{"):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
