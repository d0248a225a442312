"""Stops queries nobody waits for any more.

While a query runs, its own thread is inside the engine and cannot see that the client has
cancelled or gone. One thread looks at the sockets of all running queries instead. Knows no
protocol: a client that waits for an answer sends nothing, so anything it sends means stop.
"""

import logging
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from portclock.standalone.clickhouse.session import Session

_LOG = logging.getLogger(__name__)
_LOOK_EVERY_S = 0.2


@dataclass(slots=True)
class _Running:
    session: Session
    ended: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held while the query is stopped, and taken when it has ended: so that a stop which comes
    late cannot hit the next query of the same session."""


class Watch:
    """Start it, hand it each running query, stop it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[socket.socket, _Running] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, name="clickhouse-watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._thread.join()

    @contextmanager
    def over(self, client: socket.socket, session: Session) -> Iterator[None]:
        """The session runs a query for this client as long as `with` lasts."""
        running = _Running(session)
        with self._lock:
            self._running[client] = running
        try:
            yield
        finally:
            with self._lock:
                self._running.pop(client, None)
            with running.lock:
                running.ended = True

    def _look(self) -> None:
        while not self._stopped.wait(_LOOK_EVERY_S):
            with self._lock:
                all_running = list(self._running.items())
            for client, running in all_running:
                if speaks(client):
                    _stop(running)


def _stop(running: _Running) -> None:
    with running.lock:
        if running.ended:
            return
        try:
            running.session.kill()
        except Exception:
            _LOG.exception("a query of session %s cannot be stopped", running.session.profile.name)


def speaks(client: socket.socket) -> bool:
    """Whether the client has sent something or hung up; never blocks."""
    if client.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(client, select.POLLIN)
    return bool(poll.poll(0))
