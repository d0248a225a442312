"""Signing in at the identity provider: the code flow with PKCE, and the state in a signed cookie.

There and back: `leave` says where to send the browser and what it must bring back; `arrive` takes
what it brought and gives the viewer. Keeps nothing between the two.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from serving.access.claims import viewer_of
from serving.access.issuer import Issuer
from serving.access.seal import Seal
from serving.access.viewers import Viewer

LASTING: Final = timedelta(minutes=10)
"""How long somebody may take to type a password there."""


class Departure(NamedTuple):
    """Where to send the browser, and the note that it must bring back."""

    address: str
    note: str


class Arrival(NamedTuple):
    """Who came back, and the page that was asked for first."""

    viewer: Viewer
    wanted: str


class ProviderFlow:
    """The way to one provider and back. `return_to` is our own address for coming back."""

    def __init__(
        self, issuer: Issuer, secret: bytes, now: Callable[[], datetime], return_to: str
    ) -> None:
        self._issuer, self._return_to = issuer, return_to
        self._seal = Seal(secret, "provider-flow", now)

    async def leave(self, wanted: str) -> Departure:
        """Send somebody there. Raises IssuerUnavailable."""
        published = await self._issuer.published()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self._issuer.provider.client_id,
            "redirect_uri": self._return_to,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        note = {"state": state, "nonce": nonce, "verifier": verifier, "wanted": wanted}
        address = published.authorization_endpoint
        joint = "&" if urlsplit(address).query else "?"
        return Departure(f"{address}{joint}{urlencode(asked)}", self._seal.write(note, LASTING))

    async def arrive(self, note: str, query: Mapping[str, str]) -> Arrival | None:
        """Who came back with this note and this query; None when it does not hold together, or the
        table gives them no role. Raises IssuerUnavailable."""
        left = self._seal.read(note)
        if left is None or not _same(left["state"], query.get("state", "")):
            return None
        if not query.get("code"):
            return None
        claims = await self._redeemed(query["code"], left)
        viewer = viewer_of(claims, self._issuer.provider.table) if claims else None
        return Arrival(viewer, left["wanted"]) if viewer else None

    async def _redeemed(self, code: str, left: Mapping[str, Any]) -> Mapping[str, Any] | None:
        provider = self._issuer.provider
        given = await self._issuer.redeem(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._return_to,
                "client_id": provider.client_id,
                "code_verifier": left["verifier"],
            }
        )
        text = given.get("id_token")
        if not isinstance(text, str):
            return None
        return await self._issuer.claims_of(text, provider.client_id, left["nonce"])


def _challenge(verifier: str) -> str:
    """RFC 7636, S256."""
    digest = sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode())
