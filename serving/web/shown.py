"""A page as an answer of HTTP: rendered, never kept by anybody, with what the browser remembers."""

from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from serving.access.guard import csrf
from serving.web.asking import house_of
from serving.web.live import View
from serving.web.manner import KEPT_S
from serving.web.rendering import Fragments, personal, render
from serving.web.scene import Scene

KEPT_BY_NOBODY: Final = {"cache-control": "no-store", "vary": "cookie, accept-language"}


def page(
    request: Request, scene: Scene, template: str, status: int = 200, **facts: Any
) -> Response:
    """One page."""
    house = house_of(request)
    facts |= {"csrf": csrf(request), "publishes": house.library is not None}
    markup = render(template, scene, house.board, **facts)
    return _remembering(HTMLResponse(markup, status, KEPT_BY_NOBODY), request)


def live_page(request: Request, scene: Scene, view: View, **facts: Any) -> Response:
    """The page of a live view: the fragment that its stream will replace, and what stands still."""
    house = house_of(request)
    fragments: Fragments = request.app.state.fragments
    version, fragment = fragments.fragment(view, scene)
    facts |= {
        "view": view.name,
        "mark": f"{house.epoch}-{version}",
        "fragment": Markup(personal(fragment, csrf(request))),
    }
    return page(request, scene, f"{view.name}.html", **facts)


def elsewhere(address: str) -> Response:
    """Go there, and ask for it as a page."""
    return RedirectResponse(address, 303, KEPT_BY_NOBODY)


def _remembering(response: Response, request: Request) -> Response:
    """Language and theme that were asked for in the address hold from now on in this browser."""
    for name, known in (("lang", ("zh", "en")), ("theme", ("dark", "light"))):
        word = request.query_params.get(name, "")
        if word in known:
            response.set_cookie(name, word, KEPT_S, samesite="lax", httponly=True)
    return response
