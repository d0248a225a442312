"""The page of how well feeds report: complete, in time, by a right clock, readable, once."""

from functools import partial
from typing import Annotated, Final

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from serving.access.guard import Asking
from serving.access.viewers import Viewer
from serving.asks import Quality, StageEnds
from serving.board.views import Asked
from serving.web.asking import TheManner, house_of
from serving.web.house import House
from serving.web.problems import Problem, Refused
from serving.web.scene import Scene
from serving.web.shown import page

router = APIRouter(include_in_schema=False)
DAY_S: Final = 86_400
SPANS: Final = (1, 7, 30)
"""Days that the page offers; programs may ask for any number up to DAYS_MAX."""
DAYS_MAX: Final = 92
Days = Annotated[int, Query(ge=1, le=DAYS_MAX)]


async def look(house: House, viewer: Viewer, days: int, limiter: CapacityLimiter) -> Quality:
    """What was received in the last so many days, cut to what its reader may see. Raises Refused
    where nobody knows, and AnswerUnavailable."""
    if house.quality is None:
        raise Refused(Problem.UNKNOWN)
    until_s = int(house.now().timestamp())
    ask = partial(house.quality.quality, until_s - days * DAY_S, until_s)
    return seen(await to_thread.run_sync(ask, limiter=limiter), viewer)


def seen(found: Quality, viewer: Viewer) -> Quality:
    """Feeds concern everybody. An example is of one message: only for whoever sees units. Stages
    are cut as all figures are."""
    ends = [
        one
        for one in found.ends
        if viewer.counts(one.port, one.facility or None, one.stage, answers="")
    ]
    return found._replace(unknown=found.unknown if viewer.sees_units else [], ends=ends)


def lacking(ends: list[StageEnds]) -> list[StageEnds]:
    """The stages of which ends are missing, or have never come; what lacks most stands first."""
    some = [one for one in ends if one.missing or not one.ended]
    return sorted(some, key=lambda one: (-one.missing, one.port, one.facility, one.stage))


def complete(ended: int, missing: int) -> str:
    """The share of ends that came, of those that are due, in tenths of a percent, cut."""
    due = ended + missing
    return f"{ended * 1000 // due / 10:.1f}" if due else "–"


@router.get("/feeds/quality")
async def quality(
    request: Request, viewer: Asking, manner: TheManner, days: Days = SPANS[1]
) -> Response:
    """The last days."""
    scene = Scene(viewer, manner, Asked(), {})
    found = await look(house_of(request), viewer, days, request.app.state.readers)
    return page(
        request,
        scene,
        "quality.html",
        days=days,
        spans=SPANS,
        found=found,
        lacking=lacking(found.ends),
        complete=complete,
    )
