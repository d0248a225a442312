"""The page of a unit tells the story as `portclock explain` does, and to each what is theirs."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from events.testing import FACILITY, PORT
from serving.access.testing import Browser
from serving.access.viewers import CUSTOMS_STAGES, Role, Viewer
from serving.asks import Document, Stories
from serving.web.cut import cut
from serving.web.drawing import MARKS_MAX, Span, drawing, instant, marks
from serving.web.telling import tell
from serving.web.testing import PortInMemory
from serving.web.words import STORIES

STEWARD = Viewer("Zhao", Role.STEWARD)
CUSTOMS = Viewer("Wang", Role.CUSTOMS, frozenset({PORT}))
SignedIn = Callable[[Viewer], Browser]
Explained = Callable[[str, str], str]


@pytest.fixture(scope="module")
def inspected(busy_port: PortInMemory) -> str:
    """The visit of a box that was inspected and left: customs' and others' stages, with a hold."""
    held = {one.unit.id for one in busy_port.events if one.kind.value == "clock-stopped"}
    gone = {one.unit.id for one in busy_port.events if one.kind.value == "gated-out"}
    visits = {key[0] for key in busy_port.latest}
    return min(visit for visit in visits if visit.split("/")[1] in held & gone)


def _plain(text: str) -> str:
    """Words without markup, blanks and line ends: a terminal breaks lines where a page does not."""
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", " ", text)))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_the_very_words_of_explain(
    lang: Any, inspected: str, stories: Stories, explained: Explained
) -> None:
    document = stories.story(inspected, lang)
    assert document is not None
    told, explain = tell(document, STORIES[lang]), _plain(explained(inspected, lang))
    assert len(told.chapters) >= 6
    for chapter in told.chapters:
        assert _plain(chapter.sentence) in explain
        for row in chapter.rows:
            assert _plain(row.label) in explain
            wanted = [line.split(" (")[0] for line in row.lines]
            assert [line for line in wanted if _plain(line) not in explain] == []
        for sum_ in chapter.sums:
            assert _plain(sum_.took + sum_.words) in explain
    for event in document["events"]:
        for act in event["did"]:
            assert _plain(act["words"]) in explain


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_every_sentence_of_the_story(
    lang: Any, inspected: str, stories: Stories, signed_in: SignedIn
) -> None:
    document = stories.story(inspected, lang)
    assert document is not None
    page = _plain(signed_in(STEWARD).get(f"/unit/{inspected}?lang={lang}").text)
    said = [act["words"] for event in document["events"] for act in event["did"]]
    said += [stage["verdict"]["words"] for stage in document["stages"]]
    assert [words for words in said if _plain(words) not in page] == []


def test_customs_is_told_only_what_concerns_customs(inspected: str, stories: Stories) -> None:
    document = stories.story(inspected, "en")
    assert document is not None
    elsewhere = {**document["visits"][0], "visit_id": "CNLYG/elsewhere/20260101T000000Z"}
    told = {**document, "visits": [*document["visits"], elsewhere], "landing": ["tos/e9"]}
    mine = cut(told, CUSTOMS, STORIES["en"])
    assert mine is not None
    assert mine["cut"] is True
    assert [one["visit_id"] for one in mine["visits"]] == [document["visit_id"]]
    assert mine["landing"] == []
    stages = {stage["outcome"]["stage"] for stage in mine["stages"]}
    assert stages < {stage["outcome"]["stage"] for stage in document["stages"]}
    assert stages <= CUSTOMS_STAGES
    others = {s["outcome"]["stage"] for s in document["stages"]} - CUSTOMS_STAGES
    said = " ".join(act["words"] for event in mine["events"] for act in event["did"])
    assert [stage for stage in others if re.search(rf"\b{stage}(?![\w-])", said)] == []
    kinds = {event["kind"] for event in mine["events"]}
    assert "inspection-started" in kinds
    assert not kinds & {"transfer-ended", "truck-arrived"}


def test_a_whole_story_says_what_is_still_landing(inspected: str, stories: Stories) -> None:
    document = stories.story(inspected, "en")
    assert document is not None
    whole = cut({**document, "landing": ["tos/e9"]}, STEWARD, STORIES["en"])
    assert whole is not None
    assert whole["landing"] == ["tos/e9"]


def test_what_is_cut_is_on_no_page_and_in_no_answer(inspected: str, signed_in: SignedIn) -> None:
    browser = signed_in(CUSTOMS)
    for path in (f"/unit/{inspected}", f"/api/unit/{inspected}"):
        answer = browser.get(path)
        assert answer.status_code == 200
        for word in ("pickup", "box-move", "in-yard-transfer", "truck-arrived"):
            assert word not in answer.text.split('role="search"')[-1], (path, word)


def test_whoever_sees_all_of_a_story_is_told_it_whole(inspected: str, stories: Stories) -> None:
    document = stories.story(inspected, "en")
    assert document is not None
    assert cut(document, STEWARD, STORIES["en"]) == {**document, "cut": False}


def test_an_evaluator_and_a_neighbour_are_told_nothing(inspected: str, stories: Stories) -> None:
    document = stories.story(inspected, "en")
    assert document is not None
    ours = document["stages"][0]["outcome"]["facility"]
    neighbour = Viewer(
        "Li", Role.OPERATOR, frozenset({PORT}), frozenset({"XYCT", FACILITY} - {ours})
    )
    for viewer in (Viewer("Sun", Role.EVALUATOR), neighbour):
        assert cut(document, viewer, STORIES["en"]) is None


def test_a_neighbours_unit_is_as_unknown_as_one_that_never_was(
    inspected: str, signed_in: SignedIn, stories: Stories
) -> None:
    document = stories.story(inspected, "en")
    assert document is not None
    other = {"XYCT", FACILITY} - {document["stages"][0]["outcome"]["facility"]}
    browser = signed_in(Viewer("Li", Role.OPERATOR, frozenset({PORT}), frozenset(other)))
    unit = inspected.split("/")[1]
    never = "PCKU0999990"
    real, made_up = browser.get(f"/unit/{PORT}/{unit}"), browser.get(f"/unit/{PORT}/{never}")
    assert real.status_code == made_up.status_code == 404
    assert real.text == made_up.text.replace(never, unit)
    assert f"/unit/{PORT}/{unit}" not in browser.get(f"/unit?q={unit}").text


def test_the_search_leads_straight_to_a_single_hit(inspected: str, signed_in: SignedIn) -> None:
    unit = inspected.split("/")[1]
    answer = signed_in(STEWARD).get(f"/unit?q={unit.lower()}&kiosk=1")
    assert answer.headers["location"] == f"/unit/{inspected}?kiosk=1"


def test_the_search_lists_what_begins_so(signed_in: SignedIn) -> None:
    text = signed_in(STEWARD).get("/unit?q=pcku0000").text
    assert 1 < text.count('href="/unit/CNLYG/PCKU0000') <= 20


@pytest.fixture
def document(inspected: str, stories: Stories) -> Document:
    """That story, in English."""
    found = stories.story(inspected, "en")
    assert found is not None
    return found


def test_every_stage_has_one_lane_and_every_block_lies_within_it(document: Document) -> None:
    drawn = drawing(document)
    keys = {(s["outcome"]["stage"], s["outcome"]["occurrence"]) for s in document["stages"]}
    assert len(drawn.lanes) == len(keys)
    for lane in drawn.lanes:
        assert lane.blocks
        for block in lane.blocks:
            assert 0 <= block.x <= block.x + block.width <= 100.001


def test_time_over_the_limit_is_drawn_from_the_deadline_on(
    busy_port: PortInMemory, stories: Stories
) -> None:
    broken = next(
        one
        for one in busy_port.latest.values()
        if one.verdict.value == "breached" and not one.closed_at
    )
    found = stories.story(broken.visit_id, "en")
    assert found is not None
    lane = next(
        one for one in drawing(found).lanes if one.stage["outcome"]["stage"] == broken.stage
    )
    over = [block for block in lane.blocks if block.what == "over"]
    assert [block.x for block in over] == [lane.due]


def test_what_others_held_is_drawn_as_held(document: Document) -> None:
    assert "held" in {block.what for lane in drawing(document).lanes for block in lane.blocks}


@pytest.mark.parametrize("length", [60, 3_600, 40_000, 86_400, 1_000_000, 30_000_000, 300_000_000])
def test_marks_stand_at_round_times_and_are_few(length: int) -> None:
    start = instant("2026-03-02T00:13:07Z")
    found = list(marks(Span(start, start + length)))
    assert len(found) <= MARKS_MAX
    assert all(start <= mark.at <= start + length for mark in found)
    if length >= 3_600:
        assert all((mark.at + 8 * 3_600) % 300 == 0 for mark in found)
