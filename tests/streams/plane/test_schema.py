"""A run passes the channel as it is, whatever its records hold."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faust
from faust.types import TP

from streams.plane.consumer import _message
from streams.plane.run import Run
from streams.plane.schema import RunSchema


def test_the_event_s_value_is_the_run(
    tmp_path: Path, run_of: Callable[..., Run], kept: Any
) -> None:
    app = faust.App("app", datadir=str(tmp_path))
    run = run_of("terminal-events", 3, kept(4, b"\xff"), kept(9, None, timestamp=None))
    message = _message(TP("terminal-events", 3), run, 7)

    async def go() -> list[Any]:
        schema = RunSchema()
        return [await schema.compile(app)(message), await schema.decode(app, message)]

    for event in asyncio.run(go()):
        assert event.value is run
        assert event.key is None
    assert (message.offset, message.generation_id, message.tp) == (9, 7, TP("terminal-events", 3))
