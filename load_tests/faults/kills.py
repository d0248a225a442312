"""Parts killed without warning, under load, again and again; and a broker that is started anew."""

from typing import Final

from load_tests.faults.fault import Cause, Fault, Hurt
from load_tests.faults.rig import Rig, Setup
from portclock.standalone.stack import BROKER, CLICKHOUSE, PULSE, RESTATER, WORKER, WRITER

ONE: Final = Setup(workers=2)
SOON_S: Final = (0.2, 2.0)


def killing(name: str) -> Cause:
    """kill -9 of the part of that name; of any worker for `worker`."""

    def cause(hurt: Hurt) -> None:
        chosen = hurt.rig.random.choice(hurt.rig.at_work) if name == WORKER else name
        hurt.rig.kill(chosen)

    return cause


def kill_each(hurt: Hurt) -> None:
    """kill -9 of every part once, one soon after the other in a drawn order; a worker in reserve
    comes up first, so that partitions move meanwhile."""
    rig = hurt.rig
    for name in rig.workers:
        rig.start(name)
    rig.await_up(*rig.workers)
    names = [*victims(rig)]
    rig.random.shuffle(names)
    for name in names:
        rig.rest(rig.random.uniform(*SOON_S))
        rig.kill(name)
        rig.await_up(*(one for one in rig.brokers if name in rig.brokers))


def victims(rig: Rig) -> tuple[str, ...]:
    """Every part that is at work and may be killed: each worker and each broker node is one."""
    services = (one for one in (WRITER, PULSE, CLICKHOUSE, RESTATER) if one in rig.names)
    return (*rig.at_work, *rig.brokers, *services)


def restart_broker(hurt: Hurt) -> None:
    """Stopped the way an operator stops it, and started again."""
    hurt.rig.stop(BROKER)
    hurt.rig.start(BROKER)
    hurt.rig.await_up(BROKER)


FAULTS: Final = (
    Fault("kill-worker", "kill -9 of one of two workers, at a random moment",
          "随机时刻 kill -9 两个处理进程之一", killing(WORKER), ONE, times=3),
    Fault("kill-writer", "kill -9 of the writer, at a random moment",
          "随机时刻 kill -9 写库进程", killing(WRITER), ONE, times=3),
    Fault("kill-pulse", "kill -9 of the pulse, at a random moment",
          "随机时刻 kill -9 节拍进程", killing(PULSE), ONE, times=3),
    Fault("kill-clickhouse", "kill -9 of ClickHouse, at a random moment",
          "随机时刻 kill -9 ClickHouse", killing(CLICKHOUSE), ONE, times=3),
    Fault("kill-broker", "kill -9 of the only broker node, at a random moment",
          "随机时刻 kill -9 唯一的消息节点", killing(BROKER), ONE, times=2),
    Fault("kill-each", "kill -9 of every part once, in a drawn order, a second or so apart",
          "约每秒随机 kill -9 一个进程, 直至每个都死过一次", kill_each, ONE),
    Fault("restart-broker", "the only broker node stopped cleanly and started again",
          "唯一的消息节点正常停止后重新启动", restart_broker, ONE),
)  # fmt: skip
