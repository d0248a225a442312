"""The rig: a whole stack under one supervisor, with hands on every part of it.

    with rigged(folder, Setup(workers=3)) as rig:
        rig.kill("worker-2"); rig.await_up("worker-2")

Knows processes and signals; must never know what flows. Parts are named as the standalone stack
names them; further workers are `worker-2` and so on, further broker nodes `broker-2` and so on.
"""

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Final

from load_tests.faults.port_clock import PortClock
from load_tests.faults.pulse import pulse_child
from portclock.standalone.brokers import BrokerKind, Cluster
from portclock.standalone.child import Child, Restarts
from portclock.standalone.health import SETTLED, Health
from portclock.standalone.ports import free_ports
from portclock.standalone.ready import HttpAnswers
from portclock.standalone.stack import BOARD, BROKER, PULSE, WORKER, Stack, standalone
from portclock.standalone.supervisor import Supervisor
from portclock.standalone.waiting import until
from sinks.clickhouse import ClickHouseStore
from sinks.settings import ClickHouseAddress

READY_WITHIN_S: Final = 600.0
UP_WITHIN_S: Final = 600.0
MANY_DEATHS: Final = Restarts(attempts_max=1_000, longest_pause_s=2.0)
"""Here parts die often and on purpose; five deaths in a minute are nothing."""
CLOCK: Final = "port-clock"


@dataclass(frozen=True, slots=True)
class Setup:
    """What is started. `spares`: workers that are declared and kept down until `start`.

    `env` is added to a part's environment by its name; that of `worker` is every worker's.
    `with_board` starts the board, `routes` the notifier with this file; `without` names parts that
    are not started at all.
    """

    broker: BrokerKind = "kafka"
    nodes: int = 1
    workers: int = 1
    spares: int = 0
    with_board: bool = False
    routes: Path | None = None
    env: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """For a table: `kafka x3, 2 workers`."""
        many = f" x{self.nodes}" if self.nodes > 1 else ""
        workers = "1 worker" if self.workers == 1 else f"{self.workers} workers"
        return f"{self.broker}{many}, {workers}"


