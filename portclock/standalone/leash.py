"""The process that outlives a killed supervisor and takes its children with it.

Every child carries the same mark in its environment, and so does everything it starts. When the
supervisor goes, however it goes, its end of our stdin closes; we then kill whatever bears the mark.
We hold the lock of the data folder until that is done, so nobody opens it too early.

Run as `python -m portclock.standalone.leash MARK SUPERVISOR_PID`. Works wherever a process may read
the environment of the same user's processes: Linux and macOS.
"""

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil

MARK = "PORTCLOCK_RUN"
ORPHANED_CHECK_S = 0.5
SWEEP_PAUSE_S = 0.1
SWEEPS_MAX = 50
LET_GO_WITHIN_S = 0.6


@contextlib.contextmanager
def attached(mark: str, lock: int) -> Iterator[None]:
    """In the supervisor: inside, a leash holds `lock` too and kills what bears `mark` should we go.

    On the way out everything is expected to be stopped; the leash sweeps once and ends.
    """
    leash = subprocess.Popen(
        [sys.executable, "-m", __spec__.name, mark, str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=[lock],
    )
    try:
        yield
    finally:
        _let_go(leash)


def _let_go(leash: subprocess.Popen[bytes]) -> None:
    assert leash.stdin is not None
    with contextlib.suppress(OSError), leash.stdin as stdin:
        stdin.write(b"stopped\n")
    try:
        leash.wait(LET_GO_WITHIN_S)
    except subprocess.TimeoutExpired:
        leash.kill()
        leash.wait()


def hold(supervisor: int) -> bool:
    """Wait until the supervisor is gone; True when it said before that it stopped by itself.

    The end of stdin tells it at once; the parent's number tells it when some other process has
    inherited the supervisor's end of it.
    """
    while os.getppid() == supervisor:
        readable, _, _ = select.select([0], [], [], ORPHANED_CHECK_S)
        if readable:
            return bool(os.read(0, 16))
    return False


def sweep(mark: str) -> int:
    """Kill every process that bears the mark; gives how many there were."""
    found = [process for process in psutil.process_iter() if _bears(process, mark)]
    for process in found:
        try:
            process.kill()
        except psutil.Error:
            continue
    return len(found)


def _bears(process: psutil.Process, mark: str) -> bool:
    try:
        return process.pid != os.getpid() and process.environ().get(MARK) == mark
    except (psutil.Error, OSError):
        return False


def main() -> None:
    """Hold, then sweep until nothing is found.

    After a kill it must be found empty twice: a child caught between its birth and its first
    instruction does not bear the mark yet.
    """
    mark, supervisor = sys.argv[1], int(sys.argv[2])
    needed = 1 if hold(supervisor) else 3
    empty = 0
    for _ in range(SWEEPS_MAX):
        empty = 0 if sweep(mark) else empty + 1
        if empty >= needed:
            return
        time.sleep(SWEEP_PAUSE_S)


if __name__ == "__main__":
    main()
