"""POST /intake/{feed}/events: where publishers of DCSA Track & Trace push, and what they are told.

A publisher shows who it is by a sender's token, or by signing the body with a secret that both know
(2.x). It hears what its version of the standard wants to hear:

    3.x   200 with what was not taken and why, event by event; 422 where every one is an error
    2.x   204 once we hold it. There is no way to name one event, and whoever hears an error sends
          all of it again, and nothing after it; what was refused waits in quarantine meanwhile

Sources: https://github.com/dcsaorg/DCSA-Information-Model, tnt-v3.0.0-openapi.yaml (`post-events`);
https://github.com/dcsaorg/DCSA-OpenAPI, tnt/v2/TNT_v2.2.0.yaml (the callback of a subscription).
Must never know an event, a profile or a broker.
"""

from typing import Final

import orjson
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from serving.access.access_log import Decision
from serving.access.doorkeeper import Doorkeeper, Visitor
from serving.access.gate import address_of
from serving.access.guard import Signing
from serving.access.viewers import Role, Viewer
from serving.intake.asks import Given, SecretsUnread, Taker
from serving.intake.bodies import Refused, body, hand_in, said
from serving.intake.signatures import HEADER, is_signed

PUSH_BYTES_MAX: Final = 8 * 1024 * 1024
"""Read from somebody unknown, since who it is can only be told from the whole of it."""
WITHIN_S: Final = 20.0
WAITING_MAX: Final = 4
VERSION: Final = "api-version"
SUBSCRIPTION: Final = "subscription-id"
TWO, THREE = "2.2.0", "3.0.0"


def routes(taker: Taker) -> APIRouter:
    """The routes over one taker."""
    router = APIRouter(prefix="/intake", tags=["intake"])
    waiting = CapacityLimiter(WAITING_MAX)

    @router.head("/{feed}/events", status_code=204, response_class=Response)
    def is_there(sender: Signing, feed: str) -> Response:
        """Publishers ask before they subscribe an address. Somebody unknown hears yes of every
        name, and so learns none."""
        known = sender is None or _takes(taker, sender, feed)
        return Response(status_code=204 if known else 404)

    @router.post("/{feed}/events", response_model=None)
    async def push(request: Request, sender: Signing, feed: str) -> Response:
        """Push a document of events, as DCSA Track & Trace 2.2 or 3.0 has it."""
        version = version_of(request)
        try:
            if waiting.available_tokens < 1:
                raise Refused(503, "busy", "too many are pushing; send it again")
            async with waiting:
                data = await _known(taker, request, sender, feed)
                given = await to_thread.run_sync(hand_in, taker, feed, "", data)
        except Refused as error:
            return _not_taken(error, version)
        return _answered(given, version)

    return router


def version_of(request: Request) -> str:
    """Which version the publisher speaks: as it says, else as only 2.x names a subscription."""
    told = request.headers.get(VERSION, "")
    two = told.startswith("2") if told else SUBSCRIPTION in request.headers
    return TWO if two else THREE


def _takes(taker: Taker, sender: Viewer, feed: str) -> bool:
    return feed in taker.pushed() and sender.hands_in(feed)


async def _known(taker: Taker, request: Request, sender: Viewer | None, feed: str) -> bytes:
    """The body, from somebody whom we know by then. Raises Refused."""
    if sender is not None:
        if not _takes(taker, sender, feed):
            told = "this token pushes to no feed of that name: GET /intake"
            raise Refused(404, "no such feed", told)
        return await body(request, taker.bytes_max)
    _require_patience(request)
    headers = request.headers.getlist(HEADER)
    if not headers:
        raise Refused(401, "unsigned", f"bring a sender's token, or sign the body: {HEADER}")
    data = await body(request, PUSH_BYTES_MAX, WITHIN_S)
    try:
        secrets = taker.secrets(feed) if feed in taker.pushed() else ()
    except SecretsUnread:
        raise Refused(503, "not taken", "signatures cannot be looked at now; come again") from None
    if not is_signed(headers, data, secrets):
        raise _wrong(request)
    viewer = Viewer(feed, Role.SENDER, feeds=frozenset({feed}))
    request.state.visitor, request.state.decision = Visitor(viewer, signed=True), Decision.LET_IN
    return data


def _require_patience(request: Request) -> None:
    """Raises Refused for an address from which too much was wrong of late."""
    wait_s = _doorkeeper(request).failures.wait_s(address_of(request.scope))
    if wait_s:
        request.state.decision = Decision.TOO_OFTEN
        raise Refused(429, "too often", f"too many wrong signatures; wait {wait_s} s")


def _wrong(request: Request) -> Refused:
    _doorkeeper(request).failures.note(address_of(request.scope))
    request.state.decision = Decision.SIGN_IN_REFUSED
    return Refused(401, "wrong signature", f"no secret of this feed made this {HEADER}")


def _doorkeeper(request: Request) -> Doorkeeper:
    doorkeeper: Doorkeeper = request.app.state.doorkeeper  # put there by `entrance`
    return doorkeeper


def _answered(given: Given, version: str) -> Response:
    headers = {VERSION: version}
    if version == TWO:
        return Response(status_code=204, headers=headers)
    answer = given.answer or b'{"feedbackElements":[]}'
    wrong = any(one["severity"] == "ERROR" for one in orjson.loads(answer)["feedbackElements"])
    status = 422 if wrong and given.receipt["outcome"] == "refused" else 200
    return Response(answer, status, headers, "application/json")


def _not_taken(refused: Refused, version: str) -> Response:
    """For 3.x as its standard has errors; for others as everywhere here."""
    if version == TWO:
        return said(refused)
    element = {"severity": "ERROR", "message": refused.detail, "propertyPath": "$"}
    headers = {VERSION: version, **refused.headers}
    return JSONResponse({"feedbackElements": [element]}, refused.status, headers)
