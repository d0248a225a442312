"""Everything on one machine, as child processes of this one: started in order, watched, stopped.

    with Supervisor(folder, children) as running:
        running.wait_ready(60)
        running.wait()          # until Ctrl-C, or raises StandaloneError when a part is given up

Knows children as data; must never know what any of them does. One thread looks at all of them in
turn; whoever asks from outside gets values. Leaving the `with` stops them in reverse order within
`STOP_WITHIN_S`; if this process is killed instead, the leash kills them.
"""

import contextlib
import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Self

from portclock.standalone import directory, interrupts, leash
from portclock.standalone.child import Child
from portclock.standalone.disk import DiskRoom, DiskWatch, Room
from portclock.standalone.errors import StandaloneError
from portclock.standalone.health import SETTLED, Health, State
from portclock.standalone.part import Part
from portclock.standalone.waiting import until

LOGS = "logs"
STOP_WITHIN_S = 5.0
# Of these five seconds the rest is for a readiness check under way and for the leash.
CHILDREN_WITHIN_S = 3.6
# However long the others take, each wave of children gets this much to stop by itself.
LEAST_GRACE_S = 0.5
LOOK_EVERY_S = 0.05
DISK_EVERY_S = 5.0
_TO_BE_STARTED = frozenset({State.WAITING, State.RESTARTING})


