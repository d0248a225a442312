"""Who is at the door: from the headers and cookies of a request to a visitor, or to nobody.

Knows tokens, sessions and the identity provider; must never know a page, nor what may be seen.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

import msgspec

from serving.access.access_log import AccessLog
from serving.access.failures import Failures
from serving.access.issuer import Issuer
from serving.access.provider_flow import ProviderFlow
from serving.access.sessions import Session, Sessions
from serving.access.tokens import Token, id_in
from serving.access.viewers import Viewer

SESSION: Final = timedelta(hours=12)
"""A shift. A session by token never outlives its token."""
PROVIDER_SESSION: Final = timedelta(hours=1)
"""What the provider takes back is felt at the end of this."""
_BEARER: Final = "bearer "


class Tokens(Protocol):
    """Where tokens are kept."""

    def token(self, id_: str) -> Token | None:
        """The token of that id, as it is now."""


class Visitor(msgspec.Struct, frozen=True):
    """Somebody who was let in. With a `session` they came by cookie, which a foreign page can make
    a browser send; without, by credentials in the request itself: a token, or with `signed` a
    signature over its body."""

    viewer: Viewer
    session: Session | None = None
    signed: bool = False

    @property
    def came_by(self) -> str:
        """For the access log: `session`, `signature` or `bearer`."""
        if self.signed:
            return "signature"
        return "bearer" if self.session is None else "session"


class Way(NamedTuple):
    """How people reach us from outside: the address they type, and the identity provider, whose
    `flow` is there when browsers may sign in by it."""

    board_url: str = ""
    issuer: Issuer | None = None
    flow: ProviderFlow | None = None


class Doorkeeper:
    """Lets in by token, by session, and by the identity provider if there is one."""

    def __init__(
        self,
        tokens: Tokens,
        sessions: Sessions,
        now: Callable[[], datetime],
        log: AccessLog,
        way: Way | None = None,
    ) -> None:
        way = way or Way()
        self.sessions, self.now, self.log = sessions, now, log
        self.issuer, self.flow, self.board_url = way.issuer, way.flow, way.board_url
        self.failures = Failures(now)
        self._tokens = tokens

    @property
    def secure(self) -> bool:
        """Whether people reach us by https only: then cookies never travel otherwise."""
        return self.board_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The name of the session cookie; the prefix keeps neighbouring hosts from setting it."""
        return "__Host-portclock" if self.secure else "portclock-session"

    async def visitor_of(
        self, headers: Mapping[str, str], cookies: Mapping[str, str]
    ) -> Visitor | None:
        """Who this is. Credentials in a header that are wrong are not mended by a cookie.

        Header names in lower case. Raises IssuerUnavailable.
        """
        if offers_bearer(headers):
            viewer = await self._by_bearer(headers["authorization"][len(_BEARER) :].strip())
            return Visitor(viewer) if viewer else None
        cookie = cookies.get(self.cookie, "")
        return self._by_session(cookie) if cookie else None

    async def viewer_of(
        self, headers: Mapping[str, str], cookies: Mapping[str, str]
    ) -> Viewer | None:
        """Who asks; None for nobody we know. Raises IssuerUnavailable."""
        visitor = await self.visitor_of(headers, cookies)
        return visitor.viewer if visitor else None

    def signed_in(self, text: str) -> tuple[str, Viewer] | None:
        """The cookie of a new session for whoever holds this token; None when it is not good."""
        token = self._good(text)
        if token is None:
            return None
        lasting = min(SESSION, token.expires_at - self.now())
        return self.sessions.begin(lasting, token=token.id, viewer=None), token.viewer

    def signed_in_by_provider(self, viewer: Viewer) -> str:
        """The cookie of a new session for somebody whom the identity provider told us of."""
        return self.sessions.begin(PROVIDER_SESSION, token=None, viewer=viewer)

    async def _by_bearer(self, text: str) -> Viewer | None:
        if id_in(text):
            token = self._good(text)
            return token.viewer if token else None
        return await self.issuer.viewer_of(text) if self.issuer else None

    def _by_session(self, cookie: str) -> Visitor | None:
        session = self.sessions.read(cookie)
        if session is None:
            return None
        if session.viewer is not None:
            # A provider that is no longer asked lets nobody in by what it said before.
            return Visitor(session.viewer, session) if self.issuer else None
        token = self._tokens.token(session.token or "")
        good = token is not None and token.valid(self.now())
        return Visitor(token.viewer, session) if token is not None and good else None

    def _good(self, text: str) -> Token | None:
        id_ = id_in(text)
        token = self._tokens.token(id_) if id_ else None
        return token if token and token.matches(text) and token.valid(self.now()) else None


def offers_bearer(headers: Mapping[str, str]) -> bool:
    """Whether the request itself brings credentials of ours; other schemes are not for us."""
    return headers.get("authorization", "").lower().startswith(_BEARER)
