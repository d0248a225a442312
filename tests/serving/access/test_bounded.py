"""No body is read beyond its bound, nor waited for beyond its time, whoever sends it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient, Response

from serving.access.bounded import BYTES_MAX, Bounded

HELD: list[int] = []


def _app(**bounds: Any) -> FastAPI:
    app = FastAPI()

    @app.post("/sign-in")
    @app.post("/intake/lpct")
    async def read(request: Request) -> dict[str, int]:
        body = await request.body()
        HELD.append(len(body))
        return {"bytes": len(body)}

    app.add_middleware(Bounded, **bounds)
    return app


def _post(content: Any, path: str = "/sign-in", **bounds: Any) -> Response:
    async def ask() -> Response:
        HELD.clear()
        transport = ASGITransport(_app(**bounds))
        async with AsyncClient(transport=transport, base_url="http://board") as client:
            return await client.post(path, content=content)

    return asyncio.run(ask())


async def _pieces(count: int, size: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * size


def test_a_form_passes_up_to_its_bound() -> None:
    assert _post(b"x" * BYTES_MAX).json() == {"bytes": BYTES_MAX}
    assert _post(_pieces(64, 1024)).json() == {"bytes": BYTES_MAX}
    assert _post(b"").json() == {"bytes": 0}


@pytest.mark.parametrize("said", [True, False], ids=["by its length", "piece by piece"])
def test_a_larger_body_is_refused_and_never_held(said: bool) -> None:
    answer = _post(b"x" * (BYTES_MAX + 1) if said else _pieces(10_000, 1024))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "at most 65,536 bytes are taken here"
    assert answer.headers["connection"] == "close"
    assert HELD == []


def test_a_body_that_dawdles_is_given_up() -> None:
    async def slowly() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.Event().wait()

    answer = _post(slowly(), within_s=0.05)
    assert answer.status_code == 408
    assert HELD == []


def test_many_pieces_in_time_do_not_buy_more_time() -> None:
    """The bound is on the whole: who sends a byte now and then would stay for ever."""

    async def drip() -> AsyncIterator[bytes]:
        for _ in range(60):
            yield b"x"
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), 0.02)

    assert _post(drip(), within_s=0.3).status_code == 408


def test_what_hands_in_events_has_a_bound_of_its_own() -> None:
    assert _post(b"x" * (BYTES_MAX + 1), "/intake/lpct").json() == {"bytes": BYTES_MAX + 1}


def test_a_stream_may_wait_for_its_reader_as_long_as_it_likes() -> None:
    """Once the body has ended, to be told that nobody listens any more has no bound."""

    async def stay() -> str:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            await receive()
            raise AssertionError("nobody has gone")

        first = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Any:
            return first.pop() if first else await asyncio.Event().wait()

        scope = {"type": "http", "path": "/live/", "headers": []}
        waiting = Bounded(app, within_s=0.01)(scope, receive, receive)  # type: ignore[arg-type]
        try:
            await asyncio.wait_for(waiting, 0.1)
        except TimeoutError:
            return "still there"
        return "cut off"

    assert asyncio.run(stay()) == "still there"
