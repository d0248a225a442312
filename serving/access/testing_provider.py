"""For tests: an identity provider of our own. It publishes keys, issues tokens, takes codes, counts
how often it is asked, and can be told to lie, to change its keys and to go away.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from fastapi import FastAPI, Form, HTTPException
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from serving.access.claims import ClaimTable
from serving.access.issuer import Issuer, Provider
from serving.access.viewers import Role

ISSUER = "https://identity.test/port"
AUDIENCE = "portclock"
CLIENT = "portclock-board"
CLIENT_SECRET = "only the two of us know"
TABLE = ClaimTable(
    roles=(("port-stewards", Role.STEWARD), ("port-operators", Role.OPERATOR)),
    role="realm.roles",
    ports="ports",
)


class IdentityProvider:
    """An OpenID Connect provider. `asked` counts requests by path."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.other = ECKey.generate_key("P-256", {"kid": "second", "use": "sig"})
        self.published: list[Any] = [self.key, self.other]
        self.says_it_is = ISSUER
        self.away = False
        self.asked: dict[str, int] = {}
        self._codes: dict[str, dict[str, str]] = {}
        self.app = self._made()

    def issuer(self, **changed: Any) -> Issuer:
        """Our side of it, talking to it over HTTP without a socket."""
        said = {"client_id": CLIENT, "client_secret": CLIENT_SECRET, **changed}
        client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app))
        return Issuer(Provider(ISSUER, AUDIENCE, TABLE, **said), client, self._now)

    def token(self, key: Any = None, header: Mapping[str, Any] | None = None, **said: Any) -> str:
        """An access token, good unless `said`, `header` or `key` make it bad; a claim that is said
        to be None is left out."""
        key = key or self.key
        algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
        seconds = int(self._now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "u-17",
            "iat": seconds,
            "exp": seconds + 300,
            "preferred_username": "li",
            "realm": {"roles": ["port-operators"]},
            "ports": ["CNSHD"],
            **said,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        full = {"alg": algorithm, "kid": key.kid, **(header or {})}
        return jwt.encode(full, kept, key, algorithms=[full["alg"]])

    def change_keys(self) -> None:
        """New keys from now on; the old ones are gone."""
        self.key = RSAKey.generate_key(2048, {"kid": f"key-{secrets.token_hex(4)}", "use": "sig"})
        self.published = [self.key]

    def consent(self, address: str, **said: Any) -> dict[str, str]:
        """What somebody's browser brings back who was sent to `address` and signed in there."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(16)
        self._codes[code] = {**asked, "token": self.token(
            **{"aud": asked["client_id"], "nonce": asked["nonce"], **said})}  # fmt: skip
        return {"code": code, "state": asked["state"]}

    def _made(self) -> FastAPI:
        app = FastAPI()
        app.add_api_route("/port/.well-known/openid-configuration", self._configuration)
        app.add_api_route("/port/keys", self._keys)
        app.add_api_route("/port/token", self._redeem, methods=["POST"])
        return app

    def _count(self, path: str) -> None:
        self.asked[path] = self.asked.get(path, 0) + 1
        if self.away:
            raise HTTPException(503, "away")

    def _configuration(self) -> dict[str, str]:
        self._count("configuration")
        return {
            "issuer": self.says_it_is,
            "jwks_uri": f"{ISSUER}/keys",
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
        }

    def _keys(self) -> Any:
        self._count("keys")
        return KeySet(self.published).as_dict(private=False)

    def _redeem(
        self,
        code: str = Form(),
        code_verifier: str = Form(),
        redirect_uri: str = Form(),
        grant_type: str = Form(),
    ) -> dict[str, str]:
        """A code is good once, for who can show what its challenge was made of."""
        self._count("token")
        left = self._codes.pop(code, None)
        digest = sha256(code_verifier.encode()).digest()
        shown = urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            left is None
            or grant_type != "authorization_code"
            or shown != left["code_challenge"]
            or redirect_uri != left["redirect_uri"]
        ):
            raise HTTPException(400, "invalid_grant")
        return {"id_token": left["token"], "token_type": "Bearer"}
