"""Everything of the board put together, served, and taken apart again.

The board answers from its first second: while its broker or its tables are still coming up, pages
are empty and say so, and the feed tries again. A feed that cannot go on ends the service, loudly.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import uvicorn
from fastapi import FastAPI

from portclock.board import health
from portclock.board.beginning import BoardBeginning
from portclock.board.figures import TableFigures
from portclock.board.http import listening, server
from portclock.board.keys import access_settings, doorkeeper
from portclock.board.library import Shelf, library, shelf
from portclock.board.quality import TableQuality
from portclock.board.stories import TableStories
from portclock.board.tables import Tables
from portclock.commands.moments import now
from portclock.commands.services import _serve, writer_settings
from portclock.commands.stopping import asked_to_stop
from portclock.commands.token import tokens_file
from portclock.failure import Failure
from portclock.intake.desk import IntakeDesk
from portclock.intake.wiring import intake_desk
from portclock.settings import Settings
from serving.access.doorkeeper import Doorkeeper
from serving.board.changes import Changes
from serving.board.state import Board
from serving.feed.desk import LogDesk, open_producer
from serving.feed.reader import Feed, FeedLost, PoisonRecord
from serving.feed.settings import FeedSettings
from serving.metrics import BoardMetrics
from serving.web.app import House, make_app
from serving.web.streaming import close
from sinks.clickhouse import ClickHouseStore
from timing.rules import Rules

FEED_ENDS_WITHIN_S = 5.0


class Listening(NamedTuple):
    """Where the board is reached, whose word on a client is taken, and where its numbers are."""

    host: str
    port: int
    proxies: str
    metrics_port: int | None
    metrics_host: str


class Parts(NamedTuple):
    """What runs beside the pages."""

    board: Board
    changes: Changes
    tables: Tables
    feed: Feed
    desk: LogDesk
    metrics: BoardMetrics
    published: Shelf
    taker: IntakeDesk | None


def serve_board(
    environ: Mapping[str, str],
    settings: Settings,
    rules: Rules,
    wanted: Listening,
    tokens: Path | None,
) -> None:
    """Serve until told to stop. Raises Failure."""
    # The access log tells milliseconds.
    exactly = partial(datetime.now, UTC)
    data = settings.data or Path()
    keeper = doorkeeper(access_settings(environ), tokens_file(tokens), data, exactly)
    parts = _parts(settings, environ)
    app = application(parts, keeper, rules, now)
    with asked_to_stop() as stopping, listening(wanted.host, wanted.port) as door:
        _serve(parts.metrics.registry, wanted.metrics_port, wanted.metrics_host)
        serving = server(app, wanted.proxies, partial(close, app))
        with _running(parts, serving):
            if not stopping.is_set():
                serving.run([door])


def application(
    parts: Parts, keeper: Doorkeeper, rules: Rules, clock: Callable[[], datetime]
) -> FastAPI:
    """The pages with everything that they ask, and the routes of health."""
    house = House(
        board=parts.board,
        changes=parts.changes,
        stories=TableStories(parts.tables, rules),
        figures=TableFigures(parts.tables, rules),
        desk=parts.desk,
        doorkeeper=keeper,
        now=clock,
        epoch=uuid4().hex[:12],
        library=library(parts.published, rules, keeper.now),
        taker=parts.taker,
        quality=TableQuality(parts.tables),
    )
    app = make_app(house)

    def readiness() -> health.Readiness:
        return health.readiness_of(parts.feed.progress)

    app.include_router(health.routes(readiness, parts.metrics.registry))
    health.watch(
        parts.metrics.registry, readiness, lambda: parts.board.now_s, lambda: keeper.log.lost
    )
    return app


def _parts(settings: Settings, environ: Mapping[str, str]) -> Parts:
    """The writer's settings say how far the tables have come, and which log that was."""
    writer = writer_settings(environ)
    board, metrics = Board(), BoardMetrics()
    changes = Changes(board)
    connect = partial(ClickHouseStore, settings.clickhouse)
    feed = Feed(
        board,
        FeedSettings(settings.broker, era=writer.era, librdkafka=settings.kafka.librdkafka),
        lambda: BoardBeginning.of(connect, writer),
        changes=changes,
        metrics=metrics,
    )
    produce = partial(open_producer, settings.broker, arguments=settings.kafka.kafka_python)
    desk = LogDesk(produce, metrics=metrics)
    published = shelf(environ, settings.data or Path(), connect)
    taker = intake_desk(settings, environ)
    return Parts(board, changes, Tables(connect), feed, desk, metrics, published, taker)


@contextmanager
def _running(parts: Parts, serving: uvicorn.Server) -> Iterator[None]:
    """The feed in a thread of its own. Raises Failure when it could not go on."""
    stop, ended = threading.Event(), list[Exception]()

    def read() -> None:
        try:
            parts.feed.run(stop)
        except Exception as error:  # handed to whoever waits; a thread has nobody to tell
            ended.append(error)
            serving.should_exit = True

    reading = threading.Thread(target=read, name="feed", daemon=True)
    reading.start()
    try:
        yield
    finally:
        stop.set()
        reading.join(FEED_ENDS_WITHIN_S)
        parts.desk.close()
        parts.tables.close()
        parts.published.tables.close()
        if parts.taker is not None:
            parts.taker.close()
    if ended:
        raise _failure(ended[0])


def _failure(error: Exception) -> Exception:
    return Failure(str(error)) if isinstance(error, FeedLost | PoisonRecord) else error
