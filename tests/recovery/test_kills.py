"""Whatever dies under load, nothing is lost and nothing is counted twice: on real Apache Kafka."""

from collections.abc import Callable
from contextlib import closing

import pytest

from load_tests.faults.fault import Aftermath, Hurt
from load_tests.faults.reckoning import Sums, reckon, settle
from load_tests.faults.rig import Setup
from portclock.standalone.stack import RESTATER

Strike = Callable[[Hurt, str], Aftermath]
# A whole stack is started, hurt and brought back; beside other tests that takes its time.
pytestmark = pytest.mark.timeout(900)
KILLED = ("broker", "clickhouse", "pulse", "worker", "worker-2", "writer")


@pytest.fixture(scope="module")
def hurt(rig_of: Callable[[Setup], Hurt]) -> Hurt:
    """One worker, and one in reserve."""
    return rig_of(Setup(workers=1, spares=1, without=(RESTATER,)))


def test_each_part_dies_once_at_a_random_moment_and_the_tables_are_the_judges(
    hurt: Hurt, strike: Strike
) -> None:
    found = strike(hurt, "kill-each")
    assert found.differences == ()
    assert (found.lost, found.duplicated) == (0, 0)
    assert found.messages > found.outcomes > found.breaches > 0
    assert {name for name in hurt.rig.names if hurt.rig.health(name).restarts} >= set(KILLED)


TAKEN_OUT = {
    "only by the judge": "ALTER TABLE stage_dwells DELETE WHERE verdict = 'met' AND visit_id = "
    "(SELECT min(visit_id) FROM stage_dwells WHERE verdict = 'met') SETTINGS mutations_sync = 1",
    "judged: ": "ALTER TABLE event_fates DELETE WHERE fate = 'judged' AND event_id = "
    "(SELECT min(event_id) FROM event_fates WHERE fate = 'judged') SETTINGS mutations_sync = 1",
    "refused: ": "ALTER TABLE refusals DELETE WHERE offset = "
    "(SELECT min(offset) FROM refusals) SETTINGS mutations_sync = 1",
    "breach without its alert": "ALTER TABLE limit_alerts DELETE WHERE visit_id = "
    "(SELECT min(visit_id) FROM limit_alerts WHERE state = 'breached') SETTINGS mutations_sync = 1",
}


def test_what_is_taken_out_of_the_tables_is_missed(hurt: Hurt) -> None:
    settle(hurt.rig, hurt.load)
    assert reckon(hurt.rig, hurt.load).sums == Sums(0, 0)
    with closing(hurt.rig.store()) as store:
        lost = 0
        for what, statement in TAKEN_OUT.items():
            store.command(statement)
            sums = reckon(hurt.rig, hurt.load).sums
            assert sums.lost > lost, what
            assert any(what in line for line in sums.shown), (what, sums)
            lost = sums.lost
