"""How a part is, as a value: what the board, the command line and the tests look at.

Knows states and numbers; must never know processes.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a part is between its declaration and its end."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    DONE = "done"
    RESTARTING = "restarting"
    FAILED = "failed"
    STOPPED = "stopped"


# In these the parts that come after it may start.
SETTLED = frozenset({State.READY, State.DONE})


@dataclass(frozen=True, slots=True)
class Health:
    """One part at one moment. `pid` and `uptime_s` are those of the present run, if there is one.

    `trouble` tells of the last death in one sentence, and stays after a restart.
    """

    name: str
    state: State
    pid: int | None
    uptime_s: float
    restarts: int
    trouble: str | None
