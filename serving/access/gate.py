"""The gate before every route: nobody passes unknown, whatever the route behind it forgot.

An ASGI middleware: finds out who asks, turns away whoever must sign in first and whatever a foreign
page sent, adds the headers that keep browsers careful, ends streams of whoever is no longer
welcome, and writes the access log. What a viewer may see is decided behind it, by `guard`.
"""

import re
from collections.abc import MutableMapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.access.access_log import Decision, shortened
from serving.access.doorkeeper import Doorkeeper, Visitor, offers_bearer
from serving.access.issuer import IssuerUnavailable

SIGN_IN: Final = "/sign-in"
OPEN_PATHS: Final = frozenset(
    {
        "/healthz",
        "/readyz",
        SIGN_IN,
        f"{SIGN_IN}/page.css",
        f"{SIGN_IN}/page.js",
        f"{SIGN_IN}/provider",
        f"{SIGN_IN}/return",
        "/favicon.ico",
    }
)
OPEN_FOLDER: Final = "/static/"
PUSHES: Final = re.compile(r"/intake/[^/]{1,48}/events")
"""Where the route itself finds out who it is, by a signature over the body (`guard.Signing`)."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
STILL_EVERY: Final = timedelta(seconds=1)
HEADERS: Final = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
HTTPS_ONLY: Final = "max-age=31536000"


class _NoLongerWelcome(Exception):
    """Ends a stream from within."""


class Gate:
    """Wraps an application. The visitor, if any, stands in `request.state.visitor`."""

    def __init__(self, app: ASGIApp, doorkeeper: Doorkeeper) -> None:
        self._app, self._doorkeeper = app, doorkeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # there is none: whoever knocks is turned away
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http":
            await _Passage(self._doorkeeper, scope).lead(self._app, receive, send)
        else:
            await self._app(scope, receive, send)


class _Passage:
    """One request on its way through."""

    def __init__(self, doorkeeper: Doorkeeper, scope: Scope) -> None:
        self._doorkeeper, self._scope = doorkeeper, scope
        self._headers = Headers(scope=scope)
        self._began_at = self._looked_at = doorkeeper.now()
        self._visitor: Visitor | None = None
        self._said: Decision | None = None
        self._state: MutableMapping[str, Any] = scope.setdefault("state", {})

    async def lead(self, app: ASGIApp, receive: Receive, send: Send) -> None:
        """To the application, or back with an answer of our own."""

        async def careful(message: Message) -> None:
            await self._on_its_way(message, send)

        try:
            answer = await self._turned_away()
            await (answer or app)(self._scope, receive, careful)
        except _NoLongerWelcome:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except Exception:
            self._log(500)
            raise

    async def _turned_away(self) -> Response | None:
        """The answer for whoever may not pass; None for everybody else."""
        try:
            self._visitor = self._state["visitor"] = await self._who()
        except IssuerUnavailable as error:
            return self._refuse(Decision.PROVIDER_AWAY, 503, str(error))
        bearer = offers_bearer(self._headers)
        if self._visitor is None and bearer:
            return self._wrong_bearer()
        if self._visitor is None and self._is_push():
            return None
        if self._scope["method"] not in SAFE_METHODS and not bearer and not self._from_our_page():
            return self._refuse(Decision.FOREIGN_PAGE, 403, "this was not sent by our own page")
        if self._visitor is None and not _open(self._scope["path"]):
            return self._sign_in_first()
        return None

    def _is_push(self) -> bool:
        """Whether somebody unknown may be known by a signature, or asks whether there is such an
        address. No cookie counts there, so a foreign page gains nothing."""
        pushes = PUSHES.fullmatch(self._scope["path"]) is not None
        return pushes and self._scope["method"] in ("HEAD", "POST")

    async def _who(self) -> Visitor | None:
        cookies = cookie_parser(self._headers.get("cookie", ""))
        return await self._doorkeeper.visitor_of(self._headers, cookies)

    def _wrong_bearer(self) -> Response:
        """A wrong one counts; a right one passes however many wrong ones came from beside it."""
        failures, address = self._doorkeeper.failures, address_of(self._scope)
        wait_s = failures.wait_s(address)
        if wait_s:
            return self._too_often(wait_s)
        failures.note(address)
        return self._refuse(Decision.SIGN_IN_FIRST, 401, "this token does not let you in")

    def _too_often(self, wait_s: int) -> Response:
        answer = self._refuse(Decision.TOO_OFTEN, 429, f"too many wrong tokens; wait {wait_s} s")
        answer.headers["retry-after"] = str(wait_s)
        return answer

    def _sign_in_first(self) -> Response:
        page = "text/html" in self._headers.get("accept", "")
        if not page or self._scope["method"] not in ("GET", "HEAD"):
            return self._refuse(Decision.SIGN_IN_FIRST, 401, "sign in first, or bring a token")
        self._said = Decision.SIGN_IN_FIRST
        query = self._scope["query_string"].decode("latin-1")
        wanted = self._scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(wanted, safe='/')}", 303)

    def _refuse(self, decision: Decision, status: int, words: str) -> Response:
        self._said = decision
        challenge = {"www-authenticate": "Bearer"} if status == 401 else {}
        problem = {"title": HTTPStatus(status).phrase, "status": status, "detail": words}
        return JSONResponse(problem, status, challenge, "application/problem+json")

    def _from_our_page(self) -> bool:
        """Whether a browser sent this for a page of ours. Browsers say so, and no page can make
        them lie; what says nothing is no browser of today, and has a token to bring."""
        site = self._headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        origin = urlsplit(self._headers.get("origin", ""))
        ours = (self._headers.get("host"), urlsplit(self._doorkeeper.board_url).netloc)
        return bool(origin.netloc) and origin.netloc in ours

    async def _on_its_way(self, message: Message, send: Send) -> None:
        if message["type"] == "http.response.start":
            self._add_headers(message)
            self._log(message["status"])
        elif message.get("more_body") and self._visitor is not None:
            await self._still_welcome()
        await send(message)

    async def _still_welcome(self) -> None:
        """A stream goes on for hours; a token revoked or narrowed ends it within a second of the
        next thing it would have said."""
        now = self._doorkeeper.now()
        if now - self._looked_at < STILL_EVERY:
            return
        self._looked_at = now
        try:
            if await self._who() == self._visitor:
                return
        except IssuerUnavailable:
            pass
        raise _NoLongerWelcome

    def _add_headers(self, message: Message) -> None:
        """Ours, where the answer has none of its own."""
        headers = MutableHeaders(scope=message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if self._doorkeeper.secure:
            headers.setdefault("strict-transport-security", HTTPS_ONLY)

    def _log(self, status: int) -> None:
        """At the beginning of an answer, so that a stream is known while it runs."""
        now: datetime = self._doorkeeper.now()
        took = (now - self._began_at) / timedelta(milliseconds=1)
        visitor: Visitor | None = self._state.get("visitor")
        who: dict[str, object] = {"from": address_of(self._scope)}
        if visitor is not None:
            viewer = visitor.viewer
            who |= {"who": viewer.name, "role": viewer.role.value, "by": visitor.came_by}
        what: dict[str, object] = {
            "method": self._scope["method"],
            "path": shortened(self._scope["path"]),
            "status": status,
            "took_ms": round(took, 1),
            **self._state.get("pulled", {}),
        }
        self._doorkeeper.log.write(self._began_at, self._decision(status), what, who)

    def _decision(self, status: int) -> Decision:
        said: Decision | None = self._state.get("decision") or self._said
        if said is not None:
            return said
        if status == 403:
            return Decision.NOT_ALLOWED
        return Decision.LET_IN if self._visitor is not None else Decision.OPEN


def address_of(scope: Scope) -> str:
    """Where a request came from, as the server says; behind a proxy that is trusted, its client."""
    client = scope.get("client")
    return client[0] if client else ""


def _open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDER)
