"""Rounds: in each every peer reads the same messages from the same broker, one after the other, in
another order than in the round before.

Knows how an engine is started and what it must report; must never know what an engine does.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from load_tests.peers import topics
from load_tests.peers.environments import ROOT, EnvironmentFailed, python_of
from load_tests.peers.messages import Message
from load_tests.peers.peers import DURATIONS, Peer
from portclock.standalone.brokers import BrokerKind, start_broker

NO_BROKER = "none", 0
TIMEOUT_S = 600.0
LAST_WORDS = 2_000


class EngineFailed(Exception):
    """An engine died or never ended; with its last words."""


class Plan(NamedTuple):
    """What is compared. `file` and `lines` hold the messages too, for who reads no broker.

    `python_of` gives the interpreter of an environment by its name.
    """

    made: list[Message]
    file: Path
    lines: Path
    job: str
    broker: BrokerKind
    python_of: Callable[[str], Path] = python_of


@dataclass(frozen=True, slots=True)
class Result:
    """One peer in one round. `cpu_s` is None when it failed, and `failure` says how."""

    peer: str
    job: str
    round: int
    messages: int = 0
    cpu_s: float | None = None
    wall_s: float = 0.0
    peak_mib: int = 0
    words: int = 0
    checksum: int = 0
    counted: int = 0
    failure: str = ""


def play(plan: Plan, peers: Sequence[Peer], number: int) -> list[Result]:
    """One round."""
    order = _turned(peers, number)
    if not any(peer.broker for peer in peers):
        return [_run(plan, peer, number, NO_BROKER) for peer in order]
    with (
        TemporaryDirectory(prefix="peers-") as folder,
        start_broker(plan.broker, Path(folder)) as broker,
    ):
        outputs = {topic for peer in peers for topic in peer.says(plan.job)}
        topics.load(broker.address, plan.made, outputs)
        where = broker.address, broker.session_timeout_ms
        return [_run(plan, peer, number, where) for peer in order]


def _turned(peers: Sequence[Peer], number: int) -> list[Peer]:
    """Each round begins with another peer and every second one runs backwards."""
    start = number % max(1, len(peers))
    order = [*peers[start:], *peers[:start]]
    return order[::-1] if number % 2 else order


def _run(plan: Plan, peer: Peer, number: int, broker: tuple[str, int]) -> Result:
    where = f"{plan.job}, round {number}: {peer.name}"
    try:
        told = _told_by(plan, peer, broker)
    except (EnvironmentFailed, EngineFailed) as error:
        print(f"{where} failed: {error}", file=sys.stderr, flush=True)
        return Result(peer.name, plan.job, number, failure=str(error))
    if "checksum" not in told:
        told |= topics.summed(broker[0], peer.says(plan.job))._asdict()
    each_us = 1e6 * told["cpu_s"] / told["messages"]
    print(f"{where} {each_us:.1f} us", file=sys.stderr, flush=True)
    return Result(peer.name, plan.job, number, **told)


def _told_by(plan: Plan, peer: Peer, broker: tuple[str, int]) -> dict[str, Any]:
    """Start an engine, wait for its end, and hear its report."""
    python = plan.python_of(peer.environment)
    with TemporaryDirectory(prefix=f"{peer.name}-") as folder:
        command = _command(python, plan, peer, broker, Path(folder))
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=_environment(),
                capture_output=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise EngineFailed(f"not done after {TIMEOUT_S:.0f} s") from None
    told = _report(done.stdout)
    if done.returncode or "cpu_s" not in told:
        tail = (done.stderr or done.stdout).decode(errors="replace").strip()[-LAST_WORDS:]
        raise EngineFailed(tail or f"ended with {done.returncode}, saying nothing")
    return told


def _command(
    python: Path, plan: Plan, peer: Peer, broker: tuple[str, int], folder: Path
) -> list[str]:
    address, session_ms = broker
    options = {
        "--broker": address,
        "--messages": str(len(plan.made)),
        "--job": plan.job,
        "--words": peer.words(plan.job),
        "--session-ms": str(session_ms),
        "--file": str(plan.lines if plan.job in DURATIONS else plan.file),
        "--folder": str(folder),
    }
    said = [word for pair in options.items() for word in pair]
    return [str(python), "-m", f"load_tests.peers.engines.{peer.module}", *said]


def _environment() -> dict[str, str]:
    """The caller's, without what would speak to the project's own settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTCLOCK_", "PYTHON"))}
    return {**kept, "PYTHONHASHSEED": "0"}


def _report(output: bytes) -> dict[str, Any]:
    """All lines of JSON objects on stdout, as one."""
    told: dict[str, Any] = {}
    for line in output.splitlines():
        if line.startswith(b"{"):
            told |= json.loads(line)
    return told
