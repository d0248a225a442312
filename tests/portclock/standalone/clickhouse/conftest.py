"""One engine and one server for all tests of this folder, and a database for each test.

The engine allows one data directory in a process, so it is shared; servers are cheap.
"""

import http.client
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import pytest
from clickhouse_driver import Client

from portclock.standalone.clickhouse.bounds import Bounds
from portclock.standalone.clickhouse.engine import Engine
from portclock.standalone.clickhouse.server import Server
from portclock.standalone.clickhouse.users import User, Users

_numbers = itertools.count(1)
_LOOKS = 600
_LOOK_EVERY_S = 0.05


class Connect(Protocol):
    """Makes an unmodified clickhouse-driver client of a server."""

    def __call__(self, at: Server | None = None, **options: Any) -> Any:
        """Closed when the test ends."""


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The one engine of this process."""
    made = Engine(tmp_path_factory.mktemp("engine"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def users() -> Users:
    """A writer without a password and a reader with one."""
    return Users((User("default", ""), User("reader", "to read", reader=True)))


@pytest.fixture(scope="session")
def server(engine: Engine, users: Users) -> Iterator[Server]:
    """A server with the usual bounds."""
    with Server(engine, users=users) as made:
        yield made


@pytest.fixture
def server_with(engine: Engine) -> Iterator[Callable[[Bounds], Server]]:
    """Makes servers with bounds of their own, on the same engine."""
    with ExitStack() as opened:
        yield lambda bounds: opened.enter_context(Server(engine, bounds=bounds))


@pytest.fixture
def database(engine: Engine) -> Iterator[str]:
    """An empty database, gone after the test."""
    name = f"test_{next(_numbers)}"
    connection = engine.connect()
    connection.query(f"CREATE DATABASE {name}", "Null")
    yield name
    connection.query(f"DROP DATABASE {name} SYNC", "Null")
    connection.close()


@pytest.fixture
def connect(server: Server, database: str) -> Iterator[Connect]:
    """Clients of the test's own database unless told otherwise."""
    made: list[Any] = []

    def client(at: Server | None = None, **options: Any) -> Any:
        chosen = {"database": database, **options}
        made.append(Client("127.0.0.1", port=(at or server).ports.native, **chosen))
        return made[-1]

    yield client
    for one in made:
        one.disconnect()


@pytest.fixture
def client(connect: Connect) -> Any:
    """The writer."""
    return connect()


@pytest.fixture
def reader(connect: Connect) -> Any:
    """The reader."""
    return connect(user="reader", password="to read")


@pytest.fixture(scope="session")
def eventually() -> Callable[[Callable[[], bool]], bool]:
    """Looks at a fact until it holds; False if it does not within half a minute."""

    def look(fact: Callable[[], bool]) -> bool:
        pause = threading.Event()
        return any(fact() or pause.wait(_LOOK_EVERY_S) for _ in range(_LOOKS))

    return look


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def code(self) -> str | None:
        """ClickHouse's code of an error."""
        return self.headers.get("X-ClickHouse-Exception-Code")


class Http:
    """One connection, which stays open between requests."""

    def __init__(self, server: Server, database: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.ports.http, timeout=60)
        self.headers: dict[str, str] = {}
        self._database = database

    def ask(self, sql: str | None, body: bytes = b"", /, **options: str) -> Reply:
        """One request that may write; without SQL, the body holds it."""
        return self._request("POST", sql, body, options)

    def fetch(self, sql: str, /, **options: str) -> Reply:
        """One request that may not."""
        return self._request("GET", sql, b"", options)

    def reply(self) -> Reply:
        """The answer to the last request."""
        answer = self.connection.getresponse()
        return Reply(answer.status, answer.read(), dict(answer.headers))

    def _request(self, method: str, sql: str | None, body: bytes, options: dict[str, str]) -> Reply:
        query = {} if sql is None else {"query": sql}
        chosen = urlencode({"database": self._database, **query, **options})
        self.connection.request(method, f"/?{chosen}", body, self.headers)
        return self.reply()


@pytest.fixture
def web_of(server: Server, database: str) -> Iterator[Callable[..., Http]]:
    """Makes HTTP connections in the test's database, to the usual server or another."""
    made: list[Http] = []

    def connected(at: Server | None = None) -> Http:
        made.append(Http(at or server, database))
        return made[-1]

    yield connected
    for one in made:
        one.connection.close()


@pytest.fixture
def web(web_of: Callable[..., Http]) -> Http:
    """One connection to the usual server."""
    return web_of()
