"""How the board itself is: alive, ready, and in numbers. The routes that watchers ask.

Ready means: everything that was in the log when the board began has been read. Until then, and
while it has lost its broker or its tables, it answers, and says why it is not.
"""

from collections.abc import Callable
from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from serving.access.guard import Keeping
from serving.feed.reader import Progress


class Readiness(NamedTuple):
    """Whether what is shown is what stands, and if not, why, in one sentence."""

    ready: bool
    why: str = ""


def readiness_of(progress: Progress) -> Readiness:
    """From how far the feed has come."""
    if progress.ready:
        return Readiness(True)
    if progress.missing:
        return Readiness(False, f"waiting for the topics {', '.join(progress.missing)}")
    return Readiness(False, f"reading the log: {progress.read:,} of {progress.wanted:,} records")


def routes(readiness: Callable[[], Readiness], registry: CollectorRegistry) -> APIRouter:
    """`/healthz` and `/readyz` for everybody; `/metrics` for stewards."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    def healthz() -> dict[str, bool]:
        return {"alive": True}

    @router.get("/readyz")
    def readyz() -> JSONResponse:
        found = readiness()
        said: dict[str, object] = {"ready": found.ready}
        return JSONResponse(
            said if found.ready else {**said, "why": found.why}, 200 if found.ready else 503
        )

    @router.get("/metrics")
    def metrics(viewer: Keeping) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def watch(
    registry: CollectorRegistry,
    readiness: Callable[[], Readiness],
    event_time: Callable[[], int | None],
    lost_lines: Callable[[], int],
) -> None:
    """Numbers that are taken when they are asked for, beside those of the feed."""
    for name, words, value in (
        ("timing_board_ready_bool", "1 while what is shown is what stands in the log",
         lambda: float(readiness().ready)),
        ("timing_board_event_time_seconds", "Event time that the board has come to, since 1970",
         lambda: float(event_time() or 0)),
        ("timing_access_log_lost_lines", "Lines of the access log that could not be written",
         lambda: float(lost_lines())),
    ):  # fmt: skip
        Gauge(name, words, registry=registry).set_function(value)
