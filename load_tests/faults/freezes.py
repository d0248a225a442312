"""Parts that stand still for a minute, under load, and then go on as if nothing had been."""

from typing import Final

from load_tests.faults.fault import Cause, Fault, Hurt
from load_tests.faults.rig import Setup
from portclock.standalone.stack import BROKER, CLICKHOUSE, PULSE, WORKER, WRITER

ASLEEP_S: Final = 60.0
"""Longer than any session in the stack, shorter than what anybody gives up after."""
PAIR: Final = Setup(workers=2)


def freezing(name: str) -> Cause:
    """SIGSTOP of that part for a minute; of any worker for `worker`."""

    def cause(hurt: Hurt) -> None:
        rig = hurt.rig
        chosen = rig.random.choice(rig.workers) if name == WORKER else name
        rig.freeze(chosen)
        rig.rest(ASLEEP_S)
        rig.thaw(chosen)

    return cause


FAULTS: Final = (
    Fault("freeze-worker", "SIGSTOP of one of two workers for a minute",
          "SIGSTOP 两个处理进程之一, 一分钟", freezing(WORKER), PAIR),
    Fault("freeze-writer", "SIGSTOP of the writer for a minute",
          "SIGSTOP 写库进程, 一分钟", freezing(WRITER), PAIR),
    Fault("freeze-pulse", "SIGSTOP of the pulse for a minute",
          "SIGSTOP 节拍进程, 一分钟", freezing(PULSE), PAIR),
    Fault("freeze-clickhouse", "SIGSTOP of ClickHouse for a minute",
          "SIGSTOP ClickHouse, 一分钟", freezing(CLICKHOUSE), PAIR),
    Fault("freeze-broker", "SIGSTOP of the only broker node for a minute",
          "SIGSTOP 唯一的消息节点, 一分钟", freezing(BROKER), PAIR),
)  # fmt: skip
