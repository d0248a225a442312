"""The application of the evaluators, mounted at /v1 behind the gate of the access.

An application of its own, so that every way to go wrong ends in a problem document, and so that its
description is of nothing but itself.
"""

import re

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Mount

from serving.asks import AnswerUnavailable
from serving.evaluators.described import complete
from serving.evaluators.heads import Heads
from serving.evaluators.language import language_of
from serving.evaluators.library import READERS, WAITING_MAX, Library
from serving.evaluators.pace import Pace
from serving.evaluators.pacing import Pacing
from serving.evaluators.problems import Kind, Refused, said
from serving.evaluators.routes import routes
from serving.evaluators.turns import Turns

VERSION = "1.0.0"
"""Of what is asked and answered here, not of the program: a new first number gets a new path."""
WAIT_S = "10"


class Under(Mount):
    """Whatever begins with a path is here: with a line break in it, too, where Starlette's own
    pattern ends, so that nobody is answered in two ways."""

    def __init__(self, path: str, app: FastAPI) -> None:
        super().__init__(path, app)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)


def mounted(library: Library) -> Mount:
    """The application in its place."""
    return Under("/v1", make_app(library))


def make_app(library: Library) -> FastAPI:
    """Everything under /v1, over one library."""
    app = FastAPI(
        title="portclock for evaluators",
        summary="Published figures of a month: pulled, cited, checked.",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.library = library
    app.include_router(routes(library, Turns(READERS, WAITING_MAX)))
    app.add_middleware(Heads)
    app.add_middleware(Pacing, pace=Pace(library.quota, library.now))
    _on_problems(app)
    complete(app)
    return app


def _on_problems(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return _say(request, error)

    @app.exception_handler(AnswerUnavailable)
    async def tables(request: Request, error: AnswerUnavailable) -> Response:
        return _say(request, Refused(Kind.UNAVAILABLE))

    @app.exception_handler(RequestValidationError)
    async def wrong(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        if first["loc"][0] == "path":  # a name that no vintage or file can have
            return _say(request, Refused(Kind.UNKNOWN))
        where = ".".join(str(part) for part in first["loc"][1:])
        return _say(request, Refused(Kind.WRONG_PARAMETER, f"{where}: {first['msg']}"))

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        kinds = {403: Kind.NOT_ALLOWED, 405: Kind.NO_SUCH_METHOD}
        kind = kinds.get(error.status_code, Kind.UNKNOWN)
        return _say(request, Refused(kind), dict(error.headers or {}))


def _say(request: Request, refused: Refused, headers: dict[str, str] | None = None) -> Response:
    wait = {"retry-after": WAIT_S} if refused.kind.status == 503 else {}
    return said(refused, language_of(request), {**wait, **(headers or {})})
