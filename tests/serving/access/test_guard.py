"""The gate and the demands on a small application: nobody unknown passes, whatever a route says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from starlette.types import Message

from serving.access.entrance import install
from serving.access.gate import HEADERS
from serving.access.guard import Acting, Asking, AskingOfUnits, Keeping, Rule, csrf, rules
from serving.access.testing import HERE, Browser, Staff
from serving.access.viewers import Role, Viewer

OURS = {"origin": HERE}
FOREIGN = {"origin": "http://elsewhere.example"}


def small(staff: Staff) -> FastAPI:
    """One route for each demand, one that forgot it, and a stream."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.get("/figures")
    def figures(viewer: Asking) -> str:
        return viewer.name

    @app.get("/unit")
    def unit(viewer: AskingOfUnits) -> str:
        return viewer.name

    @app.post("/answer")
    def answer(viewer: Acting) -> str:
        return viewer.name

    @app.get("/metrics")
    def metrics(viewer: Keeping) -> str:
        return viewer.name

    @app.get("/form")
    def form(request: Request, viewer: Asking) -> str:
        return csrf(request)

    @app.get("/forgotten")
    def forgotten() -> str:
        return "nobody asked who you are"

    @app.get("/boom")
    def boom(viewer: Asking) -> None:
        raise RuntimeError("a defect of ours")

    @app.get("/stream")
    def stream(viewer: Asking) -> StreamingResponse:
        return StreamingResponse(_ticking(staff), media_type="text/event-stream")

    install(app, staff.doorkeeper)
    return app


async def _ticking(staff: Staff) -> AsyncIterator[bytes]:
    """A second of the clock between two messages; far more of them than any test waits for."""
    for number in range(1_000):
        staff.clock.move(timedelta(seconds=1))
        yield f"data: {number}\n\n".encode()


@pytest.fixture
def staff() -> Staff:
    return Staff()


@pytest.fixture
def client(staff: Staff) -> Browser:
    return Browser(small(staff))


def token(staff: Staff, role: Role = Role.STEWARD) -> str:
    return staff.hire(Viewer(role.value, role))


def bearer(text: str) -> dict[str, str]:
    return {"authorization": f"Bearer {text}"}


def sign_in(client: Browser, text: str) -> None:
    answer = client.post("/sign-in", data={"token": text, "next": "/figures"}, headers=OURS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/figures")


def test_nobody_unknown_passes_not_even_where_a_route_forgot_to_ask(client: Browser) -> None:
    for path in ("/figures", "/unit", "/metrics", "/forgotten", "/stream", "/no-such-page"):
        assert client.get(path).status_code == 401
        answer = client.get(f"{path}?q=1", headers={"accept": "text/html,*/*"})
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/sign-in?next={path}%3Fq%3D1",
        )
    assert client.post("/answer", headers=OURS).status_code == 401
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        (Role.EVALUATOR, {"/figures"}),
        (Role.OPERATOR, {"/figures", "/unit", "/answer"}),
        (Role.CUSTOMS, {"/figures", "/unit", "/answer"}),
        (Role.STEWARD, {"/figures", "/unit", "/answer", "/metrics"}),
    ],
)
def test_each_role_opens_what_it_may_and_nothing_else(
    staff: Staff, client: Browser, role: Role, opens: set[str]
) -> None:
    headers = bearer(token(staff, role))
    for path in ("/figures", "/unit", "/metrics"):
        expected = 200 if path in opens else 403
        assert client.get(path, headers=headers).status_code == expected
    answered = client.post("/answer", headers=headers).status_code
    assert answered == (200 if "/answer" in opens else 403)


def test_every_route_tells_what_it_demands_and_one_that_forgot_is_found(staff: Staff) -> None:
    found = {one.path: one.rule for one in rules(small(staff))}
    assert found["/figures"] is Rule.SIGNED_IN
    assert found["/unit"] is Rule.UNITS
    assert found["/answer"] is Rule.ACTS
    assert found["/metrics"] is Rule.STEWARD
    assert found["/healthz"] is found["/sign-in"] is Rule.OPEN
    assert found["/sign-out"] is Rule.SIGNED_IN
    assert [path for path, rule in found.items() if rule is None] == ["/forgotten"]