class Rig:
    """What runs. `random` is seeded by whoever runs a fault; use no other."""

    def __init__(self, stack: Stack, running: Supervisor, setup: Setup, folder: Path) -> None:
        self.stack, self.setup, self.folder = stack, setup, folder
        self.random = Random(0)
        self.clock = PortClock(folder / CLOCK)
        self._running = running

    @property
    def names(self) -> tuple[str, ...]:
        """Every part, those kept down too."""
        return tuple(part.name for part in self._running.health())

    @property
    def workers(self) -> tuple[str, ...]:
        """The workers, those kept down too."""
        return tuple(name for name in self.names if name.partition("-")[0] == WORKER)

    @property
    def at_work(self) -> tuple[str, ...]:
        """The workers that are not kept down."""
        return tuple(name for name in self.workers if not self._running.is_down(name))

    @property
    def brokers(self) -> tuple[str, ...]:
        """The nodes of the broker."""
        return tuple(name for name in self.names if name.partition("-")[0] == BROKER)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Of the broker's nodes, host:port each."""
        return tuple(self.stack.env["PORTCLOCK_BROKER"].split(","))

    def health(self, name: str) -> Health:
        """One part as it is."""
        return next(part for part in self._running.health() if part.name == name)

    def pid(self, name: str) -> int:
        """The present run's; raises LookupError when nothing runs."""
        found = self.health(name).pid
        if found is None:
            raise LookupError(f"{name} does not run")
        return found

    def kill(self, name: str) -> None:
        """kill -9 of the part and of all it started; the supervisor starts it again."""
        self._running.kill(name)

    def freeze(self, name: str) -> None:
        """SIGSTOP: it is alive and does nothing."""
        self._running.send(name, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """SIGCONT."""
        self._running.send(name, signal.SIGCONT)

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and keep it down; returns when it is gone. Raises TimeoutError."""
        self._running.keep_down(name)
        self._running.send(name, how)
        self.wait(lambda: self.health(name).pid is None, UP_WITHIN_S, f"the end of {name}")

    def start(self, name: str) -> None:
        """Let it up again; see `await_up`."""
        self._running.let_up(name)

    def await_up(self, *names: str, within_s: float = UP_WITHIN_S) -> None:
        """Wait until these, or all that are not kept down, are ready. Raises TimeoutError."""
        wanted = names or tuple(name for name in self.names if not self._running.is_down(name))

        def up() -> bool:
            return all(self.health(name).state in SETTLED for name in wanted)

        self.wait(up, within_s, f"{', '.join(wanted)} to be up")

    def wait(self, happened: Callable[[], object], within_s: float, what: str) -> None:
        """Wait for a fact. Raises TimeoutError, or StandaloneError when a part was given up."""

        def decided() -> bool:
            self._running.wait(0)
            return bool(happened())

        if not until(decided, within_s, pause_s=0.1):
            raise TimeoutError(f"waited {within_s:.0f} s in vain for {what}")

    def rest(self, seconds: float) -> None:
        """Let it run for so long. Raises StandaloneError when a part is given up meanwhile."""
        self._running.wait(seconds)

    def store(self) -> ClickHouseStore:
        """A connection to the tables; the caller closes it."""
        return ClickHouseStore(ClickHouseAddress.parse(self.stack.env["PORTCLOCK_CLICKHOUSE"]))

    def metrics_port(self, name: str) -> int:
        """Where a worker, or the writer, serves /metrics."""
        child = next(one for one in self.stack.children if one.name == name)
        return int(child.env["PORTCLOCK_METRICS_PORT"])

    def log(self, name: str) -> str:
        """What a part has said so far."""
        return (self.folder / "logs" / f"{name}.log").read_text(errors="replace")


@contextmanager
def rigged(folder: Path, setup: Setup) -> Iterator[Rig]:
    """Start it all in this folder and wait until it is ready. Raises StandaloneError."""
    stack = declared(folder, setup)
    spares = [_further(WORKER, setup.workers + n) for n in range(1, setup.spares + 1)]
    running = Supervisor(folder, stack.children)
    for name in spares:
        running.keep_down(name)
    with running:
        rig = Rig(stack, running, setup, folder)
        with closing(rig.clock):
            rig.await_up(within_s=READY_WITHIN_S)
            yield rig


def declared(folder: Path, setup: Setup) -> Stack:
    """The standalone stack with what the setup asks for besides."""
    stack = standalone(folder, Cluster(setup.broker, setup.nodes), with_pulse=False)
    if setup.routes:
        stack = stack.notifying(setup.routes)
    left_out = {*setup.without, *(() if setup.with_board else (BOARD,))}
    kept = [one for one in stack.children if one.name not in left_out]
    count = setup.workers + setup.spares
    children = [copy for one in kept for copy in _copies(one, count, folder)]
    if PULSE not in left_out:
        children.append(pulse_child(stack.env, folder / CLOCK))
    return replace(stack, children=tuple(_equipped(one, setup) for one in children))


def _copies(child: Child, workers: int, folder: Path) -> Iterator[Child]:
    """A worker as often as it is wanted, each with a folder and a door of its own."""
    yield child
    if child.name != WORKER:
        return
    for number, port in enumerate(free_ports(workers - 1), start=2):
        own = {
            "PORTCLOCK_METRICS_PORT": str(port),
            "PORTCLOCK_DATA": str(folder / _further(WORKER, number)),
        }
        yield replace(
            child,
            name=_further(WORKER, number),
            env={**child.env, **own},
            ready=HttpAnswers(port),
        )


def _further(name: str, number: int) -> str:
    return f"{name}-{number}" if number > 1 else name


def _equipped(child: Child, setup: Setup) -> Child:
    family = child.name.partition("-")[0]
    env = {**child.env, **setup.env.get(family, {}), **setup.env.get(child.name, {})}
    # What must not be started again stays so: tansu would come back without its log.
    keeps = child.once or child.restarts.attempts_max == 0
    return replace(child, env=env, restarts=child.restarts if keeps else MANY_DEATHS)
