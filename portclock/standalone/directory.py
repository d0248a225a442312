"""The data folder: one for everything kept on this machine, and one owner at a time.

Knows the lock and the folder's rights; must never know what is kept inside. The lock is the
kernel's, so it ends with the processes that hold it, however they end.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from portclock.standalone.errors import StandaloneError
from portclock.standalone.waiting import until

LOCK = "portclock.lock"
# What a killed owner leaves behind is cleared by its leash, which holds the lock meanwhile.
CLEARING_WITHIN_S = 5.0


@contextlib.contextmanager
def owned(folder: Path, clock: Callable[[], float] = time.monotonic) -> Iterator[int]:
    """Own the folder, made if need be; gives the descriptor that holds the lock.

    Raises StandaloneError naming the owner when somebody else has it, or the folder when it cannot
    be used.
    """
    descriptor = _open(folder)
    try:
        _lock(folder, descriptor, clock)
        yield descriptor
    finally:
        os.close(descriptor)


def _open(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StandaloneError(
            f"The data folder {folder} cannot be used ({error.strerror}): "
            "mend its rights, or choose another with --data."
        ) from None


def _lock(folder: Path, descriptor: int, clock: Callable[[], float]) -> None:
    def decided() -> bool:
        return _taken(descriptor) or _alive(_owner(descriptor))

    until(decided, CLEARING_WITHIN_S, clock)
    if not _taken(descriptor):
        raise StandaloneError(
            f"The data folder {folder} is in use by the process {_owner(descriptor)}: "
            "stop that one first, or choose another folder with --data."
        )
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def _taken(descriptor: int) -> bool:
    """Try for the lock; taking it twice through one descriptor changes nothing."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owner(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
    return int(text) if text.isdigit() else None


def _alive(pid: int | None) -> bool:
    return pid is not None and psutil.pid_exists(pid)
