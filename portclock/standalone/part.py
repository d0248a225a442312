"""A declared child over time: started, ready, dead, started again, given up, stopped.

Knows one child and the moves between its states; must never know the other children. The clock is
handed in. Nothing here waits: `advance` looks, moves at most one step and returns.
"""

import signal
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from portclock.standalone.child import Child
from portclock.standalone.health import Health, State
from portclock.standalone.journal import BYTES_MAX, Journal
from portclock.standalone.process import Process, ending


class Part:
    """One child under supervision. Satisfies ready.Sight, so its own check can look at it."""

    def __init__(
        self,
        child: Child,
        logs: Path,
        environ: Mapping[str, str],
        clock: Callable[[], float],
        log_bytes_max: int = BYTES_MAX,
    ) -> None:
        self.child = child
        self.state = State.WAITING
        self.trouble: str | None = None
        self._journal = Journal(logs / f"{child.name}.log", log_bytes_max)
        self._environ, self._clock = environ, clock
        self._process: Process | None = None
        self._started_at = self._restart_at = 0.0
        self._deaths: deque[float] = deque()
        self._restarts = 0

    @property
    def uptime_s(self) -> float:
        """Seconds since the present run began, 0 when nothing runs."""
        return self._clock() - self._started_at if self._process is not None else 0.0

    @property
    def announced(self) -> Mapping[str, object] | None:
        return self._journal.announced

    def health(self) -> Health:
        """The part as a value."""
        # Taken once: the supervisor's thread may end the run between two looks at it.
        process, uptime_s = self._process, self.uptime_s
        pid = process.pid if process is not None else None
        name = self.child.name
        return Health(name, self.state, pid, uptime_s, self._restarts, self.trouble)

    def advance(self) -> None:
        """Look at the child and move on if there is reason to."""
        if self.state is State.RESTARTING and self._clock() >= self._restart_at:
            self._restarts += 1
            self.start()
        elif self.state in {State.STARTING, State.READY} and self._process is not None:
            self._watch(self._process)

    def start(self) -> None:
        """Begin a run."""
        self.state = State.STARTING
        self._started_at = self._clock()
        try:
            self._process = Process(self.child, self._environ, self._journal)
        except OSError as error:
            self._fail(f"cannot be started: {error.strerror}: {self.child.argv[0]}")

    def send(self, what: signal.Signals) -> None:
        """Signal the present run, if there is one."""
        if self._process is not None:
            self._process.send(what)

    def ask_to_stop(self) -> None:
        """Tell the present run to end by itself; `stop` then waits for it."""
        self.send(self.child.stop_signal)

    def stop(self, grace_s: float) -> None:
        """See the present run ended within `grace_s`, killed if need be; never start another."""
        if self._process is not None:
            self._process.end(grace_s)
            self._process = None
        if self.state is not State.FAILED:
            self.state = State.STOPPED

    def _watch(self, process: Process) -> None:
        exit_code = process.exit_code
        if exit_code == 0 and self.child.once:
            self._bury(process)
            self.state = State.DONE
        elif exit_code is not None:
            self._bury(process)
            self._died(ending(exit_code), final=exit_code in self.child.restarts.never_after)
        elif self.state is State.STARTING:
            self._look_if_ready(process)

    def _look_if_ready(self, process: Process) -> None:
        if not self.child.once and self.child.ready(self):
            self.state = State.READY
        elif self.uptime_s > self.child.ready_within_s:
            self._bury(process)
            self._died(f"was not ready within {self.child.ready_within_s:g} s", final=False)

    def _bury(self, process: Process) -> None:
        """See to it that nothing of this run is left, and that its last words are kept."""
        process.send(signal.SIGKILL)
        process.end(0.0)
        self._journal.hear_out()
        self._process = None

    def _died(self, how: str, final: bool) -> None:
        restarts, now = self.child.restarts, self._clock()
        self._deaths.append(now)
        while self._deaths[0] < now - restarts.window_s:
            self._deaths.popleft()
        deaths = len(self._deaths)
        if final or deaths > restarts.attempts_max:
            self._fail(how if final or deaths == 1 else f"{how}, {deaths} times in a row")
            return
        self.trouble = self._sentence(how)
        self._restart_at = now + restarts.pause_s(deaths)
        self.state = State.RESTARTING

    def _fail(self, how: str) -> None:
        tail = self._journal.tail()
        said = "\n".join(["Its last lines:", *tail]) if tail else "It said nothing."
        self.trouble = f"{self._sentence(how)} {self.child.advice}".rstrip() + f"\n{said}"
        self.state = State.FAILED

    def _sentence(self, how: str) -> str:
        return f"The {self.child.name} {how}; its log is {self._journal.path}."
