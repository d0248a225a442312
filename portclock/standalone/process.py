"""One run of one child: an operating system process, the group it leads, and its end.

Knows signals and groups; must never know why a child is started or stopped.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping

from portclock.standalone.child import Child
from portclock.standalone.journal import Journal

KILLED_WITHIN_S = 2.0


class Process:
    """A started child. It leads a session of its own, so a Ctrl-C in the terminal passes it by."""

    def __init__(self, child: Child, environ: Mapping[str, str], journal: Journal) -> None:
        """Start it; raises OSError when the program cannot be run."""
        self._process = subprocess.Popen(
            child.argv,
            env={**environ, **child.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        journal.listen(self._process.stdout)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal when one ended it."""
        return self._process.poll()

    def send(self, what: signal.Signals) -> None:
        """Signal it and everything it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, what)

    def end(self, grace_s: float) -> None:
        """Wait `grace_s` seconds for its end, then kill it; and what it left in its group."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace_s)
        self.send(signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(KILLED_WITHIN_S)


def ending(exit_code: int) -> str:
    """How a process ended, in words: `ended with exit code 3`, `was ended by SIGKILL`."""
    if exit_code >= 0:
        return f"ended with exit code {exit_code}"
    try:
        return f"was ended by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"was ended by signal {-exit_code}"
