"""The page of one unit, and the search for it: stories told and cut to their reader."""

from functools import partial
from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from serving.access.guard import AskingOfUnits
from serving.access.viewers import Role, Viewer
from serving.asks import Document, Stories
from serving.board.views import Asked
from serving.web.asking import TheManner, house_of
from serving.web.cut import cut
from serving.web.scene import Scene
from serving.web.shown import elsewhere, page
from serving.web.telling import tell
from serving.web.words import Words

router = APIRouter(include_in_schema=False)
TELLERS: Final = 4
"""Stories told at once; more wait for their turn, since each asks the tables."""
SEARCH_MIN: Final = 2
VISIT_CHARACTERS_MAX: Final = 120


class Asking(NamedTuple):
    """Whose story, for whom, and who tells it."""

    stories: Stories
    viewer: Viewer
    words: Words
    limiter: CapacityLimiter


def asking(request: Request, stories: Stories, viewer: Viewer, words: Words) -> Asking:
    """With the one limiter of this app."""
    return Asking(stories, viewer, words, request.app.state.tellers)


async def story(asked: Asking, visit: str) -> Document | None:
    """The story of a visit, cut to its reader; None when there is none for them."""
    ask = partial(asked.stories.story, visit, asked.words.code)
    document = await to_thread.run_sync(ask, limiter=asked.limiter)
    return None if document is None else cut(document, asked.viewer, asked.words.story)


async def found(asked: Asking, text: str) -> list[str]:
    """Visits that begin with a text and have a story for this reader, the newest first."""
    ask = partial(asked.stories.find, text.strip().upper())
    visits = await to_thread.run_sync(ask, limiter=asked.limiter)
    viewer = asked.viewer
    mine = [one for one in visits if not viewer.ports or one.partition("/")[0] in viewer.ports]
    if _sees_all(viewer):
        return mine
    return [one for one in mine if await story(asked, one) is not None]


def _sees_all(viewer: Viewer) -> bool:
    """Whether every visit of their ports has a story for them, so that none need be read."""
    return not viewer.facilities and viewer.role is not Role.CUSTOMS


@router.get("/unit")
async def search(
    request: Request,
    viewer: AskingOfUnits,
    manner: TheManner,
    q: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """The search; one single hit is shown at once."""
    scene = _scene(viewer, manner)
    hits: list[str] = []
    if len(q.strip()) >= SEARCH_MIN:
        hits = await found(asking(request, house_of(request).stories, viewer, scene.words), q)
    if len(hits) == 1:
        return elsewhere(manner.link(f"/unit/{quote(hits[0])}"))
    return page(request, scene, "search.html", q=q.strip(), hits=hits)


@router.get("/unit/{visit:path}")
async def unit(
    request: Request,
    viewer: AskingOfUnits,
    manner: TheManner,
    visit: Annotated[str, Path(max_length=VISIT_CHARACTERS_MAX)],
) -> Response:
    """The story of one visit, from gate to gate: `PORT/UNIT/INSTANT`, or the unit's latest."""
    scene, stories = _scene(viewer, manner), house_of(request).stories
    document = await story(asking(request, stories, viewer, scene.words), visit)
    unit_id = unit_of(visit)
    facts: dict[str, Any] = {"unit_id": unit_id, "q": unit_id}
    if document is None:
        return page(request, scene, "nothing.html", 404, **facts)
    told = tell(document, scene.words.story)
    return page(request, scene, "unit.html", document=document, story=told, **facts)


def unit_of(visit: str) -> str:
    """The unit that an address names."""
    parts = visit.split("/")
    return parts[1] if len(parts) > 1 else visit


def _scene(viewer: Viewer, manner: TheManner) -> Scene:
    return Scene(viewer, manner, Asked(), {})
