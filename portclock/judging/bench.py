"""The bench: those who hold the shares, in this process or each in a process of its own.

Every share is asked the same at the same time. Knows processes and pipes; must never know what is
asked.
"""

import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, NamedTuple, Protocol

from portclock.failure import Failure

Done = Callable[[int], None]
"""Told of so much more that was done."""

SHARE_BYTES_MIN: Final = 16 * 2**20
"""Some 40,000 messages, for which one process needs a second."""
_GC_GENERATIONS: Final = (100_000, 50, 1_000)
"""A share holds millions of objects, hardly any of them in a cycle. To look through them all for
one costs a quarter of the time."""


class Progress(NamedTuple):
    """What a process says before it has an answer."""

    done: int


class Task(Protocol):
    """What can be shared. It is sent to every process."""

    def share(self, number: int, shares: int) -> Any:
        """One of so many shares, by its number from 0: whatever can be asked."""
        ...


class Bench(Protocol):
    """All shares of a task."""

    @property
    def shares(self) -> int:
        """How many there are."""
        ...

    def ask(self, verb: str, each: Sequence[tuple[Any, ...]], done: Done) -> list[Any]:
        """Ask every share to do a thing, each with its own arguments. Their answers, in order."""
        ...

    def drain(self, verb: str, number: int) -> Iterator[Any]:
        """Ask one share again and again, until it has nothing."""
        ...


class Near:
    """All shares in this process, one after another: for small files, and to test the rest by."""

    def __init__(self, shares: int, task: Task) -> None:
        self._shares = [task.share(number, shares) for number in range(shares)]

    @property
    def shares(self) -> int:
        """How many there are."""
        return len(self._shares)

    def ask(self, verb: str, each: Sequence[tuple[Any, ...]], done: Done) -> list[Any]:
        """See Bench."""
        return [
            getattr(share, verb)(done, *said)
            for share, said in zip(self._shares, each, strict=True)
        ]

    def drain(self, verb: str, number: int) -> Iterator[Any]:
        """See Bench."""
        while answer := getattr(self._shares[number], verb)(_unheard):
            yield answer


class Far:
    """Each share in a process of its own. They end with this one, however it ends: each sees the
    other end of its pipe close when it next says something."""

    def __init__(self, held: list[tuple[BaseProcess, Connection]]) -> None:
        self._held = held

    @property
    def shares(self) -> int:
        """How many there are."""
        return len(self._held)

    def ask(self, verb: str, each: Sequence[tuple[Any, ...]], done: Done) -> list[Any]:
        """See Bench. Raises Failure if a process ends without an answer."""
        waiting: dict[Connection, int] = {}
        for number, ((_, pipe), said) in enumerate(zip(self._held, each, strict=True)):
            self._send(number, (verb, said))
            waiting[pipe] = number
        answers: dict[int, Any] = {}
        while waiting:
            ready = wait(list(waiting))
            for pipe in [one for one in waiting if one in ready]:
                answer = self._received(waiting[pipe])
                if isinstance(answer, Progress):
                    done(answer.done)
                else:
                    answers[waiting.pop(pipe)] = answer
        return [answers[number] for number in range(self.shares)]

    def drain(self, verb: str, number: int) -> Iterator[Any]:
        """See Bench. The share prepares an answer while the one before is worked on."""
        self._send(number, (verb, ()))
        while answer := self._received(number):
            self._send(number, (verb, ()))
            yield answer

    def _send(self, number: int, said: Any) -> None:
        try:
            self._held[number][1].send(said)
        except OSError as error:
            raise self._lost(number) from error

    def _received(self, number: int) -> Any:
        try:
            return self._held[number][1].recv()
        except (EOFError, OSError) as error:
            raise self._lost(number) from error

    def _lost(self, number: int) -> Failure:
        process, _ = self._held[number]
        process.join()
        code = process.exitcode
        return Failure(
            f"a process that judged a part of the files ended with {code}",
            do="if memory ran out (-9), judge less at a time; else run it with --jobs 1",
        )


def jobs_for(size_bytes: int | None) -> int:
    """How many processes are worth their while: at most one for each core; each takes a second to
    begin. What cannot be read twice is for one."""
    if size_bytes is None:
        return 1
    return max(1, min(cores(), size_bytes // SHARE_BYTES_MIN))


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def held_by(jobs: int, task: Task) -> Iterator[Bench]:
    """A bench of so many processes; one share needs none but this."""
    with in_processes(jobs, task) if jobs > 1 else in_this_process(task) as bench:
        yield bench


@contextmanager
def in_this_process(task: Task) -> Iterator[Near]:
    """One share, here."""
    before = gc.get_threshold()
    gc.set_threshold(*_GC_GENERATIONS)
    try:
        yield Near(1, task)
    finally:
        gc.set_threshold(*before)


@contextmanager
def in_processes(shares: int, task: Task) -> Iterator[Far]:
    """So many processes, begun anew so that they share nothing with this one. Ctrl-C is for this
    one alone, which then ends them."""
    context = get_context("spawn")
    held: list[tuple[BaseProcess, Connection]] = []
    try:
        with _deaf_to_ctrl_c():
            for number in range(shares):
                here, there = context.Pipe()
                what = there, number, shares, task
                process: BaseProcess = context.Process(target=serve, args=what, daemon=True)
                process.start()
                there.close()
                held.append((process, here))
        yield Far(held)
    finally:
        for process, here in held:
            here.close()
            process.terminate()
            process.join()


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """What is begun meanwhile stays so."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def serve(pipe: Connection, number: int, shares: int, task: Task) -> None:
    """A process of a share: does what it is asked until nobody asks any more."""
    gc.set_threshold(*_GC_GENERATIONS)
    gc.freeze()
    share = task.share(number, shares)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            verb, said = pipe.recv()
            pipe.send(getattr(share, verb)(lambda done: pipe.send(Progress(done)), *said))


def _unheard(done: int) -> None:
    """Nobody follows this."""
