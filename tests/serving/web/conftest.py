"""A port on one busy day, its board served to a browser, and somebody of each role who looks."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Playwright, Route, expect, sync_playwright
from rich.console import Console

from events.instants import from_epoch
from events.testing import FACILITY, PORT, wire
from portclock.heard import Wanted, in_files
from portclock.story_document import document, summary
from portclock.story_page import page
from serving.access.testing import Browser, Staff
from serving.access.viewers import Role, Viewer
from serving.asks import Document, Language, Promise
from serving.web.app import House, make_app
from serving.web.testing import (
    DAY,
    STOP,
    WEEK_BEFORE,
    DeskInMemory,
    FiguresInMemory,
    PortInMemory,
    QualityInMemory,
    day_of,
    example_rules,
    served,
)
from serving.web.words import STORIES

LAST_WEEK, TODAY = 60, 220
WAIT_MS = 30_000
"""However busy the machine is."""
expect.set_options(timeout=WAIT_MS)
WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  // The chart library brings the styles of maps along, which no page of ours draws.
  const [what, whose] = [event.violatedDirective, event.sourceFile];
  if (what === "style-src-elem" && whose.includes("/plotly-")) return;
  refused(`the policy refused ${what} of ${whose}`);
});
"""
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
STEWARD = Viewer("Zhao 赵", Role.STEWARD)
OPERATOR = Viewer("Li 李", Role.OPERATOR, frozenset({PORT}), frozenset({FACILITY}))
CUSTOMS = Viewer("Wang 王", Role.CUSTOMS, frozenset({PORT}))
EVALUATOR = Viewer("Sun 孙", Role.EVALUATOR, frozenset({PORT}))


class StoriesInMemory:
    """The stories of a port in memory, told by the code behind `portclock explain`."""

    def __init__(self, port: PortInMemory) -> None:
        self._port = port

    def story(self, visit: str, language: Language) -> Document | None:
        """As the tables would answer."""
        wanted = Wanted.of(visit)
        mine = [one for one in self._port.events if one.unit.id == wanted.unit_id]
        heard = in_files(wanted, wire(*mine))
        now_s = self._port.board.now_s
        assert now_s is not None
        told = heard.told(self._port.rules, now_s)
        stories = [story for one in told for story in one.telling.stories]
        meant = [one for one in stories if wanted.visit_id in (None, one.visit.visit_id)]
        if not meant:
            return None
        unit, story = told[0].unit, meant[-1]
        said = document(story, unit, STORIES[language], heard.reasons)
        return {**said, "differences": [], "visits": [summary(one) for one in stories]}

    def find(self, text: str) -> list[str]:
        """Visits of units that begin so."""
        visits = {key[0] for key in self._port.latest}
        found = [visit for visit in visits if visit.split("/")[1].startswith(text)]
        return sorted(found, key=lambda visit: visit.split("/")[2], reverse=True)[:20]


PROMISES = [
    Promise(PORT, "pickup", "jiangsu-sea.pickup.completion", "jiangsu-sea/example",
            "货方提箱: 完成率95%", 95.0, 97.4, "%", 412, 423, True),
    Promise(PORT, "pickup", "jiangsu-sea.pickup.blame", "jiangsu-sea/example",
            "因港方原因提箱超时的, 不超过2%", 2.0, 2.6, "%", 11, 423, False),
    Promise(PORT, "truck-turn", "jiangsu-sea.trucks", "jiangsu-sea/example",
            "外集卡平均在港40分钟", 40.0, None, "min", 0, 0, None),
]  # fmt: skip


@dataclass
class Served:
    """Everything of one served board."""

    address: str
    port: PortInMemory
    desk: DeskInMemory
    staff: Staff
    house: House
    steward: Viewer = STEWARD

    def cookie(self, viewer: Viewer) -> dict[str, str]:
        """What a browser of somebody who signed in brings along."""
        session = self.staff.doorkeeper.signed_in(self.staff.hire(viewer))
        assert session is not None
        return {"name": self.staff.doorkeeper.cookie, "value": session[0], "url": self.address}


def house_of(port: PortInMemory, staff: Staff) -> tuple[House, DeskInMemory]:
    """A house around a port in memory."""
    desk = DeskInMemory(port)

    def now() -> datetime:
        return from_epoch(port.board.now_s or 0)

    figures = FiguresInMemory(port, PROMISES)
    stories = StoriesInMemory(port)
    keeper = staff.doorkeeper
    house = House(
        port.board, port.changes, stories, figures, desk, keeper, now, "t1",
        quality=QualityInMemory(),
    )  # fmt: skip
    return house, desk


@pytest.fixture(scope="session")
def busy_port() -> PortInMemory:
    """The port in the middle of the day. Tests may add to it, and never take away."""
    port = PortInMemory(example_rules())
    port.live(day_of(Random(6), LAST_WEEK, WEEK_BEFORE, 5000), WEEK_BEFORE.replace(hour=23))
    port.live(day_of(Random(7), TODAY, DAY), STOP)
    return port