def test_a_wrong_token_is_not_mended_by_a_good_cookie(staff: Staff, client: Browser) -> None:
    sign_in(client, token(staff))
    assert client.get("/figures").status_code == 200
    for wrong in ("pck_000000000000_" + "A" * 43, "nonsense", "", "a.b.c"):
        assert client.get("/figures", headers=bearer(wrong)).status_code == 401


def test_a_form_must_come_from_our_page_and_from_this_very_session(
    staff: Staff, client: Browser
) -> None:
    sign_in(client, token(staff))
    ours = client.get("/form").json()
    stranger = Browser(client.app)
    sign_in(stranger, token(staff))
    theirs = stranger.get("/form").json()
    assert ours != theirs
    for headers in (FOREIGN, {}, {"origin": "null"}, {**OURS, "sec-fetch-site": "cross-site"},
                    {**OURS, "sec-fetch-site": "same-site"}):  # fmt: skip
        assert client.post("/answer", data={"csrf": ours}, headers=headers).status_code == 403
    for brought in ("", theirs, "0" * 64, "é"):
        assert client.post("/answer", data={"csrf": brought}, headers=OURS).status_code == 403
    assert client.post("/answer", json={"csrf": ours}, headers=OURS).status_code == 403
    assert client.post("/answer", data={"csrf": ours}, headers=OURS).status_code == 200
    site = {"sec-fetch-site": "same-origin", "x-portclock-csrf": ours}
    assert client.post("/answer", headers=site).status_code == 200


def test_a_token_in_the_request_needs_no_form_because_no_page_can_make_a_browser_send_it(
    staff: Staff, client: Browser
) -> None:
    headers = {**bearer(token(staff)), **FOREIGN}
    assert client.post("/answer", headers=headers).status_code == 200


def test_a_session_ends_when_its_token_does(staff: Staff, client: Browser) -> None:
    text = token(staff)
    sign_in(client, text)
    staff.fire(text)
    assert client.get("/figures").status_code == 401
    brief = staff.hire(Viewer("brief", Role.STEWARD), timedelta(minutes=1))
    sign_in(client, brief)
    assert client.get("/figures").status_code == 200
    staff.clock.move(timedelta(minutes=1))
    assert client.get("/figures").status_code == 401


def test_a_session_ends_after_a_shift_however_long_its_token_is_good(
    staff: Staff, client: Browser
) -> None:
    sign_in(client, staff.hire(Viewer("long", Role.STEWARD), timedelta(days=90)))
    staff.clock.move(timedelta(hours=11, minutes=59))
    assert client.get("/figures").status_code == 200
    staff.clock.move(timedelta(minutes=1))
    assert client.get("/figures").status_code == 401


def test_a_role_taken_away_is_felt_at_the_next_request(staff: Staff, client: Browser) -> None:
    text = token(staff)
    sign_in(client, text)
    assert client.get("/metrics").status_code == 200
    staff.move(text, Viewer("steward", Role.EVALUATOR))
    assert client.get("/metrics").status_code == 403


def test_signing_out_ends_every_copy_of_the_cookie(staff: Staff, client: Browser) -> None:
    sign_in(client, token(staff))
    thief = Browser(client.app)
    thief.cookies.update(client.cookies)
    assert client.post("/sign-out", headers=FOREIGN).status_code == 403
    assert client.post("/sign-out", headers=OURS).status_code == 303
    assert thief.get("/figures").status_code == 401


def test_every_answer_has_the_headers_that_keep_browsers_careful(
    staff: Staff, client: Browser
) -> None:
    headers = bearer(token(staff))
    for path in ("/healthz", "/figures", "/sign-in", "/no-such-page", "/forgotten"):
        for given in (headers, {}):
            found = client.get(path, headers=given).headers
            assert {name: found.get(name) for name in HEADERS} == HEADERS or path == "/sign-in"
            assert "frame-ancestors 'none'" in found["content-security-policy"]
            assert "unsafe" not in found["content-security-policy"]


