"""POST /intake/{feed}: bytes in, a receipt out; and what a sender is told when nothing was taken.

An input is taken whole or the answer says so: 200 with the receipt, 422 with it where every message
was refused. The same key with the same bytes gets the same receipt; without `Idempotency-Key` the
bytes are their own key. Must never know a format or a broker.
"""

from typing import Annotated, Any, Final

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response

from serving.access.guard import Sending
from serving.access.viewers import Viewer
from serving.intake.asks import Busy, KeyOfAnother, NotTaken, Taker, UnknownFeed

WAITING_MAX: Final = 8
"""Inputs in memory at once, each of at most the taker's bound."""
AGAIN_S: Final = "10"
PROBLEM: Final = "application/problem+json"

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        pattern=r"^[\x21-\x7e]*$",
        description="The sender's name for this input: sent again under it, it is taken once.",
    ),
]


class Refused(Exception):
    """Nothing was taken: with which status, and what to do."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail


def routes(taker: Taker) -> APIRouter:
    """The routes over one taker."""
    router = APIRouter(prefix="/intake", tags=["intake"])
    waiting = CapacityLimiter(WAITING_MAX)

    @router.get("")
    def feeds(viewer: Sending) -> dict[str, Any]:
        """The feeds that this sender may hand in."""
        mine = [name for name in taker.names() if viewer.hands_in(name)]
        return {"feeds": mine, "bytes_max": taker.bytes_max}

    @router.head("/{feed}", status_code=204, response_class=Response)
    def is_there(viewer: Sending, feed: str) -> Response:
        """Whether it may be handed in here; publishers ask before they subscribe somebody."""
        try:
            _require(taker, viewer, feed)
        except Refused as error:
            return Response(status_code=error.status)
        return Response(status_code=204)

    @router.post("/{feed}", response_model=None)
    async def hand_in(request: Request, viewer: Sending, feed: str, key: Key = "") -> Response:
        """Hand in one input: an interchange, a document, a file of events."""
        if waiting.available_tokens < 1:
            return _said(Refused(503, "busy", "too many are handing in; send it again"))
        try:
            async with waiting:
                _require(taker, viewer, feed)
                data = await _body(request, taker.bytes_max)
                document, repeated = await to_thread.run_sync(_hand_in, taker, feed, key, data)
        except Refused as error:
            return _said(error)
        status = 422 if document["outcome"] == "refused" else 200
        return JSONResponse({**document, "repeated": repeated}, status)

    return router


def _require(taker: Taker, viewer: Viewer, feed: str) -> None:
    """Raises Refused; whoever may not hand in a feed is not told whether there is one."""
    if feed not in taker.names() or not viewer.hands_in(feed):
        raise Refused(404, "no such feed", "this token hands in no feed of that name: GET /intake")


async def _body(request: Request, bytes_max: int) -> bytes:
    """What was sent, read no further than the bound. Raises Refused."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > bytes_max:
        raise _too_large(bytes_max)
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > bytes_max:
            raise _too_large(bytes_max)
    return bytes(read)


def _too_large(bytes_max: int) -> Refused:
    return Refused(413, "too large", f"send it in pieces of at most {bytes_max:,} bytes")


def _hand_in(taker: Taker, feed: str, key: str, data: bytes) -> tuple[dict[str, Any], bool]:
    """Raises Refused."""
    try:
        document, repeated = taker.hand_in(feed, key, data)
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
    return dict(document), repeated


def _said(refused: Refused) -> Response:
    problem = {"title": refused.title, "status": refused.status, "detail": refused.detail}
    headers = {"retry-after": AGAIN_S} if refused.status == 503 else {}
    return JSONResponse(problem, refused.status, headers, PROBLEM)
