"""What a child process is, declared as data before anything is started.

Knows command line, environment, readiness, restarts and stopping of one part; must never know
which parts there are (stack.py) nor run them (part.py).
"""

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field

from portclock.standalone.ready import Ready, Running

# sysexits.h, EX_CONFIG: the machine lacks something; starting again would change nothing.
NEVER_AGAIN = 78


@dataclass(frozen=True, slots=True)
class Restarts:
    """How often a dead child is started again.

    More than `attempts_max` deaths within `window_s` seconds and we give up; the pause before a
    restart doubles from `first_pause_s` to `longest_pause_s`. An exit code in `never_after` means
    that starting again would change nothing.
    """

    attempts_max: int = 5
    window_s: float = 60.0
    first_pause_s: float = 0.2
    longest_pause_s: float = 5.0
    never_after: frozenset[int] = frozenset({NEVER_AGAIN})

    def pause_s(self, deaths: int) -> float:
        """The pause before the restart after the `deaths`-th death in the window, from 1 on."""
        return min(self.longest_pause_s, self.first_pause_s * 2.0 ** (deaths - 1))


@dataclass(frozen=True, slots=True)
class Child:
    """One part of the standalone system. `env` is added to the supervisor's own environment.

    It is started when the children named in `after` are ready (None: the one declared before it).
    It is ready when `ready` says so, at the latest `ready_within_s` after its start; a child that
    is to run `once` is done when it ends with exit code 0. It is stopped with `stop_signal` and
    killed `grace_s` later. `advice` is what people are told to do when we give it up.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    ready: Ready = field(default_factory=Running)
    ready_within_s: float = 30.0
    restarts: Restarts = field(default_factory=Restarts)
    stop_signal: signal.Signals = signal.SIGTERM
    grace_s: float = 2.0
    once: bool = False
    after: tuple[str, ...] | None = None
    advice: str = ""
