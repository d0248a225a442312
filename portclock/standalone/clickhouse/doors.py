"""A TCP door on 127.0.0.1: one thread for each client, and never too many of them.

Knows no protocol; the handlers do.
"""

import logging
import socket
import socketserver
import ssl
import threading
from dataclasses import dataclass
from typing import Any

from portclock.standalone.clickhouse.bounds import Bounds
from portclock.standalone.clickhouse.engine import Engine
from portclock.standalone.clickhouse.users import Users
from portclock.standalone.clickhouse.watch import Watch

HOST = "127.0.0.1"
_LOG = logging.getLogger(__name__)
_ACCEPT_POLL_S = 0.05
_TOLD_MAX = 32
_LINGER_S = 0.5
_LINGER_READS = 64
_LINGER_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class House:
    """What all clients share."""

    engine: Engine
    users: Users
    bounds: Bounds
    watch: Watch
    tls: ssl.SSLContext | None = None
    """With what it proves who it is; without, what is said is in the clear."""


class Door(socketserver.ThreadingTCPServer):
    """Accepts clients until `stop`. Port 0 takes a free one."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, port: int, handler: type[socketserver.BaseRequestHandler], house: House
    ) -> None:
        self.house = house
        self._inside: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__((HOST, port), handler)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.socket.getsockname()[1])

    @property
    def clients(self) -> int:
        """How many are inside."""
        return len(self._inside)

    @property
    def crowded(self) -> bool:
        """Whether a client just let in is to be told that there are too many."""
        return self.clients > self.house.bounds.connections_max

    def start(self) -> None:
        """Accept clients in a thread of its own."""
        threading.Thread(
            target=self.serve_forever, args=(_ACCEPT_POLL_S,), name="clickhouse-door", daemon=True
        ).start()

    def stop(self, patience_s: float) -> bool:
        """Accept no more, cut all off and wait for their threads; False if some still run."""
        self.shutdown()
        self.server_close()
        with self._changed:
            for client in self._inside:
                _cut(client)
            return self._changed.wait_for(lambda: not self._inside, patience_s)

    def get_request(self) -> tuple[socket.socket, Any]:
        """A client at the door. Greetings of TLS are exchanged when it is first read from, in its
        own thread and within the time for a greeting: nobody waits here for a slow one."""
        client, address = super().get_request()
        if self.house.tls is None:
            return client, address
        try:
            secured = self.house.tls.wrap_socket(
                client, server_side=True, do_handshake_on_connect=False, suppress_ragged_eofs=True
            )
        except OSError:
            client.close()
            raise
        return secured, address

    def process_request(self, request: Any, client_address: Any) -> None:
        """Let a client in; beyond those who can be told why not, hang up at once."""
        with self._changed:
            full = self.clients >= self.house.bounds.connections_max + _TOLD_MAX
            if not full:
                self._inside.add(request)
        if full:
            self.shutdown_request(request)
        else:
            super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """A client is gone."""
        super().shutdown_request(request)
        with self._changed:
            self._inside.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A mistake of ours: it ends this connection and no other."""
        _LOG.exception("a connection ended by an error")


def finish_speaking(client: socket.socket) -> None:
    """Hang up so that the client reads our last words: a socket closed over unread bytes resets
    the connection, and they are lost. What still comes is read for a while and thrown away."""
    client.shutdown(socket.SHUT_WR)
    client.settimeout(_LINGER_S)
    for _ in range(_LINGER_READS):
        if not client.recv(_LINGER_BYTES):
            return


def _cut(client: socket.socket) -> None:
    try:
        client.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
