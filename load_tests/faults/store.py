"""A store that is away for longer than every buffer, that is slow, or whose disk is full.

Meanwhile worker and writer must not grow, and when it is back, catching up must not hold up what is
judged live. Knows memory and lag as numbers; how rows land is the writer's.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from os import posix_fallocate, statvfs
from pathlib import Path
from statistics import median
from typing import Final

import psutil

from load_tests.faults.fault import Fault, Hurt
from load_tests.faults.load import Pace
from load_tests.faults.rig import Rig, Setup
from load_tests.faults.standing import SOURCES, missing, standing
from portclock.standalone.clickhouse.rights import RESERVE_BYTES
from portclock.standalone.stack import CLICKHOUSE, WRITER

MIB: Final = 1024 * 1024
SMALL: Final = Setup(
    workers=1,
    env={
        WRITER: {
            "PORTCLOCK_WRITER_BUFFERED_BYTES_MAX": str(MIB),
            "PORTCLOCK_WRITER_BATCH_BYTES_MAX": str(MIB // 4),
        }
    },
)
"""Buffers that are full within seconds."""
ALONE: Final = Setup(workers=1)
FULL_AFTER_S: Final = 20.0
AWAY_S: Final = 100.0
GROWTH_MAX: Final = 48 * MIB
"""What the client fetches ahead for both lanes (16 MiB each), and some for the interpreter."""
LIVE_WITHIN_S: Final = 5.0
"""So many seconds of load may wait to be judged while the writer catches up."""
LOOKS: Final = 10
SLOW_FOR_S: Final = 60.0
ASLEEP_S, AWAKE_S = 1.6, 0.4
ROOM: Final = 160 * MIB
FULL_FOR_S: Final = 30.0


def stay_away(hurt: Hurt) -> None:
    """Down until long after the buffers are full; memory is looked at, then the live path."""
    rig = hurt.rig
    rig.stop(CLICKHOUSE)
    rig.rest(FULL_AFTER_S)
    before = memory(rig)
    rig.rest(AWAY_S)
    for name, size in memory(rig).items():
        grown = size - before[name]
        assert grown <= GROWTH_MAX, f"{name} grew by {grown / MIB:.0f} MiB while the store was away"
    rig.start(CLICKHOUSE)
    rig.await_up(CLICKHOUSE)
    stays_live(hurt)


def be_slow(hurt: Hurt) -> None:
    """A minute in which the store gets a fifth of its time: no insert is quicker than a second."""
    for _ in range(round(SLOW_FOR_S / (ASLEEP_S + AWAKE_S))):
        hurt.rig.freeze(CLICKHOUSE)
        hurt.rig.rest(ASLEEP_S)
        hurt.rig.thaw(CLICKHOUSE)
        hurt.rig.rest(AWAKE_S)
    stays_live(hurt)


def fill_the_disk(hurt: Hurt) -> None:
    """The store goes on on a disk of its own, which is filled to the last byte, and emptied."""
    rig = hurt.rig
    rig.stop(CLICKHOUSE)
    folder = rig.folder / CLICKHOUSE
    with moved(folder, folder.with_name("clickhouse.aside")) as aside:
        size = size_of(aside) + RESERVE_BYTES + ROOM
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "full-disk", folder], check=True
        )
    try:
        rig.start(CLICKHOUSE)
        rig.await_up(CLICKHOUSE)
        ballast = folder / "ballast"
        fill(ballast)
        rig.rest(FULL_FOR_S)
        assert "not enough space" in rig.log(WRITER), "the disk was not full"
        ballast.unlink()
    except BaseException:
        subprocess.run(["umount", "--lazy", folder], check=False)
        raise


def back_to_the_usual_disk(hurt: Hurt) -> None:
    """What stands on the small disk goes back to the large one."""
    rig = hurt.rig
    rig.stop(CLICKHOUSE)
    folder, aside = rig.folder / CLICKHOUSE, rig.folder / "clickhouse.aside"
    shutil.copytree(folder, aside, symlinks=True)
    subprocess.run(["umount", folder], check=True)
    shutil.copytree(aside, folder, symlinks=True, dirs_exist_ok=True)
    shutil.rmtree(aside)
    rig.start(CLICKHOUSE)
    rig.await_up(CLICKHOUSE)


@contextmanager
def moved(folder: Path, aside: Path) -> Iterator[Path]:
    """What is in a folder, elsewhere for a while; it comes back into whatever is there then."""
    folder.rename(aside)
    folder.mkdir()
    yield aside
    shutil.copytree(aside, folder, symlinks=True, dirs_exist_ok=True)
    shutil.rmtree(aside)


def fill(ballast: Path) -> None:
    """Leave not a page on the disk of this file."""
    with ballast.open("wb") as file:
        room = statvfs(ballast.parent)
        posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize)


def size_of(folder: Path) -> int:
    """Bytes of all files below."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def memory(rig: Rig) -> dict[str, int]:
    """Resident bytes of the writer and of every worker."""
    return {
        name: int(psutil.Process(rig.pid(name)).memory_info().rss)
        for name in (WRITER, *rig.workers)
    }


def stays_live(hurt: Hurt) -> None:
    """Raises AssertionError when judging falls behind while the writer catches up."""
    found: list[int] = []
    with standing(hurt.rig.addresses) as seen:
        for _ in range(LOOKS):
            hurt.rig.rest(0.5)
            worker, ends = seen.worker(), seen.ends(SOURCES)
            if worker is not None and ends is not None:
                found.append(missing(worker, ends))
    assert found, "the broker told nothing"
    bound = LIVE_WITHIN_S * Pace().rate
    assert median(found) <= bound, f"judging was {median(found):.0f} records behind, not {bound}"


FAULTS: Final = (
    Fault("clickhouse-away", "ClickHouse down for two minutes, the writer's buffers full after ten "
          "seconds", "ClickHouse 停两分钟, 写库缓冲十秒即满", stay_away, SMALL),
    Fault("clickhouse-slow", "ClickHouse gets a fifth of its time for a minute",
          "ClickHouse 一分钟内只得五分之一时间", be_slow, SMALL),
    Fault("disk-full", "ClickHouse's disk filled to the last byte for half a minute",
          "ClickHouse 磁盘写满半分钟", fill_the_disk, ALONE, after=back_to_the_usual_disk),
)  # fmt: skip
