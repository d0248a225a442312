"""Serving: a port in use is named, and a stream that never ends does not keep it from stopping."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from portclock.board.http import STREAMS_WITHIN_S, listening, server
from portclock.failure import Failure


def test_a_port_in_use_is_named_with_what_to_do() -> None:
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Failure, match=rf"port {port} .*--port"):
            listening("127.0.0.1", port)


def test_told_to_stop_it_ends_within_its_bound_though_somebody_still_watches() -> None:
    app = FastAPI()

    async def forever() -> AsyncIterator[bytes]:
        yield b"data: 1\n\n"
        await asyncio.Event().wait()

    @app.get("/stream")
    def stream() -> StreamingResponse:
        return StreamingResponse(forever(), media_type="text/event-stream")

    door = listening("127.0.0.1", 0)
    told: list[str] = []
    serving = server(app, "127.0.0.1", lambda: told.append("end"))
    running = threading.Thread(target=serving.run, args=([door],), daemon=True)
    running.start()
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    with httpx.Client(base_url=address, timeout=20) as client, client.stream("GET", "/stream") as s:
        assert next(s.iter_bytes()) == b"data: 1\n\n"
        began_at = time.monotonic_ns()
        serving.should_exit = True
        running.join(20)
    assert not running.is_alive()
    assert told == ["end"]
    assert (time.monotonic_ns() - began_at) / 1e9 < STREAMS_WITHIN_S + 5
