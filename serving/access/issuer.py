"""An OpenID Connect provider as we need it: where it lives, its keys, and whom its tokens mean.

What it publishes is fetched when first needed, bounded in size and time, kept for an hour, and
fetched again at once (but not often) for a key that is not known: so it may change its keys at any
time. While it is away, what was fetched goes on for a day. Signatures and claims are joserfc's.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import msgspec
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from serving.access.claims import ClaimTable, viewer_of
from serving.access.viewers import Viewer

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
"""Signatures with a key pair only: never `none`, and never a secret that is also a public key."""

FRESH: Final = timedelta(hours=1)
USABLE: Final = timedelta(days=1)
AGAIN_AFTER: Final = timedelta(seconds=30)
ANSWER_WITHIN_S: Final = 5.0
ANSWER_BYTES_MAX: Final = 1_000_000
KEYS_MAX: Final = 100
TOKEN_BYTES_MAX: Final = 16_384
LEEWAY_S: Final = 30
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class IssuerUnavailable(Exception):
    """The identity provider does not answer, or not as one does; try again later."""


class Provider(msgspec.Struct, frozen=True):
    """Who may issue for us. `audience` is what its access tokens for us name; `client_id` is what
    its id tokens name, when browsers may sign in by it."""

    issuer: str
    audience: str
    table: ClaimTable
    client_id: str = ""
    client_secret: str = ""

    def __repr__(self) -> str:
        """Without its secret."""
        return f"Provider({self.issuer!r})"


class Published(msgspec.Struct, frozen=True):
    """What the provider says of itself."""

    issuer: str
    jwks_uri: str
    authorization_endpoint: str = ""
    token_endpoint: str = ""


class _Known(msgspec.Struct, frozen=True):
    published: Published
    keys: KeySet
    fetched_at: datetime


class Issuer:
    """One provider. Used in one event loop; `client` is closed by whoever made it."""

    def __init__(
        self, provider: Provider, client: httpx.AsyncClient, now: Callable[[], datetime]
    ) -> None:
        self.provider = provider
        self._client, self._now = client, now
        self._known: _Known | None = None
        self._asked_at: datetime | None = None
        self._one_at_a_time = asyncio.Lock()

    async def viewer_of(self, text: str) -> Viewer | None:
        """Whom an access token means; None when it is not good. Raises IssuerUnavailable."""
        claims = await self.claims_of(text, self.provider.audience)
        return viewer_of(claims, self.provider.table) if claims is not None else None

    async def claims_of(
        self, text: str, audience: str, nonce: str | None = None
    ) -> Mapping[str, Any] | None:
        """The claims of a token that this provider issued for this audience and that holds now;
        None for any other. Raises IssuerUnavailable."""
        try:
            header = jws.extract_compact(text.encode()).headers()
        except (JoseError, ValueError):
            return None
        if len(text) > TOKEN_BYTES_MAX or header.get("alg") not in ALGORITHMS:
            return None
        keys = await self._keys(header.get("kid"))
        try:
            claims = jwt.decode(text, keys, algorithms=list(ALGORITHMS)).claims
            self._rules(audience, nonce).validate(claims)
        except (JoseError, ValueError):
            return None
        return claims

    async def published(self) -> Published:
        """Where the provider's doors are. Raises IssuerUnavailable."""
        return (await self._fresh(None)).published

    async def redeem(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        """What the token endpoint gives for a code. Raises IssuerUnavailable when it gives none."""
        endpoint = (await self.published()).token_endpoint
        provider = self.provider
        auth = (provider.client_id, provider.client_secret) if provider.client_secret else None
        return await self._asked("POST", endpoint, data=dict(form), auth=auth)

    def _rules(self, audience: str, nonce: str | None) -> jwt.JWTClaimsRegistry:
        """What must be in a token. `sub` must be there, so that the log can name somebody."""
        said: dict[str, Any] = {} if nonce is None else {"nonce": _must(nonce)}
        return jwt.JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=LEEWAY_S,
            iss=_must(self.provider.issuer),
            aud=_must(audience),
            exp={"essential": True},
            sub={"essential": True},
            **said,
        )

    async def _keys(self, kid: str | None) -> KeySet:
        return (await self._fresh(kid)).keys

    async def _fresh(self, kid: str | None) -> _Known:
        """What is known, fetched again when it is old or lacks this key, and no more often than
        every half minute: tokens with made-up keys cost the provider nothing."""
        async with self._one_at_a_time:
            now, known = self._now(), self._known
            if known is not None and now - known.fetched_at < FRESH and _has(known, kid):
                return known
            if self._asked_at is None or now - self._asked_at >= AGAIN_AFTER:
                self._asked_at = now
                known = await self._fetched_or(known)
            if known is None or now - known.fetched_at >= USABLE:
                raise IssuerUnavailable(f"{self.provider.issuer} has not answered; try again")
            return known

    async def _fetched_or(self, known: _Known | None) -> _Known | None:
        try:
            self._known = await self._fetch()
        except IssuerUnavailable:
            if known is None:
                raise
        return self._known

    async def _fetch(self) -> _Known:
        issuer = self.provider.issuer
        said = await self._asked("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            published = msgspec.convert(said, Published)
            if published.issuer != issuer:
                raise ValueError("it calls itself by another name")
            for address in (published.jwks_uri, published.authorization_endpoint):
                require_private(address)
            found: Any = await self._asked("GET", published.jwks_uri)
            keys = KeySet.import_key_set({"keys": list(found["keys"])[:KEYS_MAX]})
        except (JoseError, msgspec.ValidationError, KeyError, TypeError, ValueError) as error:
            raise IssuerUnavailable(f"{issuer} does not answer as a provider: {error}") from None
        return _Known(published, keys, self._now())

    async def _asked(self, method: str, address: str, **what: Any) -> Mapping[str, Any]:
        """One JSON object, whole in a bounded time and size."""
        try:
            require_private(address)
            answer = await asyncio.wait_for(self._read(method, address, **what), ANSWER_WITHIN_S)
            found = msgspec.json.decode(answer)
        except (httpx.HTTPError, msgspec.DecodeError, TimeoutError, ValueError) as error:
            said = str(error) or type(error).__name__
            raise IssuerUnavailable(f"{address} does not answer as a provider: {said}") from None
        if not isinstance(found, dict):
            raise IssuerUnavailable(f"{address} does not answer with a JSON object")
        return found

    async def _read(self, method: str, address: str, **what: Any) -> bytes:
        # A redirect could lead anywhere; a provider's own addresses need none.
        what = {name: value for name, value in what.items() if value is not None}
        async with self._client.stream(method, address, follow_redirects=False, **what) as answer:
            answer.raise_for_status()
            found = b""
            async for chunk in answer.aiter_bytes():
                found += chunk
                if len(found) > ANSWER_BYTES_MAX:
                    raise ValueError(f"more than {ANSWER_BYTES_MAX:,} bytes")
            return found


def require_private(address: str) -> None:
    """Raises ValueError for an address that is not https, nor on this machine."""
    parts = urlsplit(address)
    private = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if address and not (private and parts.hostname):
        raise ValueError(f"{address} is not https")


def _must(value: str) -> Any:
    return {"essential": True, "value": value}


def _has(known: _Known, kid: str | None) -> bool:
    return kid is None or any(key.kid == kid for key in known.keys)