@pytest.fixture(scope="session")
def board(busy_port: PortInMemory) -> Iterator[Served]:
    """The board of that port, served."""
    staff = Staff()
    house, desk = house_of(busy_port, staff)
    with served(make_app(house)) as address:
        yield Served(address, busy_port, desk, staff, house)


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Serves the board of another port, on a port of this machine; `streams_max` as the app takes
    it."""
    with ExitStack() as running:

        def start(port: PortInMemory, streams_max: int = 8, listen: int = 0) -> Served:
            staff = Staff()
            house, desk = house_of(port, staff)
            app = make_app(house, streams_max)
            address = running.enter_context(served(app, listen))
            return Served(address, port, desk, staff, house)

        yield start


@pytest.fixture(scope="module")
def playing() -> Iterator[Playwright]:
    """Playwright. While it runs, this thread has an event loop, which other tests must not find."""
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="module")
def chromium(playing: Playwright, program: Callable[[str], Path]) -> Iterator[Chromium]:
    """The machine's Chromium."""
    path = str(program("chromium"))
    with playing.chromium.launch(executable_path=path, args=FLAGS) as browser:
        yield browser


Opens = Callable[..., BrowserContext]


@pytest.fixture
def opens(chromium: Chromium, board: Served) -> Iterator[Opens]:
    """Opens a browser for somebody, with the network cut beyond the board; what it tried to reach
    elsewhere, and every error on the page, fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def cut(route: Route) -> None:
        if route.request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            route.continue_()
        else:
            wrong.append(f"asked elsewhere: {route.request.url}")
            route.abort()

    def open_(
        viewer: Viewer = STEWARD, at: Served | None = None, **options: object
    ) -> BrowserContext:
        size = {"width": 1440, "height": 780}
        context = chromium.new_context(**{"viewport": size, "locale": "en-GB", **options})  # type: ignore[arg-type]
        context.set_default_timeout(WAIT_MS)
        context.add_cookies([(at or board).cookie(viewer)])  # type: ignore[list-item]
        context.route("**/*", cut)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.expose_function("refused", lambda said: wrong.append(said))
        context.add_init_script(WATCH)
        contexts.append(context)
        return context

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture(scope="session")
def stories(busy_port: PortInMemory) -> StoriesInMemory:
    """The stories of that port."""
    return StoriesInMemory(busy_port)


@pytest.fixture(scope="session")
def explained(busy_port: PortInMemory) -> Callable[[str, Language], str]:
    """What `portclock explain` prints of a visit of that port."""

    def explain(visit: str, lang: Language) -> str:
        wanted = Wanted.of(visit)
        mine = [one for one in busy_port.events if one.unit.id == wanted.unit_id]
        heard = in_files(wanted, wire(*mine))
        assert busy_port.board.now_s is not None
        (told,) = heard.told(busy_port.rules, busy_port.board.now_s)
        meant = [s for s in told.telling.stories if s.visit.visit_id == visit]
        console = Console(width=400, file=StringIO())
        console.print(page(meant[0], STORIES[lang], heard.reasons))
        return str(console.file.getvalue())  # type: ignore[attr-defined]

    return explain


@pytest.fixture(scope="session")
def house_and_desk(busy_port: PortInMemory) -> tuple[House, DeskInMemory]:
    """A house around that port, and its desk."""
    return house_of(busy_port, Staff())


@pytest.fixture(scope="session")
def housed(busy_port: PortInMemory) -> tuple[FastAPI, Staff, DeskInMemory]:
    """The app without a server, its staff and its desk."""
    staff = Staff()
    house, desk = house_of(busy_port, staff)
    return make_app(house), staff, desk


@pytest.fixture
def desk(housed: tuple[FastAPI, Staff, DeskInMemory]) -> DeskInMemory:
    """Where deeds of that app are written down."""
    return housed[2]


@pytest.fixture
def unknown(housed: tuple[FastAPI, Staff, DeskInMemory]) -> Browser:
    """Somebody who did not sign in."""
    return Browser(housed[0])


@pytest.fixture
def signed_in(housed: tuple[FastAPI, Staff, DeskInMemory]) -> Callable[[Viewer], Browser]:
    """Somebody who did, in a browser."""

    def enter(viewer: Viewer) -> Browser:
        browser = Browser(housed[0])
        browser.sign_in(housed[1].hire(viewer))
        return browser

    return enter


@pytest.fixture
def bearer(housed: tuple[FastAPI, Staff, DeskInMemory]) -> Browser:
    """A steward's program, with a token and without a session."""
    token = housed[1].hire(STEWARD)

    class Program(Browser):
        """Brings its token along."""

        def ask(self, method: str, path: str, **what: Any) -> Response:
            what["headers"] = {"authorization": f"Bearer {token}"}
            return super().ask(method, path, **what)

    return Program(housed[0])
