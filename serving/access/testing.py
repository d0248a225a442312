"""For tests: a real doorkeeper whose tokens are kept in memory, and a clock that is told the time.

staff = Staff()
app = make_app(House(..., doorkeeper=staff.doorkeeper))
token = staff.hire(Viewer("Wang", Role.OPERATOR))
client.get("/", headers={"authorization": f"Bearer {token}"})    # or POST /sign-in token=...
"""

import asyncio
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
from fastapi import FastAPI
from starlette.types import Message

from serving.access.access_log import AccessLog
from serving.access.doorkeeper import Doorkeeper, Way
from serving.access.sessions import Sessions
from serving.access.tokens import Token, id_in, make
from serving.access.viewers import Viewer

SECRET = b"thirty-two bytes for the tests.."
FIRST_WITHIN_S = 20
HERE = "http://board.test"
BEGINNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = BEGINNING) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The time that it was told."""
        return self.at

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.at += by


class Staff:
    """Whoever has a token, and the doorkeeper who knows them."""

    def __init__(self, way: Way | None = None, clock: Clock | None = None) -> None:
        self.clock, self._tokens = clock or Clock(), dict[str, Token]()
        self._said = io.StringIO()
        self.doorkeeper = Doorkeeper(
            self, Sessions(SECRET, self.clock), self.clock, AccessLog(self._said), way
        )

    def hire(self, viewer: Viewer, lasting: timedelta = timedelta(days=1)) -> str:
        """A token for somebody."""
        text, token = make(viewer, self.clock(), self.clock() + lasting)
        self._tokens[token.id] = token
        return text

    def fire(self, text: str) -> None:
        """Revoke a token."""
        token = self._tokens[id_in(text) or ""]
        self._tokens[token.id] = msgspec.structs.replace(token, revoked_at=self.clock())

    def move(self, text: str, viewer: Viewer) -> None:
        """Give the holder of a token another role or scope."""
        token = self._tokens[id_in(text) or ""]
        self._tokens[token.id] = msgspec.structs.replace(
            token, role=viewer.role, ports=viewer.ports, facilities=viewer.facilities
        )

    def token(self, id_: str) -> Token | None:
        """As the doorkeeper asks."""
        return self._tokens.get(id_)

    def log(self) -> list[dict[str, Any]]:
        """The lines of the access log."""
        return [json.loads(line) for line in self._said.getvalue().splitlines()]


class Browser:
    """Asks an application as a browser does: keeps its cookies, says which page sent a form, and
    follows no redirect, so that tests see each answer."""

    def __init__(self, app: FastAPI, *, base_url: str = HERE, address: str = "192.0.2.1") -> None:
        self.app, self.cookies = app, httpx.Cookies()
        self._base_url, self._address = base_url, address

    def get(self, path: str, **what: Any) -> httpx.Response:
        """Ask for a page. `what` is as httpx takes it."""
        return self.ask("GET", path, **what)

    def post(self, path: str, **what: Any) -> httpx.Response:
        """Send a form from our own page, unless `headers` say otherwise."""
        return self.ask("POST", path, **{"headers": {"origin": self._base_url}, **what})

    def ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        """Any request; a defect of the application is raised here."""
        return asyncio.run(self._ask(method, path, **what))

    def sign_in(self, token: str) -> None:
        """Hand in a token, and keep the session."""
        answer = self.post("/sign-in", data={"token": token})
        if answer.status_code != 303:
            raise AssertionError(answer.text)

    def first(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and first piece of an answer that goes on and on; then the browser leaves."""
        return asyncio.run(asyncio.wait_for(self._first(path, headers or {}), FIRST_WITHIN_S))

    async def _first(self, path: str, headers: dict[str, str]) -> tuple[int, str]:
        heard: list[bytes] = []
        told, enough = {"status": 0}, asyncio.Event()

        async def receive() -> Message:
            await enough.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
            else:
                heard.append(message.get("body", b""))
                if heard[-1] or not message.get("more_body"):
                    enough.set()

        address = httpx.URL(f"{self._base_url}{path}")
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        said = {"host": address.host, "cookie": cookie, **headers}
        await self.app(
            {
                "type": "http", "method": "GET", "http_version": "1.1", "scheme": address.scheme,
                "path": address.path, "raw_path": address.raw_path.partition(b"?")[0],
                "query_string": address.query, "root_path": "", "client": (self._address, 1),
                "server": (address.host, 80), "asgi": {"version": "3.0", "spec_version": "2.3"},
                "headers": [(name.encode(), value.encode()) for name, value in said.items()],
            },
            receive,
            send,
        )  # fmt: skip
        return told["status"], b"".join(heard).decode()

    async def _ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, client=(self._address, 1))
        async with httpx.AsyncClient(
            transport=transport, base_url=self._base_url, cookies=self.cookies
        ) as client:
            answer = await client.request(method, path, **what)
            self.cookies = client.cookies
            return answer
