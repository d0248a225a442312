"""A subset of ClickHouse's HTTP interface: enough for curl, clickhouse-connect and Grafana.

Every answer is made whole before its first byte is sent, so that an error is always told by the
status. Knows requests and answers; what a query asks for is done in `http_queries`.
"""

import gzip
import itertools
import logging
import time
from contextlib import AbstractContextManager, closing
from http.server import BaseHTTPRequestHandler
from typing import cast

from portclock.standalone.clickhouse.bounds import KIB
from portclock.standalone.clickhouse.doors import Door, House, finish_speaking
from portclock.standalone.clickhouse.errors import (
    TOO_MANY_QUERIES,
    UNKNOWN_EXCEPTION,
    BrokenStream,
    Disconnected,
    ServerError,
    server_error,
)
from portclock.standalone.clickhouse.http_queries import Answer, HttpQuery
from portclock.standalone.clickhouse.http_request import HttpRequest, read_request
from portclock.standalone.clickhouse.http_sessions import HttpSessions
from portclock.standalone.clickhouse.session import Session, SessionProfile
from portclock.standalone.clickhouse.users import User

_LOG = logging.getLogger(__name__)
_numbers = itertools.count(1)
_GZIP_FROM_BYTES = KIB
_KEEP_ALIVE_S = 60
_TEXT = "text/plain; charset=UTF-8"
_STATUS = {
    **dict.fromkeys(
        (36, 38, 41, 42, 43, 44, 47, 53, 62, 69, 72, 117, 130, 131, 246, 432, 457), 400
    ),
    **dict.fromkeys((516, 497), 403),
    **dict.fromkeys((46, 60, 81), 404),
    **dict.fromkeys((48, 50), 501),
    **dict.fromkeys((202,), 503),
    307: 413,
}


class HttpDoor(Door):
    """The door that also keeps HTTP sessions."""

    def __init__(self, port: int, house: House) -> None:
        self.sessions = HttpSessions(house.bounds, time.monotonic)
        super().__init__(port, HttpClient, house)

    def stop(self, patience_s: float) -> bool:
        """As any door; the sessions end with it."""
        ended = super().stop(patience_s)
        self.sessions.close()
        return ended


class HttpClient(BaseHTTPRequestHandler):
    """One connection, and one request after the other on it."""

    protocol_version = "HTTP/1.1"
    server_version = "portclock"
    sys_version = ""
    timeout = _KEEP_ALIVE_S
    # Head and body are two writes: the second would wait 40 ms for the first to be acknowledged.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Read."""
        self._serve()

    def do_HEAD(self) -> None:
        """Read, and send no body."""
        self._serve()

    def do_POST(self) -> None:
        """Read or write."""
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a request is no news."""

    def handle(self) -> None:
        """Serve until the client goes."""
        try:
            super().handle()
        except (Disconnected, OSError):
            return

    @property
    def _door(self) -> HttpDoor:
        return cast(HttpDoor, self.server)

    def _serve(self) -> None:
        self.connection.settimeout(self._door.house.bounds.transfer_s)
        try:
            self._send(self._answered(), 200)
        except (Disconnected, OSError):
            raise
        except Exception as error:
            self._refuse(error)
        self.connection.settimeout(self.timeout)

    def _answered(self) -> Answer:
        bounds = self._door.house.bounds
        request = read_request((self.command, self.path), self._header, self.rfile, bounds)
        if self._door.crowded:
            raise BrokenStream(TOO_MANY_QUERIES, "Too many connections; close some or wait")
        if request.path in ("/ping", "/replicas_status") or not (request.query or request.body):
            return Answer(b"Ok.\n", _TEXT, {})
        if request.path != "/":
            raise ServerError(60, f"There is nothing under {request.path}")
        house = self._door.house
        user = house.users.authenticate(request.user, request.password)
        with self._session(request, user) as session:
            made = HttpQuery(session, request, bounds, house.watch, self.connection).answer()
        return self._packed(made, request)

    def _session(self, request: HttpRequest, user: User) -> AbstractContextManager[Session]:
        house = self._door.house
        profile = SessionProfile(
            f"http-{next(_numbers)}", user.reader, request.database, house.bounds.insert_bytes_max
        )

        def opened() -> Session:
            return Session(house.engine, profile)

        name = request.options.get("session_id")
        if not name:
            return closing(opened())
        keep = request.options.get("session_timeout", "")
        keep_s = float(keep) if keep.isdecimal() else house.bounds.http_session_s
        return self._door.sessions.using((user.name, name), keep_s, opened)

    def _packed(self, made: Answer, request: HttpRequest) -> Answer:
        if not request.accepts_gzip or len(made.body) < _GZIP_FROM_BYTES:
            return made
        headers = {**made.headers, "Content-Encoding": "gzip"}
        return Answer(gzip.compress(made.body, 1), made.content_type, headers)

    def _refuse(self, error: Exception) -> None:
        """Tell the client; if its bytes cannot be followed any more, the connection ends too."""
        told = server_error(error)
        if told.code == UNKNOWN_EXCEPTION:
            _LOG.error("a request ended by an unforeseen error", exc_info=error)
        broken = isinstance(error, BrokenStream)
        self.close_connection |= broken
        headers = {"X-ClickHouse-Exception-Code": str(told.code)}
        body = f"Code: {told.code}. DB::Exception: {told.message}\n".encode()
        self._send(Answer(body, _TEXT, headers), _STATUS.get(told.code, 500))
        if broken:
            finish_speaking(self.connection)

    def _send(self, made: Answer, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", made.content_type)
        self.send_header("Content-Length", str(len(made.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        for name, value in made.headers.items():
            self.send_header(name, _harmless(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(made.body)

    def _header(self, name: str) -> str:
        return str(self.headers.get(name) or "")


def _harmless(value: str) -> str:
    """A header's value, some of which come from the client: one line of ASCII."""
    return "".join(sign if sign.isascii() and sign.isprintable() else "?" for sign in value)
