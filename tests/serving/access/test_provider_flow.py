"""Signing in at the identity provider: there and back, and every way of bringing back the wrong."""

from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from serving.access.doorkeeper import Way
from serving.access.entrance import install
from serving.access.guard import Asking
from serving.access.provider_flow import ProviderFlow
from serving.access.sign_in import STATE_COOKIE
from serving.access.testing import SECRET, Browser, Clock, Staff
from serving.access.testing_provider import IdentityProvider

BOARD = "https://board.test"


class Scene:
    """A board whose people sign in elsewhere."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.provider = IdentityProvider(self.clock)
        issuer = self.provider.issuer()
        flow = ProviderFlow(issuer, SECRET, self.clock, f"{BOARD}/sign-in/return")
        self.staff = Staff(Way(BOARD, issuer, flow), self.clock)
        self.app = FastAPI(openapi_url=None)
        self.app.add_api_route("/who", _who)
        install(self.app, self.staff.doorkeeper)
        self.browser = Browser(self.app, base_url=BOARD)

    def leave(self, wanted: str = "/who") -> str:
        """Where the browser is sent."""
        answer = self.browser.get("/sign-in/provider", params={"next": wanted})
        assert answer.status_code == 303
        return answer.headers["location"]

    def come_back(self, query: dict[str, str]) -> Response:
        return self.browser.get("/sign-in/return", params=query)


def _who(viewer: Asking) -> str:
    return viewer.name


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_there_and_back_ends_at_the_page_that_was_asked_for(scene: Scene) -> None:
    answer = scene.come_back(scene.provider.consent(scene.leave()))
    assert (answer.status_code, answer.headers["location"]) == (303, "/who")
    assert scene.browser.get("/who").json() == "li"
    cookies = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        cookies.load(line)
    session = cookies["__Host-portclock"]
    assert (session["secure"], session["httponly"], session["samesite"]) == (True, True, "lax")
    assert session["path"] == "/"
    assert [line["decision"] for line in scene.staff.log()] == ["open", "signed-in", "let-in"]


def test_the_session_ends_after_an_hour_so_that_the_provider_is_asked_again(scene: Scene) -> None:
    scene.come_back(scene.provider.consent(scene.leave()))
    scene.clock.move(timedelta(hours=1))
    assert scene.browser.get("/who").status_code == 401


def test_a_code_is_good_once_and_only_in_the_browser_that_left(scene: Scene) -> None:
    brought = scene.provider.consent(scene.leave())
    stranger = Browser(scene.app, base_url=BOARD)
    assert stranger.get("/sign-in/return", params=brought).status_code == 401
    other_note = scene.browser.cookies[STATE_COOKIE]
    assert scene.come_back(brought).status_code == 303
    scene.browser.cookies.set(STATE_COOKIE, other_note, path="/sign-in")
    assert scene.come_back(brought).status_code == 503


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"nonce": "of another time"}, 401),
        ({"aud": "portclock"}, 401),
        ({"exp": 1}, 401),
        ({"iss": "https://elsewhere.test"}, 401),
        ({"realm": {"roles": ["sailors"]}}, 401),
    ],
)
def test_a_wrong_id_token_signs_nobody_in(scene: Scene, said: dict[str, Any], status: int) -> None:
    answer = scene.come_back(scene.provider.consent(scene.leave(), **said))
    assert answer.status_code == status
    assert scene.browser.get("/who").status_code == 401


def test_a_wrong_state_a_missing_code_and_a_late_return_sign_nobody_in(scene: Scene) -> None:
    brought = scene.provider.consent(scene.leave())
    assert scene.come_back({**brought, "state": "made up"}).status_code == 401
    assert scene.come_back({"state": brought["state"], "error": "denied"}).status_code == 401
    scene.clock.move(timedelta(minutes=10))
    assert scene.come_back(brought).status_code == 401


def test_nobody_is_sent_elsewhere_afterwards(scene: Scene) -> None:
    for wanted in ("https://evil.test/", "//evil.test/", "/\\evil.test", "\t//evil.test"):
        answer = scene.come_back(scene.provider.consent(scene.leave(wanted)))
        assert answer.headers["location"] == "/"


def test_a_provider_that_is_away_is_said_as_that(scene: Scene) -> None:
    scene.provider.away = True
    answer = scene.browser.get("/sign-in/provider")
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    bearer = {"authorization": f"Bearer {scene.provider.token()}"}
    assert scene.browser.get("/who", headers=bearer).status_code == 503
    assert [line["decision"] for line in scene.staff.log()] == ["provider-away"] * 2
