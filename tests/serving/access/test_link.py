"""The sign-in page in a real browser: a link leaves no trace, and everybody can use the page."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Page, sync_playwright

from portclock.board.http import listening, server
from serving.access.entrance import install
from serving.access.guard import Asking
from serving.access.testing import Staff
from serving.access.viewers import Role, Viewer

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def staff() -> Staff:
    return Staff()


@pytest.fixture(scope="module")
def address(staff: Staff) -> Iterator[str]:
    app = FastAPI(openapi_url=None)

    @app.get("/who")
    def who(viewer: Asking) -> str:
        return f"signed in as {viewer.name}"

    install(app, staff.doorkeeper)
    door = listening("127.0.0.1", 0)
    serving = server(app, "", lambda: None)
    running = threading.Thread(target=serving.run, args=([door],), daemon=True)
    running.start()
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    serving.should_exit = True
    running.join(20)


@pytest.fixture(scope="module")
def page(program: Callable[[str], Path]) -> Iterator[Page]:
    path = str(program("chromium"))
    with (
        sync_playwright() as playing,
        playing.chromium.launch(executable_path=path, args=FLAGS) as browser,
    ):
        yield browser.new_page()


def test_a_link_signs_in_and_its_token_stays_nowhere(
    page: Page, address: str, staff: Staff
) -> None:
    token, asked = staff.hire(Viewer("Wang", Role.OPERATOR)), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/sign-in?next=/who#{token}")
    page.wait_for_url(f"{address}/who")
    assert page.inner_text("body") == '"signed in as Wang"'
    assert not any(token in url for url in asked)
    page.go_back()
    assert token not in page.url
    assert token not in page.content()
    cookies: list[Any] = page.context.cookies()
    assert [(one["httpOnly"], one["sameSite"]) for one in cookies] == [(True, "Lax")]
    assert token not in str(cookies)


def test_a_wrong_token_is_said_as_that_and_the_page_is_accessible(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#token", "pck_nonsense")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert "does not let you in" in page.inner_text("[role=alert]")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
