"""A cluster of three broker nodes that loses one: any, the leader, one that only sleeps."""

from contextlib import closing
from typing import Final

from kafka import KafkaAdminClient

from events.topics import TERMINAL_EVENTS
from load_tests.faults.fault import Fault, Hurt
from load_tests.faults.load import Pace
from load_tests.faults.rig import Setup

THREE: Final = Setup(nodes=3, workers=2)
CALM: Final = Pace(rate=100.0)
ASLEEP_S: Final = 20.0
"""Longer than a broker's session of 3 s: the others lead its partitions when it wakes."""


def kill_any_node(hurt: Hurt) -> None:
    """kill -9 of one of the three."""
    hurt.rig.kill(hurt.rig.random.choice(hurt.rig.brokers))


def kill_leader(hurt: Hurt) -> None:
    """kill -9 of the node that leads a partition of the busiest feed."""
    hurt.rig.kill(leader_of(hurt, TERMINAL_EVENTS.name))


def freeze_leader(hurt: Hurt) -> None:
    """The leader sleeps until it is deposed, and wakes believing that it leads."""
    leader = leader_of(hurt, TERMINAL_EVENTS.name)
    hurt.rig.freeze(leader)
    hurt.rig.rest(ASLEEP_S)
    assert leader_of(hurt, TERMINAL_EVENTS.name, but=leader) != leader
    hurt.rig.thaw(leader)


def leader_of(hurt: Hurt, topic: str, but: str = "") -> str:
    """The part that leads the first partition of a topic, as the others than `but` tell it."""
    asked = [
        address
        for name, address in zip(hurt.rig.brokers, hurt.rig.addresses, strict=True)
        if name != but
    ]
    with closing(KafkaAdminClient(bootstrap_servers=asked)) as admin:
        (described,) = admin.describe_topics([topic])
    first = next(one for one in described["partitions"] if one["partition_index"] == 0)
    return hurt.rig.brokers[int(first["leader_id"]) - 1]


FAULTS: Final = (
    Fault("kill-broker-node", "kill -9 of one of three broker nodes, whichever, at random moments",
          "随机时刻 kill -9 三个消息节点中的任一个", kill_any_node, THREE, CALM, times=3),
    Fault("lose-leader", "kill -9 of the broker node that leads the busiest feed",
          "kill -9 最忙主题的领导节点", kill_leader, THREE, CALM, times=2),
    Fault("freeze-leader", "SIGSTOP of the leading node until another leads, then SIGCONT",
          "SIGSTOP 领导节点直至换主, 再 SIGCONT", freeze_leader, THREE, CALM),
)  # fmt: skip
