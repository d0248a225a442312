"""Signing in and out: a page that takes a token or a link, and the way by an identity provider.

A link carries its token behind the `#`, which browsers never send: the page takes it out of the
address before anything else and posts it like one that was typed. So it is in no log and no
history. Before somebody is known their language is not: this page speaks both at once.
"""

from collections.abc import Callable, Mapping
from importlib.resources import files
from string import Template
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import escape

from serving.access.access_log import Decision
from serving.access.doorkeeper import Doorkeeper, Visitor
from serving.access.gate import SIGN_IN, address_of
from serving.access.guard import Asking, visitor_of
from serving.access.issuer import IssuerUnavailable
from serving.access.provider_flow import LASTING, ProviderFlow

NEXT_CHARACTERS_MAX: Final = 2_000
TOKEN_CHARACTERS_MAX: Final = 200
STATE_COOKIE: Final = "portclock-provider"
WRONG: Final = "This token does not let you in 令牌无效或已过期"
AWAY: Final = "The identity provider does not answer; try again 身份服务暂不可用，请重试"
NOT_KNOWN: Final = "The identity provider did not name a role for you here 身份服务未授予角色"
SLOWER: Final = "Too many attempts; wait a few minutes 尝试过多，请稍候几分钟"

Text = Annotated[str, Form(max_length=TOKEN_CHARACTERS_MAX)]
Next = Annotated[str, Form(alias="next", max_length=NEXT_CHARACTERS_MAX)]


def routes(doorkeeper: Doorkeeper) -> APIRouter:
    """The routes of signing in and out, for this doorkeeper."""
    router, pages = APIRouter(include_in_schema=False), _Pages(doorkeeper)
    router.add_api_route(SIGN_IN, pages.show, methods=["GET"])
    router.add_api_route(SIGN_IN, pages.take, methods=["POST"])
    router.add_api_route("/sign-out", pages.leave, methods=["POST"])
    router.add_api_route(f"{SIGN_IN}/page.css", _part("page.css", "text/css"))
    router.add_api_route(f"{SIGN_IN}/page.js", _part("page.js", "text/javascript"))
    if doorkeeper.flow is not None:
        there = _Provider(doorkeeper, doorkeeper.flow)
        router.add_api_route(f"{SIGN_IN}/provider", there.go)
        router.add_api_route(f"{SIGN_IN}/return", there.come_back)
    return router


def local(wanted: str) -> str:
    """A path of ours, or the first page: nobody is sent elsewhere by what an address says."""
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if plain and wanted.isprintable() and SIGN_IN not in wanted else "/"


class _Pages:
    """Signing in by token, and out."""

    def __init__(self, doorkeeper: Doorkeeper) -> None:
        self._doorkeeper = doorkeeper

    def show(self, next: str = "/") -> Response:
        """The page to sign in on."""
        return _page(self._doorkeeper, local(next[:NEXT_CHARACTERS_MAX]))

    async def take(self, request: Request, token: Text = "", wanted: Next = "/") -> Response:
        """A token, typed or from a link."""
        keeper, address = self._doorkeeper, address_of(request.scope)
        if wait_s := keeper.failures.wait_s(address):
            request.state.decision = Decision.TOO_OFTEN
            return _page(keeper, local(wanted), SLOWER, 429, {"retry-after": str(wait_s)})
        found = keeper.signed_in(token.strip())
        if found is None:
            keeper.failures.note(address)
            request.state.decision = Decision.SIGN_IN_REFUSED
            return _page(keeper, local(wanted), WRONG, 401)
        keeper.failures.forget(address)
        cookie, viewer = found
        request.state.visitor = Visitor(viewer, keeper.sessions.read(cookie))
        return _welcome(keeper, request, cookie, local(wanted))

    def leave(self, request: Request, viewer: Asking) -> Response:
        """Sign out; the gate has seen to it that our own page asks."""
        visitor = visitor_of(request)
        if visitor.session is not None:
            self._doorkeeper.sessions.end(visitor.session)
        request.state.decision = Decision.SIGNED_OUT
        answer = RedirectResponse(SIGN_IN, 303)
        answer.delete_cookie(
            self._doorkeeper.cookie, path="/", secure=self._doorkeeper.secure, httponly=True,
            samesite="lax",
        )  # fmt: skip
        return answer


class _Provider:
    """Signing in at the identity provider."""

    def __init__(self, doorkeeper: Doorkeeper, flow: ProviderFlow) -> None:
        self._doorkeeper, self._flow = doorkeeper, flow

    async def go(self, request: Request, next: str = "/") -> Response:
        """There."""
        wanted = local(next[:NEXT_CHARACTERS_MAX])
        try:
            departure = await self._flow.leave(wanted)
        except IssuerUnavailable:
            return self._refuse(request, Decision.PROVIDER_AWAY, AWAY, 503)
        answer = RedirectResponse(departure.address, 303)
        answer.set_cookie(
            STATE_COOKIE, departure.note, max_age=int(LASTING.total_seconds()), path=SIGN_IN,
            secure=self._doorkeeper.secure, httponly=True, samesite="lax",
        )  # fmt: skip
        return answer

    async def come_back(self, request: Request) -> Response:
        """And back."""
        keeper = self._doorkeeper
        try:
            note = request.cookies.get(STATE_COOKIE, "")
            arrival = await self._flow.arrive(note, request.query_params)
        except IssuerUnavailable:
            return self._refuse(request, Decision.PROVIDER_AWAY, AWAY, 503)
        if arrival is None:
            return self._refuse(request, Decision.SIGN_IN_REFUSED, NOT_KNOWN, 401)
        cookie = keeper.signed_in_by_provider(arrival.viewer)
        request.state.visitor = Visitor(arrival.viewer, keeper.sessions.read(cookie))
        answer = _welcome(keeper, request, cookie, local(arrival.wanted))
        answer.delete_cookie(STATE_COOKIE, path=SIGN_IN)
        return answer

    def _refuse(self, request: Request, decision: Decision, words: str, status: int) -> Response:
        request.state.decision = decision
        return _page(self._doorkeeper, "/", words, status)


def _welcome(keeper: Doorkeeper, request: Request, cookie: str, wanted: str) -> Response:
    request.state.decision = Decision.SIGNED_IN
    answer = RedirectResponse(wanted, 303)
    answer.set_cookie(
        keeper.cookie, cookie, path="/", secure=keeper.secure, httponly=True, samesite="lax"
    )
    return answer


def _page(
    keeper: Doorkeeper,
    wanted: str,
    trouble: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Every text from outside is escaped."""
    provider = f"{SIGN_IN}/provider?{urlencode({'next': wanted})}" if keeper.flow else ""
    words = Template(_text("page.html")).substitute(
        next=escape(wanted),
        trouble=f'<p role="alert" class="trouble">{escape(trouble)}</p>' if trouble else "",
        provider=_link(provider) if provider else "",
    )
    return HTMLResponse(words, status, dict(headers or {}))


def _link(address: str) -> str:
    return (
        f'<p><a class="provider" href="{escape(address)}">'
        'Sign in with your organisation <span lang="zh">用单位账号登录</span></a></p>'
    )


def _text(name: str) -> str:
    return (files("serving.access") / "page" / name).read_text(encoding="utf-8")


def _part(name: str, kind: str) -> Callable[[], Response]:
    def part() -> Response:
        return Response(_text(name), media_type=kind, headers={"cache-control": "no-cache"})

    return part
