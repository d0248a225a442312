"""Three broker nodes: everything of ours is on each. That any of them may die, even the leader, is
shown by the faults `kill-broker-node` and `lose-leader` (`make faults`), which take minutes."""

from collections.abc import Callable
from contextlib import closing

import pytest
from kafka import KafkaAdminClient

from events.topics import TOPICS
from load_tests.faults.fault import Hurt
from load_tests.faults.rig import Setup
from portclock.standalone.stack import RESTATER

# A whole stack is started, hurt and brought back; beside other tests that takes its time.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def hurt(rig_of: Callable[[Setup], Hurt]) -> Hurt:
    return rig_of(Setup(nodes=3, without=(RESTATER,)))


def test_every_topic_of_ours_is_on_three_nodes(hurt: Hurt) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=list(hurt.rig.addresses))) as admin:
        described = admin.describe_topics(admin.list_topics())
    kept = {
        topic["name"]: {len(one["replica_nodes"]) for one in topic["partitions"]}
        for topic in described
    }
    assert set(kept) >= {topic.name for topic in TOPICS} | {"portclock-units-changelog"}
    assert {copies for numbers in kept.values() for copies in numbers} == {3}
