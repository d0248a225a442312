"""Room on the disk that holds the data folder: enough, low, or too little to go on.

Knows bytes and two thresholds; must never know what fills the disk. A broker or a store that meets
a full disk loses its footing in ways that no sentence explains, so we stop before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psutil

GIB = 1024**3


class Room(StrEnum):
    """How much is left, in words."""

    ENOUGH = "enough"
    LOW = "low"
    NONE = "none"


def free_bytes_of(folder: Path) -> int:
    """Bytes this user may still write on the disk of `folder`."""
    return int(psutil.disk_usage(str(folder)).free)


@dataclass(frozen=True, slots=True)
class DiskWatch:
    """The thresholds, in bytes free: below `low_bytes` we warn, below `none_bytes` we stop.

    `free_bytes` is where the number comes from.
    """

    low_bytes: int = 2 * GIB
    none_bytes: int = GIB // 2
    free_bytes: Callable[[Path], int] = free_bytes_of

    def look(self, folder: Path) -> "DiskRoom":
        """The room there is now on the disk of `folder`."""
        free = self.free_bytes(folder)
        if free < self.none_bytes:
            return DiskRoom(Room.NONE, free, self._sentence("too full to go on", folder, free))
        if free < self.low_bytes:
            return DiskRoom(Room.LOW, free, self._sentence("nearly full", folder, free))
        return DiskRoom(Room.ENOUGH, free, None)

    def _sentence(self, how: str, folder: Path, free: int) -> str:
        return (
            f"The disk of the data folder {folder} is {how}: {free / GIB:.2f} GiB are free, "
            f"portclock stops below {self.none_bytes / GIB:.2f} GiB. "
            "Make room, or choose a folder on another disk with --data."
        )


@dataclass(frozen=True, slots=True)
class DiskRoom:
    """What a look found; `sentence` is for people, None when there is room enough."""

    room: Room
    free_bytes: int
    sentence: str | None
