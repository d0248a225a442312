"""The board in a real browser: every page in both languages and themes, for everybody's eyes and
hands, with the network cut."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from serving.board.views import Asked, OpenStage

Opens = Callable[..., BrowserContext]
PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
PICTURE_BYTES_MAX = 200_000
PAGES = ("now", "breaches", "inspections", "stages", "feeds", "unit")
MANNERS = [("en", "light"), ("zh", "dark"), ("en", "dark"), ("zh", "light")]


def _picture(page: Page, name: str) -> None:
    """Keep what is seen for the documents, when they are to be made anew."""
    if os.environ.get("PORTCLOCK_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        kept = PICTURES / f"{name}.png"
        page.screenshot(path=str(kept), animations="disabled", caret="hide")
        assert kept.stat().st_size < PICTURE_BYTES_MAX


def _urgent(board: Any) -> OpenStage:
    found: list[OpenStage] = board.port.board.at_risk(board.steward, Asked(), 1)
    return found[0]


def _ready(page: Page) -> None:
    """The page is as it will stay: scripts ran, and the chart is drawn where there is one."""
    expect(page.locator("#show-keys")).to_be_visible()
    if page.locator("#chart").count():
        expect(page.locator("#chart .bars .point").first).to_be_visible()


def _path(name: str, board: Any) -> str:
    return f"/unit/{_urgent(board).visit_id}" if name == "unit" else f"/{name}"


@pytest.mark.parametrize(("lang", "theme"), MANNERS)
def test_every_page_can_be_read_by_everybody(
    lang: str, theme: str, opens: Opens, board: Any
) -> None:
    """axe finds nothing: names, headings, landmarks, tables, languages; contrast in each theme."""
    rules = None if (lang, theme) in MANNERS[:2] else {"runOnly": ["color-contrast"]}
    page = opens().new_page()
    for name in PAGES:
        page.goto(f"{board.address}{_path(name, board)}?lang={lang}&theme={theme}")
        _ready(page)
        found = Axe().run(page, options=rules)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name} is {wide} px too wide"


def test_the_theme_is_the_browsers_own_until_one_is_asked_for(opens: Opens, board: Any) -> None:
    page = opens(color_scheme="dark").new_page()
    paper = "getComputedStyle(document.body).backgroundColor"
    page.goto(f"{board.address}/feeds")
    dark = page.evaluate(paper)
    page.get_by_role("link", name="Use the light theme").click()
    page.wait_for_url("**/feeds?theme=light")
    assert page.evaluate(paper) != dark
    page.goto(f"{board.address}/feeds")
    assert page.evaluate(paper) != dark


def test_a_phone_shows_every_page_without_scrolling_sideways(opens: Opens, board: Any) -> None:
    page = opens(viewport={"width": 390, "height": 844}).new_page()
    for name in PAGES:
        page.goto(f"{board.address}{_path(name, board)}")
        _ready(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        if name == "now":
            assert Axe().run(page).violations_count == 0
            _picture(page, "phone")


def test_chinese_is_drawn_with_real_glyphs(opens: Opens, board: Any) -> None:
    """A font without Chinese draws every character as the same box; a character that no font can
    have shows what that box looks like."""
    page = opens().new_page()
    page.goto(f"{board.address}/now?lang=zh")
    drawn = page.evaluate(
        """() => {
          const canvas = document.createElement("canvas");
          const draw = (text) => {
            canvas.width = canvas.height = 48;
            const pen = canvas.getContext("2d", { willReadFrequently: true });
            pen.font = `32px ${getComputedStyle(document.body).fontFamily}`;
            pen.fillText(text, 4, 38);
            return pen.getImageData(0, 0, 48, 48).data.join();
          };
          const words = [...new Set(document.body.innerText.match(/[\\u4e00-\\u9fff]/g))];
          return { words: words.length, drawn: new Set(words.map(draw)).size,
                   boxes: words.filter((word) => draw(word) === draw("\\u{10fffd}")).length };
        }"""
    )
    assert drawn["words"] > 40
    assert drawn["drawn"] == drawn["words"]
    assert drawn["boxes"] == 0


def test_a_wall_screen_has_no_doors_and_turns_its_pages_only_when_asked(
    opens: Opens, board: Any
) -> None:
    page = opens().new_page()
    page.clock.install()
    page.goto(f"{board.address}/now?kiosk=1&theme=dark&lang=zh")
    expect(page.locator(".tally dd").first).to_be_visible()
    for hidden in (".top", ".foot", ".filter", "#live button"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    _picture(page, "wall")
    page.clock.run_for(3_600_000)
    assert page.url.endswith("/now?kiosk=1&theme=dark&lang=zh")
    page.goto(f"{board.address}/now?kiosk=1&cycle=20")
    page.clock.run_for(21_000)
    page.wait_for_url("**/breaches?kiosk=1&cycle=20")


def test_the_keyboard_reaches_everything(opens: Opens, board: Any) -> None:
    page = opens().new_page()
    page.goto(f"{board.address}/now")
    _ready(page)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("j")
    page.keyboard.press("Escape")
    assert page.locator(".here").count() == 0
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    for key, at in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        expect(page.locator(".here [data-open]")).to_be_focused()
        expect(page.locator("[data-row]").nth(at)).to_contain_class("here")
    unit = page.locator(".here [data-open]").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(unit)


def test_a_newcomers_path_leads_from_the_board_to_an_alert_in_hand(
    opens: Opens, board: Any
) -> None:
    """The box most at risk, its story, its alert acknowledged: in pictures, for the documents."""
    page = opens().new_page()
    page.goto(f"{board.address}/")
    _ready(page)
    cut = page.locator(":is(.c-unit, .c-left, .c-used, .c-deed):visible").evaluate_all(
        "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerText)"
    )
    assert cut == [], "what a decision rests on is never cut off"
    _picture(page, "now")
    # The first that nobody has taken on: other tests share this port, in whatever order.
    waiting = page.locator("tr[data-row]", has=page.get_by_role("button", name="Acknowledge"))
    first = waiting.first
    unit, stage = first.get_attribute("data-unit"), first.get_attribute("data-stage")
    first.get_by_role("link", name=str(unit)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(str(unit))
    expect(page.locator(".lanes svg[role=img]").first).to_be_visible()
    _picture(page, "unit")
    page.get_by_role("link", name="Breaches").click()
    row = page.locator(f'[data-row][data-unit="{unit}"][data-stage="{stage}"]')
    row.get_by_role("button", name="Acknowledge").click()
    expect(row).to_have_count(0)
    page.get_by_role("link", name="Acknowledged").click()
    page.wait_for_url("**/breaches?state=acknowledged")
    _ready(page)
    expect(row).to_contain_text("taken by Zhao 赵")
    row.locator("summary").click()
    row.get_by_label("Your words").fill("crane 4 is on its way")
    row.get_by_role("button", name="Comment").click()
    expect(row.locator(".notes")).to_contain_text("crane 4 is on its way")
    row.get_by_label("To whom").fill("Chen 陈")
    row.get_by_role("button", name="Assign").click()
    expect(row).to_contain_text("with Chen 陈")
    assert row.locator("details").get_attribute("open") is not None
    _picture(page, "breaches")


def test_the_pictures_of_the_documents_are_in_either_language(opens: Opens, board: Any) -> None:
    page = opens().new_page()
    for name, lang, theme in (
        ("inspections", "zh", "light"),
        ("stages", "en", "light"),
        ("feeds", "en", "dark"),
    ):
        page.goto(f"{board.address}/{name}?lang={lang}&theme={theme}")
        _ready(page)
        expect(page.locator("table").first).to_be_visible()
        _picture(page, name)


def test_without_scripts_the_same_forms_and_pages_do_the_same(opens: Opens, board: Any) -> None:
    page = opens(java_script_enabled=False).new_page()
    page.goto(f"{board.address}/breaches")
    row = page.locator("li[data-row]").last
    key = str(row.get_attribute("data-key"))
    row.get_by_role("button", name="Acknowledge").click()
    assert page.url == f"{board.address}/breaches"
    assert key not in [one.get_attribute("data-key") for one in page.locator("li[data-row]").all()]
    found = board.port.board.incident(board.steward, key)
    assert found.acknowledged_by == "Zhao 赵"
