"""What a request asks for, as values: in which manner, with which filter, of which view.

Who asks is known by `serving.access.guard`. Must never know markup.
"""

from typing import Annotated, Final

from fastapi import Depends, Query, Request

from serving.access.viewers import Viewer
from serving.board.views import Asked
from serving.web.house import House
from serving.web.live import View
from serving.web.manner import Manner, manner_of
from serving.web.problems import Problem, Refused
from serving.web.scene import Scene

WORD_CHARACTERS_MAX: Final = 64
Word = Annotated[str, Query(max_length=WORD_CHARACTERS_MAX)]


def house_of(request: Request) -> House:
    """What the app was made with."""
    house: House = request.app.state.house
    return house


def asked_of(
    port: Word = "",
    facility: Word = "",
    yard: Word = "",
    stage: Word = "",
    answers: Word = "",
    mode: Word = "",
) -> Asked:
    """The filter of an address."""
    return Asked(port, facility, yard, stage, answers, mode)


def page_manner(request: Request) -> Manner:
    """How the page of this address is to be shown."""
    return _manner(request, request.url.path)


TheHouse = Annotated[House, Depends(house_of)]
TheAsked = Annotated[Asked, Depends(asked_of)]
TheManner = Annotated[Manner, Depends(page_manner)]


def scene_of(request: Request, view: View, viewer: Viewer, asked: Asked) -> Scene:
    """One look at a live view: from its page, or from its stream, alike. Raises Refused."""
    if view.units and not viewer.sees_units:
        raise Refused(Problem.REFUSED)
    query = request.query_params
    choices = {name: query[name][:400] for name in view.choices if name in query}
    return Scene(viewer, _manner(request, f"/{view.name}"), asked, choices)


def _manner(request: Request, path: str) -> Manner:
    accepted = request.headers.get("accept-language", "")
    query = {name: word for name, word in request.query_params.items() if name != "from"}
    return manner_of(path, query, request.cookies, accepted)
