"""The routes under /v1. Each demands in its signature that whoever asks may pull."""

from collections.abc import Awaitable, Callable
from functools import partial
from mimetypes import guess_type
from typing import Annotated, Any, Final
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute

from serving.access.guard import Pulling
from serving.access.viewers import Viewer
from serving.evaluators import answers, pulling, showing, tagged
from serving.evaluators.accepted import Format
from serving.evaluators.asks import Dataset
from serving.evaluators.choosing import choose
from serving.evaluators.described import (
    JWK_SET,
    MONTH_PATTERN,
    gives,
    gives_cells,
    gives_file,
    gives_keys,
    parameters,
    problems,
)
from serving.evaluators.language import language_of
from serving.evaluators.library import Library
from serving.evaluators.problems import Kind, Problems, Refused, listed
from serving.evaluators.turns import Turns
from serving.evaluators.wanted import SINGLE, VINTAGE_CHARACTERS_MAX, WORD_CHARACTERS_MAX
from serving.web.rendering import RELEASE

LINKS: Final = ("datasets", "definitions", "editions", "vintages", "keys", "problems")
VintageId = Annotated[str, Path(max_length=VINTAGE_CHARACTERS_MAX)]
Month = Annotated[str | None, Query(pattern=MONTH_PATTERN)]
Answering = Callable[[Request, Viewer], Awaitable[Response]]


def known_parameters(request: Request) -> None:
    """Refuses a parameter that a route does not have, or that is given twice. Where cells are
    asked for, the question itself is read as strictly."""
    route: APIRoute = request.scope["route"]
    if route.openapi_extra:
        return
    known = {one.alias for one in route.dependant.query_params}
    for name, _ in request.query_params.multi_items():
        if name not in known or len(request.query_params.getlist(name)) > 1:
            raise Refused(Kind.WRONG_PARAMETER, name[:WORD_CHARACTERS_MAX])


def routes(library: Library, turns: Turns) -> APIRouter:
    """All of them, over one library."""
    router = APIRouter(dependencies=[Depends(known_parameters)])
    for add in (_catalogue, _vintages, _seals, _cells):
        add(router, library, turns)
    return router


def _catalogue(router: APIRouter, library: Library, turns: Turns) -> None:
    """What does not change while this runs, and where to begin."""

    @router.get("/", summary="Where to begin", responses={**problems(), **gives(answers.Index)})
    async def index(request: Request, viewer: Pulling) -> Response:
        found = await turns.take(library.published.vintages)
        links = {name: f"/v1/{name}" for name in (*LINKS, "openapi.json")}
        newest = pulling.newest(found)
        return tagged.answered(request, answers.Index("portclock", RELEASE, newest, links))

    def fixed(path: str, summary: str, shape: type[msgspec.Struct], answer: msgspec.Struct) -> None:
        async def route(request: Request, viewer: Pulling) -> Response:
            return tagged.answered(request, answer)

        _add(router, path, route, summary=summary, responses={**problems(), **gives(shape)})

    catalogue = library.catalogue
    fixed("/datasets", "What there is to pull", answers.Datasets, showing.datasets(catalogue))
    fixed("/definitions", "Where clocks start and end, and by which rules figures are made",
          answers.Definitions, showing.defined(catalogue))  # fmt: skip
    shown = showing.editions(library.editions)
    fixed("/editions", "The limits that judge", answers.Editions, shown)

    @router.get(
        "/problems", summary="What may go wrong", responses={**problems(), **gives(Problems)}
    )
    async def explained(request: Request, viewer: Pulling) -> Response:
        return tagged.answered(request, listed(language_of(request)))

    @router.get("/openapi.json", include_in_schema=False)
    async def description(request: Request, viewer: Pulling) -> JSONResponse:
        return JSONResponse(request.app.openapi())


