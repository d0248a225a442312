"""The page of published data: which datasets there are, of which months, and how to pull them.

For people who pull by program and look first. It reads the catalogue and the list of vintages; must
never know a cell.
"""

from collections.abc import Sequence
from typing import Final

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import Response

from serving.access.guard import Pulling
from serving.asks import AnswerUnavailable
from serving.board.views import Asked
from serving.evaluators.asks import Vintage
from serving.evaluators.choosing import in_order
from serving.web.asking import TheManner, house_of
from serving.web.house import House
from serving.web.scene import Scene
from serving.web.shown import page

router = APIRouter(include_in_schema=False)
VINTAGES_MAX: Final = 24
"""The newest; /v1/vintages has all."""


@router.get("/data")
async def data(request: Request, viewer: Pulling, manner: TheManner) -> Response:
    """Datasets, vintages, and a first call by curl and by Python."""
    house, scene = house_of(request), Scene(viewer, manner, Asked(), {})
    assert house.library is not None, "without one there is no such page"
    vintages = await _vintages(request, house)
    return page(
        request,
        scene,
        "data.html",
        datasets=house.library.catalogue.datasets,
        vintages=None if vintages is None else vintages[:VINTAGES_MAX],
        month="" if not vintages else vintages[0].month,
        address=str(request.base_url).rstrip("/"),
    )


async def _vintages(request: Request, house: House) -> Sequence[Vintage] | None:
    """The newest first; None while the tables do not answer."""
    assert house.library is not None, "without one there is no such page"
    try:
        made = await to_thread.run_sync(
            house.library.published.vintages, limiter=request.app.state.readers
        )
    except AnswerUnavailable:
        return None
    return in_order(made)
