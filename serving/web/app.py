"""The app: pages, streams and JSON of one house, and what is said when something goes wrong."""

from typing import Any

from anyio import CapacityLimiter
from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from serving.access.doorkeeper import Visitor
from serving.access.entrance import install
from serving.asks import AnswerUnavailable, DeskUnavailable, StillLanding
from serving.board.views import Asked
from serving.evaluators.app import mounted
from serving.intake import pushes, routes
from serving.web import answers, api, assets, data, pages, quality, stages, streaming, unit
from serving.web.asking import page_manner
from serving.web.house import House
from serving.web.problems import Problem, Refused, trouble
from serving.web.rendering import RELEASE, Fragments
from serving.web.scene import Scene
from serving.web.shown import page
from serving.web.stream import STREAMS_MAX, Seats
from serving.web.words import words

__all__ = ["House", "make_app"]
PROGRAMS = ("/api/", "/live/", "/intake")
SMALLEST_PACKED = 1_024


def make_app(house: House, streams_max: int = STREAMS_MAX) -> FastAPI:
    """Everything that is served under the board's address, behind the gate of the access. No page
    of documentation comes with it, for those load from elsewhere; the description for programs is
    at /api/openapi.json."""
    app = FastAPI(
        title="portclock board", version=RELEASE, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.house = house
    app.state.fragments = Fragments(house.board)
    app.state.seats = Seats(streams_max)
    app.state.tellers = CapacityLimiter(unit.TELLERS)
    app.state.readers = CapacityLimiter(stages.READERS)
    for part in (pages, unit, stages, quality, streaming, api, assets):
        app.include_router(part.router)
    app.mount("/static", assets.our_files())
    if house.library is not None:
        app.include_router(data.router)
        app.router.routes.append(mounted(house.library))
    if house.taker is not None:
        app.include_router(routes.routes(house.taker))
        app.include_router(pushes.routes(house.taker))
    app.add_middleware(GZipMiddleware, minimum_size=SMALLEST_PACKED)
    install(app, house.doorkeeper)
    _on_problems(app)
    _describe(app)
    return app


def _describe(app: FastAPI) -> None:
    """Adds the shapes of the rows to the description that FastAPI makes of the routes."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        schema = made()
        schema.setdefault("components", {}).setdefault("schemas", {}).update(answers.components())
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def _on_problems(app: FastAPI) -> None:
    """Every way to go wrong ends in a sentence that says what to do."""

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return _say(request, error)

    @app.exception_handler(DeskUnavailable)
    async def desk(request: Request, error: DeskUnavailable) -> Response:
        return _say(request, Refused(Problem.DESK))

    @app.exception_handler(AnswerUnavailable)
    async def tables(request: Request, error: AnswerUnavailable) -> Response:
        still = isinstance(error, StillLanding)
        return _say(request, Refused(Problem.LANDING if still else Problem.UNAVAILABLE))

    @app.exception_handler(RequestValidationError)
    async def wrong(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        return _say(request, Refused(Problem.WRONG, f"{where}: {first['msg']}"))

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return _say(request, Refused(Problem.UNKNOWN))
        if error.status_code == 403:
            return _say(request, Refused(_why(request)))
        return await http_exception_handler(request, error)


def _why(request: Request) -> Problem:
    """Why the guard said no."""
    visitor = getattr(request.state, "visitor", None)
    if request.method == "GET":
        return Problem.REFUSED
    acts = isinstance(visitor, Visitor) and visitor.viewer.acts
    return Problem.FOREIGN if acts else Problem.NOT_ACTING


def _say(request: Request, refused: Refused) -> Response:
    """The problem, for a program or for a person."""
    manner = page_manner(request)
    said = trouble(refused, words(manner.language))
    status = refused.problem.status
    headers = {"retry-after": "10"} if status == 503 else {}
    visitor = getattr(request.state, "visitor", None)
    if request.url.path.startswith(PROGRAMS) or not isinstance(visitor, Visitor):
        return JSONResponse(said.model_dump(), status, headers)
    scene = Scene(visitor.viewer, manner, Asked(), {})
    return page(request, scene, "problem.html", status, said=said)
