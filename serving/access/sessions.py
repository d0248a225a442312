"""Browser sessions: a signed cookie that says who came in, by what, and until when.

A session that began with a token names the token only: what it opens is looked up at every
request, so that a token revoked or narrowed is so at once. A session that began at an identity
provider carries its viewer, because nobody here could look it up.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from hmac import new as mac
from typing import Any, Final

import msgspec

from serving.access.seal import Seal
from serving.access.viewers import Role, Viewer

ENDED_MAX: Final = 10_000


class Session(msgspec.Struct, frozen=True):
    """One signed-in browser. Either `token` names a token, or `viewer` is who came in."""

    id: str
    expires_at: int
    token: str | None = None
    viewer: Viewer | None = None


class Sessions:
    """Makes and reads session cookies. Keeps nothing but who signed out."""

    def __init__(self, secret: bytes, now: Callable[[], datetime]) -> None:
        """Raises ValueError for a secret that is too short to sign with."""
        self._seal, self._secret = Seal(secret, "session", now), secret
        # Forgotten beyond its bound and at a restart: then the cookie's own end is what ends it.
        self._ended: OrderedDict[str, None] = OrderedDict()

    def begin(self, lasting: timedelta, *, token: str | None, viewer: Viewer | None) -> str:
        """A cookie's value for a new session that ends after `lasting` at the latest."""
        claims: dict[str, Any] = {"jti": secrets.token_urlsafe(16)}
        if token is not None:
            claims["token"] = token
        if viewer is not None:
            claims["viewer"] = {
                "name": viewer.name,
                "role": viewer.role.value,
                "ports": sorted(viewer.ports),
                "facilities": sorted(viewer.facilities),
            }
        return self._seal.write(claims, lasting)

    def read(self, cookie: str) -> Session | None:
        """The session, when we signed it, it is not over and nobody signed out of it."""
        claims = self._seal.read(cookie)
        if claims is None:
            return None
        session = _session(claims)
        return None if session.id in self._ended else session

    def end(self, session: Session) -> None:
        """Sign out: the cookie opens nothing any more, wherever a copy of it may be."""
        self._ended[session.id] = None
        while len(self._ended) > ENDED_MAX:
            self._ended.popitem(last=False)

    def csrf(self, session: Session) -> str:
        """What a form of this session must bring along: nobody else can make it."""
        return mac(self._secret, b"csrf:" + session.id.encode(), sha256).hexdigest()

    def from_our_form(self, session: Session, brought: str) -> bool:
        """Whether what a form brought is this session's; takes as long for every text."""
        return compare_digest(self.csrf(session).encode(), brought.encode())


def _session(claims: dict[str, Any]) -> Session:
    """Signed by us, so it is as we write it."""
    told = claims.get("viewer")
    viewer = told and Viewer(
        told["name"], Role(told["role"]), frozenset(told["ports"]), frozenset(told["facilities"])
    )
    return Session(claims["jti"], claims["exp"], claims.get("token"), viewer)
