"""The same as the pages, for programs: JSON under /api, with its shapes in OpenAPI."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from msgspec.structs import replace

from events.alerts import AlertDeed
from serving.access.guard import Acting, Asking, AskingOfUnits
from serving.board.views import Sought
from serving.web import answers, deeds, quality, stages, unit
from serving.web.answers import shape, wire
from serving.web.asking import TheAsked, TheHouse, TheManner, Word, house_of
from serving.web.house import ROWS_MAX, By
from serving.web.live import ENDANGERED, TABS
from serving.web.problems import Problem, Refused, Trouble
from serving.web.words import words

ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": Trouble} for status in (401, 403, 404, 422, 503)
}
router = APIRouter(prefix="/api", tags=["board"], responses=ERRORS)
Limit = Annotated[int, Query(ge=1, le=500)]


@router.get("/openapi.json", include_in_schema=False)
async def description(request: Request, viewer: Asking) -> JSONResponse:
    """What there is, for programs."""
    return JSONResponse(request.app.openapi())


@router.get("/now", responses=shape(answers.Now), summary="What is at risk and overdue")
async def now(
    house: TheHouse, viewer: Asking, asked: TheAsked, limit: Limit = ROWS_MAX
) -> Response:
    """Open stages that are endangered or broken, the most urgent first; empty for evaluators, who
    see `counts` only."""
    board = house.board
    rows = board.at_risk(viewer, asked, limit)
    return wire(answers.Now(board.version, board.now_s, board.counts(viewer, asked), rows))


@router.get("/counts", responses=shape(answers.CountsBy), summary="Counts, in all and by a word")
async def counts(house: TheHouse, viewer: Asking, asked: TheAsked, by: By = "stage") -> Response:
    """How many stages under a limit are open, at risk and overdue."""
    board = house.board
    shares = board.shares(viewer, asked, by)
    return wire(answers.CountsBy(board.version, board.now_s, board.counts(viewer, asked), shares))


class Wanted:
    """Which incidents, how many, and older than which."""

    def __init__(
        self,
        state: Word = "open",
        limit: Limit = ROWS_MAX,
        before: Annotated[str, Query(max_length=400)] = "",
    ) -> None:
        self.state, self.limit, self.before = state, limit, before


@router.get("/breaches", responses=shape(answers.Breaches), summary="Incidents, the newest first")
async def breaches(
    house: TheHouse,
    viewer: AskingOfUnits,
    asked: TheAsked,
    wanted: Annotated[Wanted, Depends()],
) -> Response:
    """`state` is open (all that are endangered or broken), acknowledged (those of them that
    somebody has taken on), resolved or retracted."""
    sought = Sought(ENDANGERED) if wanted.state == "open" else TABS.get(wanted.state)
    if sought is None:
        raise Refused(Problem.WRONG, f"there is no state {wanted.state}")
    board = house.board
    sought = replace(sought, before=wanted.before or None)
    found = board.incidents(viewer, asked, sought, wanted.limit)
    return wire(answers.Breaches(board.version, board.now_s, found))


@router.get("/inspections", responses=shape(answers.Inspections), summary="Inspections under way")
async def inspections(
    house: TheHouse, viewer: AskingOfUnits, asked: TheAsked, limit: Limit = ROWS_MAX
) -> Response:
    """Each from its notice on; null where it has not come to that yet."""
    board = house.board
    found = board.inspections(viewer, asked, limit)
    return wire(answers.Inspections(board.version, board.now_s, found))


@router.get("/feeds", responses=shape(answers.Feeds), summary="Sources of events")
async def feeds(house: TheHouse, viewer: Asking) -> Response:
    """Silence, lateness, refusals."""
    board = house.board
    return wire(answers.Feeds(board.version, board.now_s, board.feeds()))


@router.get("/feeds/quality", responses=shape(answers.FeedQualities), summary="Quality of feeds")
async def feed_quality(
    request: Request, house: TheHouse, viewer: Asking, days: quality.Days = 7
) -> Response:
    """What was received in the last so many days, and which ends of stages are missing."""
    found = await quality.look(house, viewer, days, request.app.state.readers)
    return wire(answers.qualities(found))


@router.get("/stages", responses=shape(answers.Stages), summary="Figures over many, of one day")
async def stage_figures(
    request: Request,
    house: TheHouse,
    viewer: Asking,
    port: Word = "",
    day: stages.Day = "",
) -> Response:
    """The day and the same day a week before, and the promises of the month so far."""
    asked = stages.wanted(house, viewer, port, day)
    found = await stages.look(house.figures, asked, request.app.state.readers)
    return wire(
        answers.Stages(
            asked.port,
            asked.day,
            [answers.stage_day(row) for row in found.days],
            [answers.promise(row) for row in found.promises],
        )
    )


@router.get("/unit/{visit:path}", summary="The story of one visit")
async def story(
    request: Request,
    viewer: AskingOfUnits,
    manner: TheManner,
    visit: Annotated[str, Path(max_length=unit.VISIT_CHARACTERS_MAX)],
) -> dict[str, object]:
    """`PORT/UNIT/INSTANT`, or `PORT/UNIT` for the latest: the document of `portclock explain
    --json` in the language asked for, cut to its reader (`cut` says whether)."""
    asked = unit.asking(request, house_of(request).stories, viewer, words(manner.language))
    found = await unit.story(asked, visit)
    if found is None:
        raise Refused(Problem.UNKNOWN)
    return found


@router.post("/incidents/{incident:path}/deeds", status_code=201, summary="Act on an incident")
async def act(
    request: Request,
    house: TheHouse,
    viewer: Acting,
    incident: Annotated[str, Path(max_length=400)],
    doing: deeds.Doing,
) -> AlertDeed:
    """Acknowledge, assign or comment. Answers once the log has it; the board shows it when it hears
    it from there. Sent twice with one `deed_id`, or with the same words on the same state, it
    counts once."""
    return await deeds.write(house, viewer, incident, doing)
