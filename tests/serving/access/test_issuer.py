"""Tokens of an identity provider: one is good, and every way of being bad is refused."""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from hmac import digest as mac
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from serving.access.issuer import Issuer, IssuerUnavailable, require_private
from serving.access.testing import Clock
from serving.access.testing_provider import IdentityProvider
from serving.access.viewers import Role, Viewer

LI = Viewer("li", Role.OPERATOR, frozenset({"CNSHD"}))


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def provider(clock: Clock) -> IdentityProvider:
    """One for the tests that leave it as it is: its keys take a while to make."""
    return IdentityProvider(clock)


@pytest.fixture
def wilful() -> tuple[IdentityProvider, Clock]:
    """One for a test that changes it."""
    clock = Clock()
    return IdentityProvider(clock), clock


def ask(issuer: Issuer, token: str) -> Viewer | None:
    return asyncio.run(issuer.viewer_of(token))


def unsigned(provider: IdentityProvider) -> str:
    """Good claims under `alg: none`."""
    _, claims, _ = provider.token().split(".")
    header = _padless(b'{"alg":"none","kid":"first"}')
    return f"{header}.{claims}."


def signed_with_the_public_key(provider: IdentityProvider) -> str:
    """The old trick: the public key, known to all, taken for a secret of HS256."""
    secret = provider.key.as_pem(private=False)
    _, claims, _ = provider.token().split(".")
    header = _padless(b'{"alg":"HS256","kid":"first"}')
    return f"{header}.{claims}.{_padless(mac(secret, f'{header}.{claims}'.encode(), 'sha256'))}"


def tampered(provider: IdentityProvider) -> str:
    """Another role put into a token that was signed with less."""
    header, claims, signature = provider.token().split(".")
    said = json.loads(_unpadded(claims))
    said["realm"] = {"roles": ["port-stewards"]}
    return f"{header}.{_padless(json.dumps(said).encode())}.{signature}"


def _padless(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _unpadded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_good_token_is_the_viewer_whom_the_table_says(provider: IdentityProvider) -> None:
    assert ask(provider.issuer(), provider.token()) == LI
    assert ask(provider.issuer(), provider.token(provider.other)) == LI
    both = {"roles": ["port-operators", "port-stewards"]}
    steward = ask(provider.issuer(), provider.token(realm=both, ports=["*"]))
    assert steward == Viewer("li", Role.STEWARD)
    assert ask(provider.issuer(), provider.token(aud=["other", "portclock"])) == LI


BAD: dict[str, Callable[[IdentityProvider], str]] = {
    "for somebody else": lambda one: one.token(aud="grafana"),
    "for nobody": lambda one: one.token(aud=None),
    "from somebody else": lambda one: one.token(iss="https://elsewhere.test"),
    "over": lambda one: one.token(exp=int(Clock()().timestamp()) - 31),
    "without an end": lambda one: one.token(exp=None),
    "not yet good": lambda one: one.token(nbf=int(Clock()().timestamp()) + 600),
    "issued in the future": lambda one: one.token(iat=int(Clock()().timestamp()) + 600),
    "about nobody": lambda one: one.token(sub=None),
    "unsigned": unsigned,
    "signed with the public key": signed_with_the_public_key,
    "tampered with": tampered,
    "signed with a key of its own under our kid": lambda one: one.token(
        RSAKey.generate_key(2048, {"kid": "first"})
    ),
    "under a kid nobody knows": lambda one: one.token(ECKey.generate_key("P-256", {"kid": "x"})),
    "of another kind of key under our kid": lambda one: one.token(
        ECKey.generate_key("P-256", {"kid": "first"})
    ),
    "without a role": lambda one: one.token(realm={"roles": ["sailors"]}),
    "without any role claim": lambda one: one.token(realm=None),
    "without a scope": lambda one: one.token(ports=None),
    "with an empty scope": lambda one: one.token(ports=[]),
    "huge": lambda one: one.token(note="x" * 20_000),
    "no token": lambda one: "a.b.c",
    "nothing": lambda one: "",
}


@pytest.mark.parametrize("how", BAD)
def test_a_token_that_is_bad_in_one_way_lets_nobody_in(
    provider: IdentityProvider, how: str
) -> None:
    issuer = provider.issuer()
    assert ask(issuer, BAD[how](provider)) is None
    assert ask(issuer, provider.token()) == LI


def test_keys_may_change_at_any_time(wilful: tuple[IdentityProvider, Clock]) -> None:
    provider, clock = wilful
    issuer, old = provider.issuer(), provider.token()
    assert ask(issuer, old) == LI
    provider.change_keys()
    clock.move(timedelta(seconds=30))
    assert ask(issuer, provider.token()) == LI
    assert ask(issuer, old) is None


def test_made_up_keys_make_nobody_ask_the_provider_again_and_again(
    wilful: tuple[IdentityProvider, Clock],
) -> None:
    provider, _ = wilful
    issuer = provider.issuer()
    stranger = ECKey.generate_key("P-256", {"kid": "made-up"})
    for _ in range(20):
        assert ask(issuer, provider.token(stranger)) is None
    assert provider.asked == {"configuration": 1, "keys": 1}


def test_while_the_provider_is_away_its_keys_go_on_for_a_day(
    wilful: tuple[IdentityProvider, Clock],
) -> None:
    provider, clock = wilful
    issuer = provider.issuer()
    assert ask(issuer, provider.token()) == LI
    provider.away = True
    clock.move(timedelta(hours=23))
    assert ask(issuer, provider.token()) == LI
    clock.move(timedelta(hours=1))
    with pytest.raises(IssuerUnavailable):
        ask(issuer, provider.token())
    provider.away = False
    clock.move(timedelta(seconds=30))
    assert ask(issuer, provider.token()) == LI


@pytest.mark.parametrize("lie", ["another name", "keys over plain http"])
def test_a_provider_that_is_not_what_it_was_said_to_be_is_not_believed(
    wilful: tuple[IdentityProvider, Clock], lie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, _ = wilful
    issuer = provider.issuer()
    if lie == "another name":
        provider.says_it_is = "https://elsewhere.test"
    else:
        asked = issuer._asked

        async def lying(method: str, address: str, **what: Any) -> Any:
            found = dict(await asked(method, address, **what))
            return {**found, "jwks_uri": "http://elsewhere.test/keys"}

        monkeypatch.setattr(issuer, "_asked", lying)
    with pytest.raises(IssuerUnavailable, match="does not answer as a provider"):
        ask(issuer, provider.token())


@pytest.mark.parametrize("address", ["http://elsewhere.test/x", "ftp://x", "https://", "x"])
def test_only_https_or_this_machine_is_asked(address: str) -> None:
    with pytest.raises(ValueError, match="is not https"):
        require_private(address)
    require_private("https://elsewhere.test/x")
    require_private("http://127.0.0.1:8080/x")
