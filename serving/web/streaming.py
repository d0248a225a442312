"""GET /live/{view}: the stream of a live view. A route only; `stream` knows how it runs."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import StreamingResponse

from serving.access.guard import Asking, csrf
from serving.web.asking import TheAsked, house_of, scene_of
from serving.web.house import House
from serving.web.live import VIEWS
from serving.web.problems import Problem, Refused
from serving.web.rendering import Fragments
from serving.web.stream import Line, Seats, StreamsFull, events

router = APIRouter(tags=["streams"])
HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}
"""A proxy that gathers an answer before it hands it on would hold a stream back for ever."""
MARK_CHARACTERS_MAX: Final = 100
EXAMPLE: Final = "id: 4f1c-1207\nevent: view\ndata: <section>...</section>\n\n"


class EventStream(StreamingResponse):
    """What OpenAPI shows as the answer."""

    media_type = "text/event-stream"


def close(app: FastAPI) -> None:
    """End every stream, and let no other begin: a server that shuts down waits for them. To be
    called in the server's loop."""
    seats: Seats = app.state.seats
    house: House = app.state.house
    seats.closed = True
    house.changes.tell()


@router.get(
    "/live/{view}",
    response_class=EventStream,
    responses={200: {"content": {"text/event-stream": {"example": EXAMPLE}}}},
    summary="A live view, as server-sent events",
)
async def live(
    request: Request,
    view: str,
    viewer: Asking,
    asked: TheAsked,
    since: Annotated[str, Query(alias="from", max_length=MARK_CHARACTERS_MAX)] = "",
) -> EventStream:
    """The fragment of the view `now`, `breaches`, `inspections` or `feeds` as HTML, now and
    whenever it changes, at most four times a second. Resumable: with the id of what stands, in
    `Last-Event-ID` or in `from`, nothing is sent until something changes. A comment comes when it
    is silent for ten seconds, and the stream ends after a quarter of an hour: come again."""
    house, seen = house_of(request), request.headers.get("last-event-id", "")
    if view not in VIEWS:
        raise Refused(Problem.UNKNOWN)
    scene = scene_of(request, VIEWS[view], viewer, asked)
    fragments: Fragments = request.app.state.fragments
    seats: Seats = request.app.state.seats
    line = Line(
        house.changes,
        lambda: fragments.fragment(VIEWS[view], scene),
        csrf(request),
        seen[:MARK_CHARACTERS_MAX] or since,
        house.epoch,
        lambda: seats.closed,
    )
    try:
        seats.take()
    except StreamsFull:
        raise Refused(Problem.FULL) from None
    return EventStream(_seated(line, seats), headers=HEADERS)


async def _seated(line: Line, seats: Seats) -> AsyncGenerator[bytes]:
    """The stream; its seat is free again however it ends."""
    with seats.held():
        async with aclosing(events(line)) as found:
            async for part in found:
                yield part
