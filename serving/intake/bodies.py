"""What both ways of handing in share: a body read no further than its bound, and what is said when
nothing was taken. Must never know a format or a broker."""

import asyncio
from typing import Final

from fastapi import Request
from fastapi.responses import JSONResponse

from serving.intake.asks import Busy, Given, KeyOfAnother, NotTaken, Taker, UnknownFeed

AGAIN_S: Final = "10"
PROBLEM: Final = "application/problem+json"


class Refused(Exception):
    """Nothing was taken: with which status, and what to do."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail

    @property
    def headers(self) -> dict[str, str]:
        """When to come again, or what to bring."""
        if self.status == 401:
            return {"www-authenticate": "Bearer"}
        return {"retry-after": AGAIN_S} if self.status == 503 else {}


def said(refused: Refused) -> JSONResponse:
    """As a problem document."""
    problem = {"title": refused.title, "status": refused.status, "detail": refused.detail}
    return JSONResponse(problem, refused.status, refused.headers, PROBLEM)


async def body(request: Request, bytes_max: int, within_s: float | None = None) -> bytes:
    """What was sent, read no further than the bound, nor longer. Raises Refused."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > bytes_max:
        raise _too_large(bytes_max)
    try:
        async with asyncio.timeout(within_s):
            return await _read(request, bytes_max)
    except TimeoutError:
        raise Refused(408, "too slow", f"send the whole of it within {within_s:g} s") from None


async def _read(request: Request, bytes_max: int) -> bytes:
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > bytes_max:
            raise _too_large(bytes_max)
    return bytes(read)


def _too_large(bytes_max: int) -> Refused:
    return Refused(413, "too large", f"send it in pieces of at most {bytes_max:,} bytes")


def hand_in(taker: Taker, feed: str, key: str, data: bytes) -> Given:
    """Raises Refused."""
    try:
        return taker.hand_in(feed, key, data)
    except UnknownFeed:
        raise Refused(404, "no such feed", "there is no feed of that name: GET /intake") from None
    except KeyOfAnother:
        told = "that Idempotency-Key was used for other bytes; give each input a key of its own"
        raise Refused(409, "key of another", told) from None
    except Busy:
        raise Refused(503, "busy", "others are handing in; send it again") from None
    except NotTaken as error:
        told = f"nothing may be relied on, send it again: {error}"
        raise Refused(503, "not taken", told) from None
