"""The page to sign in on: it says nothing of what is inside, and sends nobody elsewhere."""

import re
from importlib.resources import files

import pytest
from fastapi import FastAPI

from serving.access.entrance import install
from serving.access.sign_in import local
from serving.access.testing import Browser, Staff
from serving.access.viewers import Role, Viewer


@pytest.fixture
def staff() -> Staff:
    return Staff()


@pytest.fixture
def browser(staff: Staff) -> Browser:
    app = FastAPI(openapi_url=None)
    install(app, staff.doorkeeper)
    return Browser(app)


def test_the_page_and_its_parts_come_without_signing_in(browser: Browser) -> None:
    page = browser.get("/sign-in")
    assert page.status_code == 200
    assert "登录" in page.text
    for part in re.findall(r'(?:href|src)="(/[^"]+)"', page.text):
        assert browser.get(part).status_code == 200
    assert "style=" not in page.text
    assert "<script>" not in page.text


def test_a_link_s_token_leaves_the_address_before_anything_else() -> None:
    script = (files("serving.access") / "page" / "page.js").read_text()
    assert script.index("replaceState") < script.index("requestSubmit")


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    staff: Staff, browser: Browser
) -> None:
    token = staff.hire(Viewer("Wang", Role.OPERATOR))
    cookie = browser.post("/sign-in", data={"token": f" {token}\n"}).headers["set-cookie"]
    assert token not in cookie
    assert re.fullmatch(r"portclock-session=\S+; HttpOnly; Path=/; SameSite=lax", cookie)


@pytest.mark.parametrize("next", ["/unit?port=CNSHD&lang=zh", "/", "/单元"])
def test_one_comes_to_the_page_that_one_wanted(staff: Staff, browser: Browser, next: str) -> None:
    token = staff.hire(Viewer("Wang", Role.OPERATOR))
    shown = browser.get("/sign-in", params={"next": next}).text
    assert f'value="{next.replace("&", "&amp;")}"' in shown
    answer = browser.post("/sign-in", data={"token": token, "next": next})
    assert str(answer.next_request and answer.next_request.url.raw_path.decode()).startswith("/")
    assert answer.status_code == 303


@pytest.mark.parametrize("next", [
    "https://evil.test", "//evil.test", "/\\evil.test", "javascript:alert(1)", "", "x",
    "/\n/evil.test", "/\t/evil.test", "/sign-in?next=/sign-in",
])  # fmt: skip
def test_nobody_is_sent_elsewhere_or_round_and_round(next: str) -> None:
    assert local(next) == "/"


def test_what_came_from_outside_is_shown_as_text(browser: Browser) -> None:
    page = browser.get("/sign-in", params={"next": '/"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page


def test_a_form_that_is_too_long_is_refused(browser: Browser) -> None:
    assert browser.post("/sign-in", data={"token": "x" * 201}).status_code == 422
