"""The pages of live views, and what their forms do. Routes only: each is a few lines."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import ValidationError

from serving.access.guard import Acting, Asking, AskingOfUnits
from serving.access.viewers import Role, Viewer
from serving.board.views import Asked
from serving.web import deeds
from serving.web.asking import TheAsked, TheHouse, scene_of
from serving.web.house import House
from serving.web.live import SHARES, VIEWS
from serving.web.problems import Problem, Refused
from serving.web.shown import elsewhere, live_page

router = APIRouter(include_in_schema=False)
OPTIONS_MAX: Final = 200
"""Words that a filter offers to choose from."""


@router.get("/")
async def first(request: Request, viewer: Asking) -> Response:
    """Evaluators come for figures, everybody else for what is urgent."""
    page = "/stages" if viewer.role is Role.EVALUATOR else "/now"
    query = request.url.query
    return elsewhere(f"{page}?{query}" if query else page)


@router.get("/now")
async def now(request: Request, house: TheHouse, viewer: Asking, asked: TheAsked) -> Response:
    """What is at risk and overdue."""
    view = VIEWS["now"]
    scene = scene_of(request, view, viewer, asked)
    return live_page(request, scene, view, options=options(house, viewer, asked))


@router.get("/breaches")
async def breaches(
    request: Request, house: TheHouse, viewer: AskingOfUnits, asked: TheAsked
) -> Response:
    """Alerts, and what is done about them."""
    view = VIEWS["breaches"]
    scene = scene_of(request, view, viewer, asked)
    return live_page(request, scene, view, options=options(house, viewer, asked))


@router.get("/inspections")
async def inspections(
    request: Request, house: TheHouse, viewer: AskingOfUnits, asked: TheAsked
) -> Response:
    """From the notice to the end."""
    view = VIEWS["inspections"]
    scene = scene_of(request, view, viewer, asked)
    return live_page(request, scene, view, options=options(house, viewer, asked))


@router.get("/feeds")
async def feeds(request: Request, viewer: Asking, asked: TheAsked) -> Response:
    """Who is heard, and how late."""
    view = VIEWS["feeds"]
    return live_page(request, scene_of(request, view, viewer, asked), view)


def options(house: House, viewer: Viewer, asked: Asked) -> dict[str, list[str]]:
    """What each field of the filter offers: every word that an open stage has, at this port."""
    wide = Asked(port=asked.port)
    found = {
        by: [one.name for one in house.board.shares(viewer, wide, by)][:OPTIONS_MAX]
        for by in SHARES
    }
    ports = house.board.shares(viewer, Asked(), "port")
    return {"port": [one.name for one in ports][:OPTIONS_MAX], **found}


@router.post("/incidents/deeds")
async def act(
    request: Request,
    house: TheHouse,
    viewer: Acting,
    incident: Annotated[str, Form(max_length=400)],
    form: Annotated[str, Form(alias="deed", max_length=20)],
) -> Response:
    """A form of the pages: does it, and goes back to where it was sent from."""
    said = await request.form()
    given = {name: str(said[name]) for name in ("to", "text", "after", "deed_id") if said.get(name)}
    try:
        doing = deeds.Doing.model_validate({"deed": form, **given})
    except ValidationError as error:
        raise Refused(Problem.WRONG, str(error.errors()[0]["msg"])) from None
    await deeds.write(house, viewer, incident, doing)
    return elsewhere(_back(str(said.get("back", ""))))


def _back(path: str) -> str:
    """Only to a page of this board: an address that begins with one slash, and no other mark of a
    host."""
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if ours and path.isprintable() else "/breaches"
