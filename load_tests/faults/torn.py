"""A changelog whose tail is lost: power fails, and what the broker had not yet put down is gone.

Broker and workers die at once, and of each partition of the changelog the last bytes are cut off,
in the midst of a batch. The group's commits stay, so they are ahead of the state.
"""

import signal
from pathlib import Path
from typing import Final

from load_tests.faults.fault import Fault, Hurt
from load_tests.faults.rig import Setup
from portclock.standalone.stack import BROKER
from streams.settings import Settings
from streams.tables import changelog_name

ALONE: Final = Setup(workers=1)
TORN_BYTES: Final = (1, 40_000)


def tear(hurt: Hurt) -> None:
    """kill -9 of everything that knows the state, and the end of its log cut off."""
    rig = hurt.rig
    for name in (*rig.brokers, *rig.workers):
        rig.stop(name, signal.SIGKILL)
    torn = 0
    for log in changelogs(rig.folder / "kafka"):
        size = log.stat().st_size
        cut = min(size, rig.random.randint(*TORN_BYTES))
        with log.open("rb+") as file:
            file.truncate(size - cut)
        torn += cut > 0
    assert torn, "there was no changelog to tear"
    for name in (*rig.brokers, *rig.workers):
        rig.start(name)
    rig.await_up(BROKER)


def changelogs(data: Path) -> list[Path]:
    """The newest segment of every partition."""
    folders = data.rglob(f"{changelog_name(Settings(broker='-').app_id)}-*")
    segments = [sorted(folder.glob("*.log")) for folder in sorted(folders) if folder.is_dir()]
    return [found[-1] for found in segments if found]


FAULTS: Final = (
    Fault("torn-changelog", "the power fails: broker and worker die, the changelog loses its tail",
          "断电: 消息节点与处理进程同时死亡, 变更日志尾部丢失", tear, ALONE),
)  # fmt: skip