def test_a_websocket_is_turned_away(staff: Staff) -> None:
    said: list[Message] = []

    async def knock() -> None:
        async def receive() -> Message:
            return {"type": "websocket.connect"}

        async def send(message: Message) -> None:
            said.append(message)

        await small(staff)({"type": "websocket", "path": "/figures"}, receive, send)

    asyncio.run(knock())
    assert [message["type"] for message in said] == ["websocket.close"]


@pytest.mark.parametrize("change", ["fired", "narrowed"])
def test_a_stream_ends_when_whoever_watches_is_no_longer_welcome(staff: Staff, change: str) -> None:
    text = token(staff)
    heard = asyncio.run(_watch(small(staff), text, lambda: _change(staff, text, change)))
    assert 3 <= len(heard) < 10
    assert heard[-1] == b""


def _change(staff: Staff, text: str, change: str) -> None:
    if change == "fired":
        staff.fire(text)
    else:
        staff.move(text, Viewer("steward", Role.STEWARD, frozenset({"CNSHD"})))


async def _watch(app: FastAPI, text: str, after_three: Callable[[], None]) -> list[bytes]:
    """What a watcher hears of the stream when, after three messages, something happens."""
    heard: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            heard.append(message["body"])
            if len(heard) == 3:
                after_three()

    scope = {
        "type": "http", "method": "GET", "path": "/stream", "raw_path": b"/stream",
        "query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1",
        "client": ("127.0.0.1", 1), "server": ("testserver", 80),
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "headers": [(b"authorization", f"Bearer {text}".encode())],
    }  # fmt: skip
    await asyncio.wait_for(app(scope, receive, send), 20)
    return heard


def test_what_was_decided_is_logged_and_no_secret_is(staff: Staff, client: Browser) -> None:
    text = token(staff, Role.EVALUATOR)
    client.get("/figures?token=hush", headers=bearer(text))
    client.get("/unit", headers=bearer(text))
    client.get("/figures", headers=bearer("pck_wrong"))
    client.get("/figures", headers={"accept": "text/html"})
    client.post("/sign-in", data={"token": "hush"}, headers=OURS)
    client.post("/sign-in", data={"token": text}, headers=FOREIGN)
    sign_in(client, text)
    client.post("/sign-out", headers=OURS)
    client.get("/healthz")
    found = staff.log()
    assert [(line["decision"], line["status"]) for line in found] == [
        ("let-in", 200),
        ("not-allowed", 403),
        ("sign-in-first", 401),
        ("sign-in-first", 303),
        ("sign-in-refused", 401),
        ("foreign-page", 403),
        ("signed-in", 303),
        ("signed-out", 303),
        ("open", 200),
    ]
    assert found[0] == {
        "at": "2026-03-02T08:00:00.000+00:00", "decision": "let-in", "from": "192.0.2.1",
        "who": "evaluator", "role": "evaluator", "by": "bearer",
        "method": "GET", "path": "/figures", "status": 200, "took_ms": 0.0,
    }  # fmt: skip
    assert {line.get("who") for line in found[6:8]} == {"evaluator"}
    assert "hush" not in str(found)
    assert text not in str(found)


def test_a_defect_of_ours_is_logged_as_such(staff: Staff, client: Browser) -> None:
    with pytest.raises(RuntimeError):
        client.get("/boom", headers=bearer(token(staff)))
    assert [line["status"] for line in staff.log()] == [500]


def test_wrong_tokens_are_slowed_and_right_ones_never(staff: Staff, client: Browser) -> None:
    right = token(staff)
    codes = [client.get("/figures", headers=bearer("x")).status_code for _ in range(12)]
    assert codes == [401] * 10 + [429] * 2
    assert client.get("/figures", headers=bearer(right)).status_code == 200
    answer = client.post("/sign-in", data={"token": right}, headers=OURS)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "300")
    staff.clock.move(timedelta(minutes=5))
    sign_in(client, right)
