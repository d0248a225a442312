"""How a page is shown follows from its address, then from what the browser remembers."""

import pytest

from serving.web.manner import CYCLE_MAX_S, CYCLE_MIN_S, Manner, manner_of


@pytest.mark.parametrize(
    ("asked", "remembered", "accepted", "language"),
    [
        ("zh", "en", "en", "zh"),
        ("", "zh", "en", "zh"),
        ("", "", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "", "fr, en;q=0.4, zh;q=0.7", "zh"),
        ("", "", "de;q=0.1, en-GB", "en"),
        ("xx", "yy", "fr", "en"),
        ("", "", "", "en"),
        ("", "", "zh;q=oops, en;q=0.1", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_then_remembered_then_preferred(
    asked: str, remembered: str, accepted: str, language: str
) -> None:
    found = manner_of("/now", {"lang": asked}, {"lang": remembered}, accepted)
    assert found.language == language


def test_the_theme_is_asked_for_then_remembered_else_left_to_the_browser() -> None:
    assert manner_of("/now", {"theme": "dark"}, {"theme": "light"}, "").theme == "dark"
    assert manner_of("/now", {"theme": "purple"}, {"theme": "light"}, "").theme == "light"
    assert manner_of("/now", {}, {}, "").theme == ""


@pytest.mark.parametrize(
    ("said", "cycle_s"),
    [("", 0), ("x", 0), ("-5", 0), ("1", CYCLE_MIN_S), ("20", 20), ("999999999", CYCLE_MAX_S)],
)
def test_a_wall_screen_turns_its_pages_only_when_asked_and_within_bounds(
    said: str, cycle_s: int
) -> None:
    assert manner_of("/now", {"kiosk": "1", "cycle": said}, {}, "").cycle_s == cycle_s


def test_links_keep_the_filter_on_a_page_and_only_the_wall_screen_between_pages() -> None:
    manner = Manner("en", path="/now", query=(("stage", "pickup"), ("kiosk", "1")))
    assert manner.link() == "/now?stage=pickup&kiosk=1"
    assert manner.link(stage="") == "/now?kiosk=1"
    assert manner.link(yard="A 1&2") == "/now?stage=pickup&kiosk=1&yard=A+1%262"
    assert manner.link("/feeds") == "/feeds?kiosk=1"
