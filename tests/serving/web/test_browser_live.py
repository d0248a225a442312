"""What happens at the port is seen at once, by eye and by ear, and nobody loses their place."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from events.testing import event
from serving.access.viewers import Role, Viewer
from serving.board.views import Asked, Level, OpenStage
from serving.web.app import make_app
from serving.web.saying import clock
from serving.web.testing import DAY, STOP, PortInMemory, day_of, example_rules, served

Opens = Callable[..., BrowserContext]
Serve = Callable[..., Any]
SOON_MS = 1_000
"""The promise: within a second of the board's change."""


class Moving:
    """A small port of its own for each test, whose clock the test moves."""

    def __init__(self, serve: Serve, **how: int) -> None:
        self.port = PortInMemory(example_rules())
        self.port.live(day_of(Random(11), 40, DAY), STOP)
        self._at = STOP + self.port.lateness
        self.served = serve(self.port, **how)

    def tick(self, minutes: float = 1) -> None:
        """Time passes."""
        self._at += timedelta(minutes=minutes)
        self.port.tick(self._at)

    def hear(self, row: OpenStage, kind: str) -> None:
        """Something more is reported of a unit, now."""
        self.port.hear(event(kind, self._at, unit=row.unit_id, facility=row.facility))
        self.tick()

    def rows(self, level: Level) -> list[OpenStage]:
        """What stands at that level."""
        rows = self.port.board.at_risk(self.served.steward, Asked(), 500)
        return [row for row in rows if row.level is level]

    def breach(self) -> OpenStage:
        """Let time pass until something that was not overdue is; gives it."""
        before = {row.incident for row in self.rows(Level.BREACHED)}
        for _ in range(120):
            self.tick()
            for row in self.rows(Level.BREACHED):
                if row.incident not in before:
                    return row
        raise AssertionError("nothing came due within two hours")


@pytest.fixture
def moving(serve: Serve) -> Moving:
    """With the usual bounds."""
    return Moving(serve)


def _open(opens: Opens, moving: Moving, path: str = "/now") -> Page:
    page = opens(at=moving.served).new_page()
    page.goto(moving.served.address + path)
    expect(page.locator("html[data-line=live]")).to_be_attached()
    return page


def _row(page: Page, row: OpenStage) -> Any:
    return page.locator(f'[data-key="{row.incident}"]')


def test_a_row_is_there_within_a_second_of_the_boards_change(opens: Opens, moving: Moving) -> None:
    """The best of three, for the machine may be busy with more than this."""
    page, waits = _open(opens, moving), []
    for _ in range(3):
        row = moving.breach()
        changed_at = page.evaluate("performance.now()")
        expect(_row(page, row)).to_have_attribute("data-level", "breached")
        waits.append(page.evaluate("performance.now()") - changed_at)
        assert moving.port.board.now_s is not None
        expect(page.locator(".clock b")).to_have_text(clock(moving.port.board.now_s))
    assert min(waits) < SOON_MS, waits


def test_a_new_breach_is_said_politely_and_what_stood_before_is_not(
    opens: Opens, moving: Moving
) -> None:
    page = _open(opens, moving)
    news = page.locator("#news[aria-live=polite]")
    moving.tick(0.2)
    expect(page.locator(".clock b")).to_contain_text(":12")
    expect(news).to_be_empty()
    row = moving.breach()
    expect(news).to_have_text(f"New overdue: {row.unit_id}, {row.stage}.")


