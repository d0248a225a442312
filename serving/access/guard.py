"""What a route demands of whoever asks, said in its signature.

    def now(viewer: Asking) -> ...         anybody who signed in, evaluators too: figures over many
    def unit(viewer: AskingOfUnits) -> ... whoever may see single boxes at all
    def answer(viewer: Acting) -> ...      whoever may acknowledge, assign and comment
    def cells(viewer: Pulling) -> ...      evaluators and stewards: what was published
    def events(viewer: Sending) -> ...     senders and stewards, by a token of their own
    def push(viewer: Signing) -> ...       the same, or nobody yet: the route checks a signature
    def metrics(viewer: Keeping) -> ...    stewards

The viewer then decides row by row (`Viewer.sees`, `Viewer.counts`). A route that demands nothing is
still behind the gate; `rules` lists what each demands, and a test fails where one demands nothing.
`entrance.install` puts the gate before an application; forms bring `csrf(request)` along.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Final, NamedTuple

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from serving.access.doorkeeper import Doorkeeper, Visitor
from serving.access.gate import OPEN_FOLDER, OPEN_PATHS
from serving.access.viewers import Role, Viewer

CSRF_HEADER: Final = "x-portclock-csrf"
CSRF_FIELD: Final = "csrf"
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class Rule(StrEnum):
    """What a route demands."""

    OPEN = "open"
    SIGNED_IN = "signed-in"
    UNITS = "units"
    ACTS = "acts"
    PULLS = "pulls"
    SIGNS = "signs"
    SENDS = "sends"
    STEWARD = "steward"


def signed_in(request: Request) -> Viewer:
    """Anybody whom the gate let in to look."""
    viewer = visitor_of(request).viewer
    if not viewer.looks:
        raise HTTPException(403, "senders hand in events; they do not look at the board")
    return viewer


def sees_units(viewer: Annotated[Viewer, Depends(signed_in)]) -> Viewer:
    """Whoever may see single boxes."""
    if not viewer.sees_units:
        raise HTTPException(403, "evaluators see figures over many, never single boxes")
    return viewer


async def acts(request: Request, viewer: Annotated[Viewer, Depends(signed_in)]) -> Viewer:
    """Whoever may act, by a form that we gave to this very session."""
    visitor, doorkeeper = visitor_of(request), _doorkeeper(request)
    if not viewer.acts:
        raise HTTPException(403, "evaluators do not act on alerts")
    if visitor.session is not None:
        brought = request.headers.get(CSRF_HEADER) or await _field(request)
        if not doorkeeper.sessions.from_our_form(visitor.session, brought):
            raise HTTPException(403, "this form is not of your session; load the page again")
    return viewer


def pulls(viewer: Annotated[Viewer, Depends(signed_in)]) -> Viewer:
    """Whoever may pull published figures by program."""
    if not viewer.pulls:
        raise HTTPException(403, "only evaluators and stewards pull published figures")
    return viewer


def steward(viewer: Annotated[Viewer, Depends(signed_in)]) -> Viewer:
    """Stewards only."""
    if viewer.role is not Role.STEWARD:
        raise HTTPException(403, "only stewards may see this")
    return viewer


def sends(request: Request) -> Viewer:
    """Whoever may hand in events of some feed. By a token in the request itself: no page hands in,
    so nothing that a browser can be made to send is taken."""
    visitor = visitor_of(request)
    if visitor.session is not None:
        raise HTTPException(403, "bring a sender's token; a session of the board hands nothing in")
    if visitor.viewer.role not in (Role.SENDER, Role.STEWARD):
        raise HTTPException(403, "only senders and stewards hand in events")
    return visitor.viewer


def signs(request: Request) -> Viewer | None:
    """As `sends`; or nobody, whom the gate lets through to the addresses of pushes alone. Such a
    route takes nothing from nobody before it has seen a signature over the body."""
    known = getattr(request.state, "visitor", None) is not None
    return sends(request) if known else None


Asking = Annotated[Viewer, Depends(signed_in)]
AskingOfUnits = Annotated[Viewer, Depends(sees_units)]
Acting = Annotated[Viewer, Depends(acts)]
Pulling = Annotated[Viewer, Depends(pulls)]
Sending = Annotated[Viewer, Depends(sends)]
Signing = Annotated[Viewer | None, Depends(signs)]
Keeping = Annotated[Viewer, Depends(steward)]

_RULES: Final[dict[Any, Rule]] = {
    signed_in: Rule.SIGNED_IN,
    sees_units: Rule.UNITS,
    acts: Rule.ACTS,
    pulls: Rule.PULLS,
    signs: Rule.SIGNS,
    sends: Rule.SENDS,
    steward: Rule.STEWARD,
}


def visitor_of(request: Request) -> Visitor:
    """Whom the gate let in; without a gate, nobody is."""
    visitor = getattr(request.state, "visitor", None)
    if not isinstance(visitor, Visitor):
        raise HTTPException(401, "sign in first, or bring a token")
    return visitor


def csrf(request: Request) -> str:
    """What the forms of this page must bring along (field `csrf`, or header X-Portclock-Csrf);
    empty for whoever came without a session and needs none."""
    session = visitor_of(request).session
    return _doorkeeper(request).sessions.csrf(session) if session else ""


class Demand(NamedTuple):
    """One route and what it demands; None where that was forgotten."""

    methods: frozenset[str]
    path: str
    rule: Rule | None


def rules(app: FastAPI) -> Iterator[Demand]:
    """Every route of an application with what it demands."""
    for route in iter_route_contexts(app.routes):
        path, methods = str(route.path or ""), frozenset(route.methods or ())
        dependant = getattr(route, "dependant", None)
        rule = _demanded(dependant) if dependant else None
        if path in OPEN_PATHS or f"{path}/" == OPEN_FOLDER:
            rule = Rule.OPEN
        yield Demand(methods, path, rule)


def _demanded(dependant: Dependant) -> Rule | None:
    """The strictest that stands directly in its signature: those build upon one another."""
    found = [_RULES[one.call] for one in dependant.dependencies if one.call in _RULES]
    return max(found, key=list(Rule).index, default=None)


def _doorkeeper(request: Request) -> Doorkeeper:
    doorkeeper: Doorkeeper = request.app.state.doorkeeper  # put there by `entrance`
    return doorkeeper


async def _field(request: Request) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in FORMS:
        return ""
    value = (await request.form()).get(CSRF_FIELD)
    return value if isinstance(value, str) else ""
