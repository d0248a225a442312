"""Pushes: who may, how each version of the standard is answered, and that strangers read little."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from httpx import Response

from serving.access.entrance import install
from serving.access.failures import FAILURES_MAX
from serving.access.guard import Rule, rules
from serving.access.testing import HERE, Browser, Staff
from serving.access.viewers import Role, Viewer
from serving.intake import pushes as module
from serving.intake.asks import Busy, Given, NotTaken, SecretsUnread
from serving.intake.pushes import PUSH_BYTES_MAX, routes

HEADER = "notification-signature"
Said = Mapping[str, str] | None
SECRET = b"s" * 64
THE_SENDER = Viewer("carrier", Role.SENDER, feeds=frozenset({"carrier", "lines"}))
BODY = b'[{"eventID": "e"}]'
TWO, THREE = {"api-version": "2.2.0"}, {"api-version": "3.0.0"}
WRONG = {"severity": "ERROR", "message": "no such code", "propertyPath": "$[0]"}
ELSEWHERE = {"severity": "WARN", "message": "not for us", "propertyPath": "$[0]"}


class Shelf:
    """Takes everything for the carrier, and says what it was told to say."""

    bytes_max = 64 * 1024 * 1024

    def __init__(self) -> None:
        self.handed_in: list[tuple[str, str, bytes]] = []
        self.outcome = "taken"
        self.elements: list[dict[str, str]] = []
        self.raises: Exception | None = None

    def names(self) -> tuple[str, ...]:
        return ("carrier", "lines")

    def pushed(self) -> tuple[str, ...]:
        return ("carrier",)

    def secrets(self, feed: str) -> tuple[bytes, ...]:
        if isinstance(self.raises, SecretsUnread):
            raise self.raises
        return (SECRET,)

    def hand_in(self, feed: str, key: str, data: bytes) -> Given:
        if self.raises is not None:
            raise self.raises
        self.handed_in.append((feed, key, data))
        answer = orjson.dumps({"feedbackElements": self.elements})
        return Given({"outcome": self.outcome}, False, answer)


class Place:
    def __init__(self) -> None:
        self.shelf, self.staff, self.app = Shelf(), Staff(), FastAPI()
        self.app.include_router(routes(self.shelf))
        install(self.app, self.staff.doorkeeper)
        self.browser = Browser(self.app)

    def push(self, said: Said = None, body: Any = BODY, feed: str = "carrier") -> Response:
        path = f"/intake/{feed}/events"
        answer: Response = self.browser.post(path, content=body, headers=dict(said or {}))
        return answer

    def signed(self, said: Said = None, body: bytes = BODY, feed: str = "carrier") -> Response:
        return self.push({HEADER: signature(body), **(said or {})}, body, feed)

    def by_token(self) -> Response:
        return self.push({"authorization": f"Bearer {self.staff.hire(THE_SENDER)}", **TWO})


@pytest.fixture
def place() -> Place:
    return Place()


def signature(body: bytes, secret: bytes = SECRET) -> str:
    return f"sha256={hmac.new(secret, body, 'sha256').hexdigest()}"


def test_who_signs_needs_no_token_and_the_log_names_the_feed(place: Place) -> None:
    assert place.signed(TWO).status_code == 204
    assert place.shelf.handed_in == [("carrier", "", BODY)]
    line = place.staff.log()[-1]
    assert (line["who"], line["by"], line["decision"]) == ("carrier", "signature", "let-in")


def test_who_brings_a_token_needs_no_signature(place: Place) -> None:
    assert place.by_token().status_code == 204
    assert len(place.shelf.handed_in) == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (TWO, "2.2.0"),
        ({"subscription-id": "8fbdc2d8"}, "2.2.0"),
        (THREE, "3.0.0"),
        ({"subscription-id": "8fbdc2d8", **THREE}, "3.0.0"),
        ({}, "3.0.0"),
    ],
)
def test_each_publisher_is_answered_in_its_own_version(
    place: Place, said: dict[str, str], told: str
) -> None:
    answer = place.signed(said)
    assert answer.headers["api-version"] == told
    if told == "2.2.0":
        assert (answer.status_code, answer.content) == (204, b"")
    else:
        assert (answer.status_code, answer.json()) == (200, {"feedbackElements": []})


@pytest.mark.parametrize(
    ("outcome", "elements", "status"),
    [
        ("taken", [], 200),
        ("partly", [WRONG], 200),
        ("refused", [WRONG], 422),
        ("refused", [WRONG, ELSEWHERE], 422),
        ("refused", [ELSEWHERE], 200),
    ],
)
def test_only_where_every_event_was_refused_as_wrong_is_it_an_error(
    place: Place, outcome: str, elements: list[dict[str, str]], status: int
) -> None:
    place.shelf.outcome, place.shelf.elements = outcome, elements
    answer = place.signed(THREE)
    assert (answer.status_code, answer.json()) == (status, {"feedbackElements": elements})
    assert place.signed(TWO).status_code == 204, "2.x cannot name an event; it would come again"


@pytest.mark.parametrize("raised", [Busy(), NotTaken("no broker")])
@pytest.mark.parametrize("version", [TWO, THREE], ids=["2.2", "3.0"])
def test_what_was_not_taken_is_to_come_again(
    place: Place, raised: Exception, version: dict[str, str]
) -> None:
    place.shelf.raises = raised
    answer = place.signed(version)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    if version is THREE:
        (element,) = answer.json()["feedbackElements"]
        assert (element["severity"], element["propertyPath"]) == ("ERROR", "$")


def test_secrets_that_cannot_be_read_refuse_nobody_for_good(place: Place) -> None:
    place.shelf.raises = SecretsUnread()
    assert place.signed().status_code == 503


def test_nobody_unknown_pushes(place: Place) -> None:
    assert place.push().status_code == 401
    assert place.push({HEADER: signature(BODY, b"x" * 64)}).status_code == 401
    assert place.push({HEADER: signature(BODY)}, BODY + b" ").status_code == 401
    assert place.signed({"authorization": "Bearer pck_zzzzzzzzzzzz_" + "A" * 43}).status_code == 401
    assert place.shelf.handed_in == []


def test_a_stranger_learns_no_name_of_a_feed(place: Place) -> None:
    """A feed that is there, one that takes no pushes and one that is not are told alike."""
    for feed in ("carrier", "lines", "nobody"):
        path = f"/intake/{feed}/events"
        assert place.browser.ask("HEAD", path).status_code == 204
        assert place.push({HEADER: "sha256=00"}, feed=feed).json() == (
            place.push({HEADER: "sha256=00"}).json()
        )
    for feed in ("lines", "nobody"):
        assert place.signed(feed=feed).status_code == 401
    assert place.shelf.handed_in == []


def test_a_token_pushes_only_where_pushes_are_taken(place: Place) -> None:
    bearer = {"authorization": f"Bearer {place.staff.hire(THE_SENDER)}"}
    for feed, known in (("carrier", 204), ("lines", 404), ("nobody", 404)):
        path = f"/intake/{feed}/events"
        assert place.browser.ask("HEAD", path, headers=bearer).status_code == known
    for feed in ("lines", "nobody"):
        assert place.push(bearer, feed=feed).status_code == 404
    assert place.shelf.handed_in == []


def test_neither_a_session_nor_a_role_that_looks_pushes(place: Place) -> None:
    operator = place.staff.hire(Viewer("o", Role.OPERATOR))
    assert place.signed({"authorization": f"Bearer {operator}"}).status_code == 403
    place.browser.sign_in(place.staff.hire(Viewer("s", Role.STEWARD)))
    assert place.signed({"origin": HERE}).status_code == 403
    assert place.signed({"origin": "http://elsewhere.example"}).status_code == 403
    assert place.shelf.handed_in == []


def test_of_a_stranger_little_is_read(place: Place) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b" " * (1024 * 1024)

    large = b" " * (PUSH_BYTES_MAX + 1)
    assert place.signed(body=large).status_code == 413
    assert place.push({HEADER: "sha256=00"}, endless()).status_code == 413
    assert place.push(body=endless()).status_code == 401, "unsigned, it is not even begun"
    assert place.shelf.handed_in == []


def test_a_stranger_who_dawdles_is_not_waited_for(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stuck() -> AsyncIterator[bytes]:
        yield BODY
        await asyncio.Event().wait()

    monkeypatch.setattr(module, "WITHIN_S", 0.01)
    assert place.push({HEADER: signature(BODY)}, stuck()).status_code == 408


def test_who_signs_wrongly_too_often_has_to_wait(place: Place) -> None:
    for _ in range(FAILURES_MAX):
        assert place.push({HEADER: "sha256=00"}).status_code == 401
    assert place.signed().status_code == 429
    assert place.by_token().status_code == 204, "a right token passes beside it"
    assert place.shelf.handed_in == [("carrier", "", BODY)]


def test_every_route_says_that_it_is_for_who_signs(place: Place) -> None:
    found = {one.rule for one in rules(place.app) if one.path.startswith("/intake")}
    assert found == {Rule.SIGNS}