class Supervisor:
    """The parts of one data folder. Enter it once."""

    def __init__(
        self,
        data_dir: Path,
        children: Iterable[Child],
        clock: Callable[[], float] = time.monotonic,
        disk: DiskWatch | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Start nothing yet. Raises ValueError for two children of one name."""
        self._data, self._clock, self._disk = data_dir, clock, disk or DiskWatch()
        self._mark = uuid.uuid4().hex
        base = os.environ if environ is None else environ
        environ = {**base, leash.MARK: self._mark}
        logs = data_dir / LOGS
        self._parts = [Part(child, logs, environ, clock) for child in children]
        self._by_name = {part.child.name: part for part in self._parts}
        self._after = _order([part.child for part in self._parts])
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._held = contextlib.ExitStack()
        self._disk_seen: DiskRoom | None = None
        self._disk_next_at = 0.0
        self._broken: str | None = None
        self._down: frozenset[str] = frozenset()

    def __enter__(self) -> Self:
        """Own the data folder and begin; raises StandaloneError when this machine is in the way."""
        try:
            hold_interrupts = self._held.enter_context(interrupts.raised())
            lock = self._held.enter_context(directory.owned(self._data, self._clock))
            (self._data / LOGS).mkdir(exist_ok=True)
            self._look_at_disk()
            if sentence := self.failure():
                raise StandaloneError(sentence)
            self._held.enter_context(leash.attached(self._mark, lock))
            self._held.callback(self._stop)
            self._held.callback(hold_interrupts)
            self._thread.start()
        except BaseException:
            self._held.close()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        """Stop everything, last started first, and give the folder back."""
        self._held.close()

    def health(self) -> tuple[Health, ...]:
        """Every part in the order of its declaration."""
        return tuple(part.health() for part in self._parts)

    def disk(self) -> DiskRoom | None:
        """The room on the disk at the last look."""
        return self._disk_seen

    def failure(self) -> str | None:
        """Why this cannot go on, in one sentence with the tail of a log; None when all is well."""
        if self._broken:
            return self._broken
        if self._disk_seen and self._disk_seen.room is Room.NONE:
            return self._disk_seen.sentence
        failed = (part.trouble for part in self._parts if part.state is State.FAILED)
        return next(failed, None)

    def wait_ready(self, timeout_s: float, names: Iterable[str] | None = None) -> None:
        """Wait until the parts named, or all, are ready.

        Raises StandaloneError when one is given up, or is not ready in time.
        """
        wanted = self._parts if names is None else [self._by_name[name] for name in names]

        def decided() -> bool:
            return bool(self.failure()) or all(part.state in SETTLED for part in wanted)

        until(decided, timeout_s, self._clock)
        if sentence := self.failure():
            raise StandaloneError(sentence)
        late = [part.child.name for part in wanted if part.state not in SETTLED]
        if late:
            raise StandaloneError(
                f"Not ready within {timeout_s:g} s: {', '.join(late)}. "
                f"Look at the logs in {self._data / LOGS}, or give the machine more time."
            )

    def wait(self, timeout_s: float = float("inf")) -> None:
        """Wait until the time is over. Raises StandaloneError as soon as something fails."""
        until(self.failure, timeout_s, self._clock)
        if sentence := self.failure():
            raise StandaloneError(sentence)

    def kill(self, name: str) -> None:
        """End a part the way a crash does; it is then restarted like after any other death."""
        self.send(name, signal.SIGKILL)

    def send(self, name: str, what: signal.Signals) -> None:
        """Signal a part's present run, and everything it started."""
        self._by_name[name].send(what)

    def keep_down(self, name: str) -> None:
        """Start this part no more until `let_up`, however it ends; one that runs goes on."""
        self._down |= {self._by_name[name].child.name}

    def let_up(self, name: str) -> None:
        """Start it again when its turn comes."""
        self._down -= {name}

    def is_down(self, name: str) -> bool:
        """Whether it is kept down, even if it still runs."""
        return name in self._down

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._look()
                self._stopping.wait(LOOK_EVERY_S)
        except Exception as error:  # a defect of ours must reach the caller, not end a thread
            self._broken = f"The supervisor itself failed: {error!r}. Please report it."
        finally:
            self._stop_parts()

    def _look(self) -> None:
        self._look_at_disk()
        for part in self._parts:
            if self._stopping.is_set():
                return
            if part.child.name in self._down and part.state in _TO_BE_STARTED:
                continue
            if part.state is not State.WAITING:
                part.advance()
            elif all(self._by_name[name].state in SETTLED for name in self._after[part.child.name]):
                part.start()

    def _look_at_disk(self) -> None:
        if self._clock() < self._disk_next_at:
            return
        self._disk_next_at = self._clock() + DISK_EVERY_S
        self._disk_seen = self._disk.look(self._data)

    def _stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_WITHIN_S - leash.LET_GO_WITHIN_S)

    def _stop_parts(self) -> None:
        """In waves: whoever nobody alive depends on, all of them at once, then the next."""
        waves = _waves(self._after)
        least_s = min(LEAST_GRACE_S, CHILDREN_WITHIN_S / max(1, len(waves)))
        end_at = time.monotonic() + CHILDREN_WITHIN_S
        for still, wave in reversed(list(enumerate(waves))):
            parts = [self._by_name[name] for name in wave]
            for part in parts:
                part.ask_to_stop()
            began_at = time.monotonic()
            for part in parts:
                left_s = end_at - time.monotonic() - still * least_s
                own_s = began_at + part.child.grace_s - time.monotonic()
                part.stop(max(0.0, min(own_s, left_s)))


def _order(children: list[Child]) -> dict[str, tuple[str, ...]]:
    """For each child the names it starts after.

    They must have been declared before it: so there is no circle, and the reverse is the order of
    stopping. Raises ValueError for any other name, and for one that is used twice.
    """
    order: dict[str, tuple[str, ...]] = {}
    for child in children:
        after = child.after if child.after is not None else tuple(order)[-1:]
        unknown = [name for name in after if name not in order]
        if child.name in order or unknown:
            raise ValueError(f"{child.name} is declared twice, or before {unknown}")
        order[child.name] = after
    return order


def _waves(after: Mapping[str, tuple[str, ...]]) -> list[list[str]]:
    """The names by the length of the longest chain of children that each starts after."""
    depth: dict[str, int] = {}
    for name, earlier in after.items():
        depth[name] = 1 + max((depth[one] for one in earlier), default=-1)
    return [
        [name for name in depth if depth[name] == wave]
        for wave in range(1 + max(depth.values(), default=-1))
    ]
