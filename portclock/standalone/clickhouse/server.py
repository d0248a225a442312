"""Both doors over one data directory, in this process."""

import ssl
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType

from portclock.standalone.clickhouse.bounds import Bounds
from portclock.standalone.clickhouse.doors import Door, House
from portclock.standalone.clickhouse.engine import Engine
from portclock.standalone.clickhouse.http_door import HttpDoor
from portclock.standalone.clickhouse.native import NativeClient
from portclock.standalone.clickhouse.users import Users
from portclock.standalone.clickhouse.watch import Watch

_STOP_PATIENCE_S = 3.0


@dataclass(frozen=True, slots=True)
class Ports:
    """Where to listen; 0 takes a free port."""

    native: int = 0
    http: int = 0


_ANY_PORTS = Ports()
_OPEN_TO_ALL = Users()
_USUAL = Bounds()


class Server:
    """Listens from `start` to `stop`, or inside `with`. The engine is the caller's to close."""

    def __init__(
        self,
        engine: Engine,
        ports: Ports = _ANY_PORTS,
        users: Users = _OPEN_TO_ALL,
        bounds: Bounds = _USUAL,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Raises OSError when a port is taken. With `tls` both doors speak nothing else."""
        self._watch = Watch()
        house = House(engine, users, bounds, self._watch, tls)
        with ExitStack() as opened:
            self._native = opened.enter_context(Door(ports.native, NativeClient, house))
            self._http = HttpDoor(ports.http, house)
            opened.pop_all()

    @property
    def ports(self) -> Ports:
        """Where it listens."""
        return Ports(self._native.port, self._http.port)

    @property
    def clients(self) -> int:
        """How many connections are open, at both doors together."""
        return self._native.clients + self._http.clients

    def start(self) -> None:
        """Accept clients; returns at once."""
        self._watch.start()
        self._native.start()
        self._http.start()

    def stop(self) -> bool:
        """Cut all clients off; False if a query would not end in time."""
        ended = [door.stop(_STOP_PATIENCE_S) for door in (self._native, self._http)]
        self._watch.stop()
        return all(ended)

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
