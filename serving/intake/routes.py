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
from serving.intake.asks import Taker
from serving.intake.bodies import Refused, body, hand_in, said

WAITING_MAX: Final = 8
"""Inputs in memory at once, each of at most the taker's bound."""
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        pattern=r"^[\x21-\x7e]*$",
        description="The sender's name for this input: sent again under it, it is taken once.",
    ),
]


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
    async def take(request: Request, viewer: Sending, feed: str, key: Key = "") -> Response:
        """Hand in one input: an interchange, a document, a file of events."""
        if waiting.available_tokens < 1:
            return said(Refused(503, "busy", "too many are handing in; send it again"))
        try:
            async with waiting:
                _require(taker, viewer, feed)
                data = await body(request, taker.bytes_max)
                given = await to_thread.run_sync(hand_in, taker, feed, key, data)
        except Refused as error:
            return said(error)
        status = 422 if given.receipt["outcome"] == "refused" else 200
        return JSONResponse({**given.receipt, "repeated": given.repeated}, status)

    return router


def _require(taker: Taker, viewer: Viewer, feed: str) -> None:
    """Raises Refused; whoever may not hand in a feed is not told whether there is one."""
    if feed not in taker.names() or not viewer.hands_in(feed):
        raise Refused(404, "no such feed", "this token hands in no feed of that name: GET /intake")