def _vintages(router: APIRouter, library: Library, turns: Turns) -> None:
    """What was published, and when and why."""

    @router.get(
        "/vintages",
        summary="What was published, the newest first",
        responses={**problems(400), **gives(answers.Vintages)},
    )
    async def vintages(request: Request, viewer: Pulling, month: Month = None) -> Response:
        found = await turns.take(library.published.vintages)
        wanted = [one for one in found if month in (None, one.month)]
        return tagged.answered(request, showing.vintages(wanted))

    @router.get(
        "/vintages/{vintage}",
        summary="One vintage: its rules, and the files of its sealed bulletin",
        responses={**problems(404), **gives(answers.VintageShown)},
    )
    async def vintage(request: Request, viewer: Pulling, vintage: VintageId) -> Response:
        chosen = choose(await turns.take(library.published.vintages), vintage, "")
        if chosen is None:
            raise Refused(Kind.UNKNOWN)
        files = await turns.take(partial(library.seals.names, vintage))
        return tagged.answered(request, showing.vintage(chosen.vintage, chosen.newest, files))


def _seals(router: APIRouter, library: Library, turns: Turns) -> None:
    """What a third party checks a bulletin with."""

    @router.get(
        "/vintages/{vintage}/files/{name:path}",
        summary="One file of a sealed bulletin, its manifest and signature among them",
        responses={**problems(404), **gives_file()},
    )
    async def file(
        request: Request,
        viewer: Pulling,
        vintage: VintageId,
        name: Annotated[str, Path(max_length=200)],
    ) -> Response:
        body = await turns.take(partial(library.seals.file, vintage, name))
        if body is None:
            raise Refused(Kind.UNKNOWN)
        kind = guess_type(name)[0] or "application/octet-stream"
        # Kept rather than shown: pages of a bulletin bring their style along, which ours may not.
        kept = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
        return tagged.tagged(request, body, kind, kept)

    @router.get(
        "/keys",
        summary="The public keys of whoever signs bulletins, as a JWK set",
        responses={**problems(), **gives_keys()},
    )
    async def keys(request: Request, viewer: Pulling) -> Response:
        found = msgspec.json.encode(await turns.take(library.seals.keys))
        return tagged.tagged(request, found, JWK_SET, {})


def _cells(router: APIRouter, library: Library, turns: Turns) -> None:
    """The cells of each dataset, with parameters of its own."""
    for dataset in library.catalogue.datasets:
        if both := set(dataset.names) & set(SINGLE):
            raise ValueError(f"{dataset.id}: {both} would be a filter and something else")
        _add(
            router,
            f"/datasets/{dataset.id}/cells",
            _cells_of(dataset, library, turns),
            summary=f"Cells of {dataset.id}: {dataset.title['en']}",
            operation_id=f"cells_{dataset.id}",
            responses={**problems(400, 404, 406), **gives_cells()},
            openapi_extra={"parameters": parameters(dataset)},
        )


def _cells_of(dataset: Dataset, library: Library, turns: Turns) -> Answering:
    async def cells(request: Request, viewer: Pulling) -> Response:
        pairs, accept = request.query_params.multi_items(), request.headers.get("accept", "")
        question = pulling.Question(dataset, viewer, pairs, accept)
        settled = await turns.take(partial(pulling.settled, library, question))
        pull = {"dataset": settled.head.dataset, "vintage": settled.head.vintage.id}
        request.state.pulled = pull
        if tagged.has(request, settled.tag):
            return tagged.unchanged(settled.tag)
        pulled = await turns.take(partial(pulling.pulled, library, settled))
        request.state.pulled = {**pull, "rows": pulled.rows}
        return _page(settled, pulled)

    return cells


def _page(settled: pulling.Settled, pulled: pulling.Pulled) -> Response:
    headers = {**tagged.KEPT, "etag": settled.tag}
    if pulled.next:
        headers["link"] = f'<{pulled.next}>; rel="next"'
    if pulled.format is not Format.JSON:
        file = pulling.named_file(settled)
        headers["content-disposition"] = f'attachment; filename="{file}"'
    return Response(pulled.body, 200, headers, pulled.format.media_type)


def _add(router: APIRouter, path: str, route: Answering, **said: Any) -> None:
    router.add_api_route(path, route, methods=["GET"], **said)
