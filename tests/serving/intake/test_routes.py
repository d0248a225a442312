"""Handing in over HTTP: whose feed it is, what is answered, and that no line is crossed."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from serving.access.entrance import install
from serving.access.guard import Rule, rules
from serving.access.testing import Browser, Staff
from serving.access.viewers import Role, Viewer
from serving.intake.asks import Busy, Given, KeyOfAnother, NotTaken, UnknownFeed
from serving.intake.routes import WAITING_MAX, routes

TOS = Viewer("terminal", Role.SENDER, feeds=frozenset({"tos"}))
OTHERS = [Viewer(role.value, role) for role in Role if role not in (Role.SENDER, Role.STEWARD)]
PROBLEM = "application/problem+json"


class Counter:
    """Takes everything up to a kilobyte, and says what it was told to say."""

    bytes_max = 1_024

    def __init__(self) -> None:
        self.handed_in: list[tuple[str, str, bytes]] = []
        self.raises: Exception | None = None
        self.outcome = "taken"

    def names(self) -> tuple[str, ...]:
        return ("rail", "tos")

    def pushed(self) -> tuple[str, ...]:
        return ()

    def secrets(self, feed: str) -> tuple[bytes, ...]:
        return ()

    def hand_in(self, feed: str, key: str, data: bytes) -> Given:
        if self.raises is not None:
            raise self.raises
        self.handed_in.append((feed, key, data))
        return Given({"outcome": self.outcome, "feed": feed}, len(self.handed_in) > 1)


class Place:
    def __init__(self) -> None:
        self.taker, self.staff, self.app = Counter(), Staff(), FastAPI()
        self.app.include_router(routes(self.taker))
        install(self.app, self.staff.doorkeeper)
        self.browser = Browser(self.app)

    def by(self, viewer: Viewer, **headers: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.staff.hire(viewer)}", **headers}


@pytest.fixture
def place() -> Place:
    return Place()


def test_what_is_handed_in_is_taken_and_answered_with_its_receipt(place: Place) -> None:
    headers = place.by(TOS, **{"idempotency-key": "k-1"})
    answer = place.browser.post("/intake/tos", content=b"UNB", headers=headers)
    assert (answer.status_code, answer.json()) == (
        200, {"outcome": "taken", "feed": "tos", "repeated": False}
    )  # fmt: skip
    assert place.taker.handed_in == [("tos", "k-1", b"UNB")]
    assert place.browser.post("/intake/tos", content=b"UNB", headers=headers).json()["repeated"]


@pytest.mark.parametrize(("outcome", "status"), [("taken", 200), ("partly", 200), ("refused", 422)])
def test_only_what_was_refused_whole_is_an_error(place: Place, outcome: str, status: int) -> None:
    place.taker.outcome = outcome
    answer = place.browser.post("/intake/tos", content=b"x", headers=place.by(TOS))
    assert (answer.status_code, answer.json()["outcome"]) == (status, outcome)


@pytest.mark.parametrize(
    ("raised", "status", "again"),
    [
        (UnknownFeed("tos"), 404, False),
        (KeyOfAnother("k"), 409, False),
        (Busy(), 503, True),
        (NotTaken("no broker"), 503, True),
    ],
)
def test_nothing_taken_is_a_problem_that_says_what_to_do(
    place: Place, raised: Exception, status: int, again: bool
) -> None:
    place.taker.raises = raised
    answer = place.browser.post("/intake/tos", content=b"x", headers=place.by(TOS))
    assert answer.status_code == status == answer.json()["status"]
    assert answer.headers["content-type"] == PROBLEM
    assert ("retry-after" in answer.headers) is again


async def in_pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    """A body whose length is not told before."""
    for piece in pieces:
        yield piece


@pytest.mark.parametrize("told", [True, False])
def test_more_than_the_bound_is_not_read(place: Place, told: bool) -> None:
    content = b"x" * 1_025 if told else in_pieces(b"x" * 600, b"x" * 425)
    answer = place.browser.post("/intake/tos", content=content, headers=place.by(TOS))
    assert answer.status_code == 413
    assert "1,024" in answer.json()["detail"]
    assert place.taker.handed_in == []


def test_a_key_that_is_none_is_refused(place: Place) -> None:
    for key in ("with blank", "x" * 201):
        headers = place.by(TOS, **{"idempotency-key": key})
        assert place.browser.post("/intake/tos", content=b"x", headers=headers).status_code == 422
    assert place.taker.handed_in == []


def test_a_sender_hands_in_its_own_feeds_and_is_not_told_of_others(place: Place) -> None:
    mine = place.browser.get("/intake", headers=place.by(TOS)).json()
    assert mine == {"feeds": ["tos"], "bytes_max": 1_024}
    for name in ("rail", "none"):
        for method in ("POST", "HEAD"):
            answer = place.browser.ask(method, f"/intake/{name}", headers=place.by(TOS))
            assert answer.status_code == 404
    assert place.browser.ask("HEAD", "/intake/tos", headers=place.by(TOS)).status_code == 204
    assert place.taker.handed_in == []


@pytest.mark.parametrize("viewer", OTHERS, ids=lambda viewer: str(viewer.role))
def test_whoever_looks_hands_nothing_in(place: Place, viewer: Viewer) -> None:
    for method, path in (("POST", "/intake/tos"), ("GET", "/intake"), ("HEAD", "/intake/tos")):
        answer = place.browser.ask(method, path, headers=place.by(viewer))
        assert answer.status_code == 403, path
    assert place.taker.handed_in == []


def test_a_steward_hands_in_any_feed_by_token_but_not_by_session(place: Place) -> None:
    steward = Viewer("s", Role.STEWARD)
    answer = place.browser.post("/intake/rail", content=b"x", headers=place.by(steward))
    assert answer.status_code == 200
    place.browser.sign_in(place.staff.hire(steward))
    same = {"sec-fetch-site": "same-origin"}
    assert place.browser.post("/intake/rail", content=b"x", headers=same).status_code == 403
    assert len(place.taker.handed_in) == 1


def test_nobody_unknown_hands_in(place: Place) -> None:
    assert place.browser.post("/intake/tos", content=b"x").status_code in (401, 403)
    wrong = {"authorization": "Bearer pck_zzzzzzzzzzzz_" + "A" * 43}
    assert place.browser.post("/intake/tos", content=b"x", headers=wrong).status_code == 401
    assert place.taker.handed_in == []


def test_every_route_says_that_it_is_for_senders(place: Place) -> None:
    found = {one.rule for one in rules(place.app) if one.path.startswith("/intake")}
    assert found == {Rule.SENDS}


def test_there_is_a_bound_on_how_many_hand_in_at_once() -> None:
    assert WAITING_MAX * Counter.bytes_max <= 2**30
