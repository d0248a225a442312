"""How much a request may bring along, and how long it may take: before anybody reads a form.

A form is read into memory whole, and that of signing in is read from anybody. What hands in more
than a form has a bound of its own (`OWN_BOUND`). Knows no route's meaning; time is the loop's.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BYTES_MAX: Final = 64 * 1024
"""The largest form is a comment of 2,000 characters."""
WITHIN_S: Final = 20.0
"""From the first look at a body to its end."""
OWN_BOUND: Final = ("/intake",)
_SAID: Final[Mapping[int, str]] = {
    413: "Content Too Large",
    408: "Request Timeout",
}


class _Refused(Exception):
    """The body is not read on; carries the status and what to do."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class Bounded:
    """Before an application: a body that is too large ends in 413, one that dawdles in 408."""

    def __init__(
        self, app: ASGIApp, bytes_max: int = BYTES_MAX, within_s: float = WITHIN_S
    ) -> None:
        self._app, self._bytes_max, self._within_s = app, bytes_max, within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(OWN_BOUND):
            await self._app(scope, receive, send)
            return
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            self._check_length(Headers(scope=scope))
            await self._app(scope, _Body(receive, self._bytes_max, self._within_s), noted)
        except _Refused as refused:
            if begun:
                raise
            await _answer(refused)(scope, receive, send)

    def _check_length(self, headers: Headers) -> None:
        told = headers.get("content-length", "")
        if told.isdecimal() and int(told) > self._bytes_max:
            raise _too_large(self._bytes_max)


class _Body:
    """What an application receives by; counts until the body has ended."""

    def __init__(self, receive: Receive, bytes_max: int, within_s: float) -> None:
        self._receive, self._bytes_max, self._within_s = receive, bytes_max, within_s
        self._read = 0
        self._ended = False
        self._until: float | None = None

    async def __call__(self) -> Message:
        if self._ended:  # what comes now is that the client has gone
            return await self._receive()
        message = await self._next()
        self._read += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        if self._read > self._bytes_max:
            raise _too_large(self._bytes_max)
        return message

    async def _next(self) -> Message:
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + self._within_s
        try:
            async with asyncio.timeout_at(self._until):
                return await self._receive()
        except TimeoutError:
            raise _Refused(408, f"send the whole of it within {self._within_s:g} s") from None


def _too_large(bytes_max: int) -> _Refused:
    return _Refused(413, f"at most {bytes_max:,} bytes are taken here")


def _answer(refused: _Refused) -> JSONResponse:
    problem = {"title": _SAID[refused.status], "status": refused.status, "detail": refused.words}
    headers = {"connection": "close"}  # the rest of the body is not waited for
    return JSONResponse(problem, refused.status, headers, "application/problem+json")
