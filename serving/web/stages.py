"""The page of figures over many: a day against its limits, its promises and a week before."""

from functools import partial
from typing import Annotated, Final, NamedTuple

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from serving.access.guard import Asking
from serving.access.viewers import Viewer
from serving.asks import Figures, Promise, StageDay
from serving.board.views import Asked
from serving.web import figures, saying
from serving.web.asking import TheManner, house_of
from serving.web.assets import PLOTLY
from serving.web.house import House
from serving.web.problems import Problem, Refused
from serving.web.scene import Scene
from serving.web.shown import page

router = APIRouter(include_in_schema=False)
Day = Annotated[str, Query(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
READERS: Final = 4


class Wanted(NamedTuple):
    """Whose figures: a port, a day, and for whom; `moves` while that day is not over."""

    port: str
    day: str
    viewer: Viewer
    moves: bool


class Found(NamedTuple):
    """The rows of the day and of a week before, and the promises of the month so far."""

    days: list[StageDay]
    promises: list[Promise]


def wanted(house: House, viewer: Viewer, port: str, day: str) -> Wanted:
    """What was asked for; else the first port that they see, and the day that the board has come
    to. Raises Refused for a day that there is not."""
    ports = [share.name for share in house.board.shares(viewer, Asked(), "port")]
    now_s = house.board.now_s
    today = saying.day(int(house.now().timestamp()) if now_s is None else now_s)
    try:
        figures.week_before(day or today)
    except (ValueError, OverflowError):
        raise Refused(Problem.WRONG, f"there is no day {day}") from None
    named = port or min([*ports, *viewer.ports], default="")
    return Wanted(named, day or today, viewer, moves=(day or today) >= today)


async def look(source: Figures, asked: Wanted, limiter: CapacityLimiter) -> Found:
    """The figures, cut to what their reader may count."""
    if not asked.port:
        return Found([], [])
    before = figures.week_before(asked.day)
    rows: list[StageDay] = []
    for one in (asked.day, before):
        ask = partial(source.days, asked.port, one, one)
        rows += await to_thread.run_sync(ask, limiter=limiter)
    month = figures.month_of(asked.day)
    ask_promises = partial(source.promises, asked.port, month, asked.day)
    promises = await to_thread.run_sync(ask_promises, limiter=limiter)
    return Found(
        figures.seen_days(rows, asked.viewer), figures.seen_promises(promises, asked.viewer)
    )


@router.get("/stages")
async def stages(
    request: Request,
    viewer: Asking,
    manner: TheManner,
    port: Annotated[str, Query(max_length=64)] = "",
    day: Day = "",
) -> Response:
    """One day of one port."""
    house, scene = house_of(request), Scene(viewer, manner, Asked(port=port), {})
    asked = wanted(house, viewer, port, day)
    found = await look(house.figures, asked, request.app.state.readers)
    both = figures.pairs(found.days, asked.day)
    return page(
        request,
        scene,
        "stages.html",
        wanted=asked,
        ports=[share.name for share in house.board.shares(viewer, Asked(), "port")],
        before=figures.week_before(asked.day),
        month=figures.month_of(asked.day),
        limited=[pair for pair in both if pair.either.limit_id],
        free=[pair for pair in both if not pair.either.limit_id],
        promises=found.promises,
        kept_share=figures.kept_share,
        chart=figures.chart(both, scene.words.story),
        plotly=PLOTLY,
    )
