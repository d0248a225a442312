"""Who owns a partition changes under load: workers that come, that go, and one that slept through.

A worker that was stopped for longer than its session has been replaced without knowing it. When it
wakes it must write nothing more: it ends itself, and the log of it says why.
"""

from typing import Final

from load_tests.faults.fault import Fault, Hurt
from load_tests.faults.rig import Setup
from portclock.standalone.stack import WORKER

SPARE: Final = Setup(workers=1, spares=1)
PAIR: Final = Setup(workers=2)
SECOND: Final = f"{WORKER}-2"
AT_WORK_S: Final = (2.0, 6.0)
ASLEEP_S: Final = 15.0
"""Longer than a worker's session of 6 s, so that the other has taken over."""
STOOD_STILL: Final = "the process stood still for"


def come_and_go(hurt: Hurt) -> None:
    """A second worker joins in mid-batch, takes its share for a while, and leaves again."""
    rig = hurt.rig
    rig.start(SECOND)
    rig.await_up(SECOND)
    rig.rest(rig.random.uniform(*AT_WORK_S))
    rig.stop(SECOND)


def sleep_past_the_session(hurt: Hurt) -> None:
    """Two workers that both think they own a partition: the one that slept, and its successor."""
    rig = hurt.rig
    sleeper = rig.random.choice(rig.at_work)
    ends = rig.log(sleeper).count(STOOD_STILL)
    rig.freeze(sleeper)
    rig.rest(ASLEEP_S)
    rig.thaw(sleeper)
    rig.wait(lambda: rig.log(sleeper).count(STOOD_STILL) > ends, 60, f"{sleeper} to end itself")


FAULTS: Final = (
    Fault("rebalance", "a second worker joins in mid-batch and leaves again, repeatedly",
          "批处理途中反复增减一个处理进程", come_and_go, SPARE, times=3),
    Fault("two-owners", "a worker stopped past its session, continued once another took over",
          "处理进程停顿至会话过期, 他者接管后再继续", sleep_past_the_session, PAIR, times=3),
)  # fmt: skip