def test_a_story_that_goes_on_is_told_on_while_it_is_read(opens: Opens, moving: Moving) -> None:
    """What was opened stays open. A story that has ended is not asked for again."""
    row = moving.rows(Level.BREACHED)[0]
    page = opens(at=moving.served).new_page()
    page.clock.install()
    page.goto(f"{moving.served.address}/unit/{row.visit_id}")
    known = page.locator(".events li > time")
    before = known.count()
    chapter = page.locator("details[id^=stage]").last
    chapter.evaluate("one => { one.open = true; window.kept = one; }")
    moving.hear(row, "gated-out")
    page.clock.run_for(11_000)
    expect(known).to_have_count(before + 1)
    assert page.evaluate("window.kept.isConnected && window.kept.open")
    expect(page.locator("[data-renew]")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(60_000)
    page.evaluate("fetch('/healthz').then(() => null)")
    assert asked == [f"{moving.served.address}/healthz"]


def test_the_figures_of_a_day_that_is_not_over_follow_it_and_keep_their_chart(
    opens: Opens, moving: Moving
) -> None:
    page = opens(at=moving.served).new_page()
    page.clock.install()
    page.goto(f"{moving.served.address}/stages")
    drawn = page.locator("#chart .main-svg")
    expect(drawn.first).to_be_attached()
    figures = page.locator("#figures[data-renew='60']")
    before = figures.inner_text()
    for row in moving.rows(Level.BREACHED):
        moving.hear(row, "gated-out")
    page.clock.run_for(61_000)
    expect(figures).not_to_have_text(before, use_inner_text=True)
    expect(drawn.first).to_be_attached()
    page.goto(f"{moving.served.address}/stages?day=2026-02-23")
    expect(page.locator("[data-renew]")).to_have_count(0)


def test_an_update_keeps_focus_selection_and_what_was_opened_and_typed(
    opens: Opens, moving: Moving
) -> None:
    page = _open(opens, moving, "/breaches")
    row = page.locator("li[data-row]").last
    key = row.get_attribute("data-key")
    row.locator("summary").click()
    row.get_by_label("Your words").fill("half a sent")
    page.evaluate("window.kept = document.activeElement")
    moving.breach()
    expect(page.locator("li[data-row]").first).not_to_have_attribute("data-key", str(key))
    mine = page.locator(f'[data-key="{key}"]')
    expect(mine.get_by_label("Your words")).to_have_value("half a sent")
    expect(mine.get_by_label("Your words")).to_be_focused()
    expect(mine.locator("details")).to_have_attribute("open", "")
    assert page.evaluate("window.kept === document.activeElement")


def test_the_page_does_not_jump_when_a_row_comes(opens: Opens, moving: Moving) -> None:
    page = _open(opens, moving)
    widths = "[...document.querySelectorAll('.units thead th')].map(th => th.offsetWidth)"
    top = "document.querySelector('.units').getBoundingClientRect().top"
    before = page.evaluate(f"[{widths}, {top}]")
    row = moving.breach()
    expect(_row(page, row)).to_be_visible(timeout=SOON_MS)
    assert page.evaluate(f"[{widths}, {top}]") == before


def test_after_a_cut_the_page_says_so_and_goes_on_where_it_was(opens: Opens, serve: Serve) -> None:
    """The server dies and comes back under the same address with the same state."""
    moving = Moving(serve)
    port = int(moving.served.address.rpartition(":")[2])
    page = opens(at=moving.served).new_page()
    app = make_app(moving.served.house)
    with served(app) as address:
        moving.served.address = address
        port = int(address.rpartition(":")[2])
        context = page.context
        context.add_cookies([moving.served.cookie(moving.served.steward)])
        page.goto(f"{address}/now")
        expect(page.locator("html[data-line=live]")).to_be_attached()
        page.evaluate("document.body.dataset.mine = 'still this page'")
    expect(page.locator("#link")).to_contain_text("The connection is cut.")
    row = moving.breach()
    with served(make_app(moving.served.house), port):
        expect(_row(page, row)).to_have_attribute("data-level", "breached")
        expect(page.locator("#link")).to_be_hidden()
        assert page.evaluate("document.body.dataset.mine") == "still this page"


def test_a_page_without_ticks_says_that_time_stands_still(opens: Opens, moving: Moving) -> None:
    page = opens(at=moving.served).new_page()
    page.clock.install()
    page.goto(f"{moving.served.address}/now")
    expect(page.locator("html[data-line=live]")).to_be_attached()
    page.clock.run_for(45_000)
    expect(page.locator("#link")).to_contain_text("No tick for 40 s")
    moving.tick()
    expect(page.locator("#link")).to_be_hidden()


def test_acknowledging_by_key_shows_whose_it_is_on_every_page(opens: Opens, moving: Moving) -> None:
    page, other = _open(opens, moving), _open(opens, moving)
    moving.breach()
    page.keyboard.press("j")
    key = page.locator(".here").get_attribute("data-key")
    page.keyboard.press("a")
    for one in (page, other):
        expect(one.locator(f'[data-key="{key}"] .hand')).to_have_text("taken by Zhao 赵")


def test_a_deed_that_is_not_written_is_said_at_once(opens: Opens, moving: Moving) -> None:
    page = _open(opens, moving)
    moving.breach()
    moving.served.desk.down = True
    page.get_by_role("button", name="Acknowledge").first.click()
    expect(page.get_by_role("alert")).to_contain_text("It was not written down")
    expect(page.get_by_role("button", name="Acknowledge").first).to_be_enabled()


def _headers(moving: Moving) -> dict[str, str]:
    token = moving.served.staff.hire(moving.served.steward)
    return {"authorization": f"Bearer {token}"}


def test_beyond_its_bound_a_stream_is_refused_and_a_seat_is_free_once_a_viewer_goes(
    serve: Serve,
) -> None:
    moving = Moving(serve, streams_max=1)
    live = f"{moving.served.address}/live/now"
    with httpx.Client(headers=_headers(moving), timeout=5) as client:
        with client.stream("GET", live) as first:
            assert first.headers["content-type"].startswith("text/event-stream")
            refused = client.get(live)
            assert refused.status_code == 503
            assert refused.headers["retry-after"]
            assert refused.json()["problem"] == "full"
        for _ in range(200):
            with client.stream("GET", live) as second:
                if second.status_code == 200:
                    break
        assert second.status_code == 200


def test_a_stream_that_is_resumed_is_told_nothing_twice(moving: Moving) -> None:
    live = f"{moving.served.address}/live/now"
    with httpx.Client(headers=_headers(moving), timeout=5) as client:
        with client.stream("GET", live) as stream:
            lines = stream.iter_lines()
            mark = next(line for line in lines if line.startswith("id: ")).removeprefix("id: ")
        with client.stream("GET", live, headers={"last-event-id": mark}) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "retry: 1000"
            moving.tick()
            again = next(line for line in lines if line.startswith("id: ")).removeprefix("id: ")
    epoch, _, version = mark.partition("-")
    assert again.startswith(f"{epoch}-")
    assert int(again.rpartition("-")[2]) > int(version)


def test_an_evaluators_stream_carries_no_unit(moving: Moving) -> None:
    token = moving.served.staff.hire(Viewer("Sun", Role.EVALUATOR))
    headers = {"authorization": f"Bearer {token}"}
    with httpx.Client(headers=headers, timeout=5) as client:
        assert client.get(f"{moving.served.address}/live/breaches").status_code == 403
        with client.stream("GET", f"{moving.served.address}/live/now") as stream:
            event = []
            for line in stream.iter_lines():
                event.append(line)
                if line == "" and len(event) > 3:
                    break
    assert any("stages under a limit" in line for line in event)
    assert not any("PCKU" in line for line in event)
