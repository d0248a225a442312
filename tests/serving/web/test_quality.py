"""The page of the quality of feeds: what it says, of which days, and to whom."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from serving.access.testing import Browser, Staff
from serving.access.viewers import Role, Viewer
from serving.asks import AnswerUnavailable, Quality, StageEnds
from serving.web.quality import complete, lacking, seen
from serving.web.testing import DeskInMemory

STEWARD = Viewer("Zhao", Role.STEWARD)
EVALUATOR = Viewer("Sun", Role.EVALUATOR)
SignedIn = Callable[[Viewer], Browser]
Housed = tuple[FastAPI, Staff, DeskInMemory]


def _ends(port: str = "CNLYG", facility: str = "LPCT", **fields: Any) -> StageEnds:
    usual = {
        "port": port, "facility": facility, "stage": "pickup", "begun": 9, "ended": 9,
        "inferred": 0, "open": 0, "overdue": 0, "expected": ("gated-out",), "told_by": ("tos",),
    }  # fmt: skip
    return StageEnds(**{**usual, **fields})


def test_page_says_every_figure_of_every_feed(signed_in: SignedIn) -> None:
    text = signed_in(STEWARD).get("/feeds/quality?lang=en").text
    for said in (
        "lyg-tos",
        "1,234",
        "−8 h",
        "90.0",
        "1001 &#39;98&#39;",
        "intake-depot/0/7",
        "nobody",
    ):
        assert said in text, said
    assert "Pickup by consignee" in text or "pickup" in text.lower()


def test_page_leads_to_the_feeds_and_they_to_it(signed_in: SignedIn) -> None:
    browser = signed_in(STEWARD)
    assert 'href="/feeds/quality"' in browser.get("/feeds").text
    text = browser.get("/feeds/quality").text
    assert 'href="/feeds/quality?days=30"' in text
    assert 'href="/feeds"' in text


@pytest.mark.parametrize(("tail", "days"), [("", 7), ("?days=1", 1), ("?days=92", 92)])
def test_the_days_asked_for_end_now(signed_in: SignedIn, tail: str, days: int) -> None:
    found = signed_in(STEWARD).get(f"/api/feeds/quality{tail}").json()
    assert found["until_s"] - found["since_s"] == days * 86_400


@pytest.mark.parametrize("days", ["0", "93", "x"])
def test_other_numbers_of_days_are_refused(signed_in: SignedIn, days: str) -> None:
    assert signed_in(STEWARD).get(f"/feeds/quality?days={days}").status_code == 422


def test_answer_has_the_shape_that_the_description_says(signed_in: SignedIn) -> None:
    browser = signed_in(STEWARD)
    answer = browser.get("/api/feeds/quality").json()
    said: dict[str, Any] = browser.get("/api/openapi.json").json()
    shown = said["paths"]["/api/feeds/quality"]["get"]["responses"]["200"]["content"]
    schema = {**shown["application/json"]["schema"], "components": said["components"]}
    Draft202012Validator(schema).validate(answer)
    assert all(answer[name] for name in ("feeds", "unknown", "stages"))


def test_an_evaluator_sees_no_example_of_a_message(signed_in: SignedIn) -> None:
    browser = signed_in(EVALUATOR)
    assert browser.get("/api/feeds/quality").json()["unknown"] == []
    assert "1001" not in browser.get("/feeds/quality").text


def test_stages_are_cut_to_what_a_viewer_may_count() -> None:
    rows = [_ends(), _ends(facility=""), _ends(port="CNSHA"), _ends(stage="inspection")]
    found = Quality(0, 1, [], [], rows)
    here = Viewer("Li", Role.OPERATOR, frozenset({"CNLYG"}), frozenset({"LPCT"}))
    assert seen(found, here).ends == [rows[0], rows[3]]
    assert seen(found, Viewer("Wang", Role.CUSTOMS)).ends == [rows[3]]
    assert seen(found, STEWARD).ends == rows


def test_what_lacks_most_stands_first_and_what_lacks_nothing_is_left_out() -> None:
    never, few, many = _ends(ended=0, open=9), _ends(inferred=1), _ends(overdue=2, inferred=1)
    assert lacking([_ends(), few, never, many]) == [many, few, never]


@pytest.mark.parametrize(
    ("ended", "missing", "said"), [(9, 1, "90.0"), (9999, 1, "99.9"), (5, 0, "100.0"), (0, 0, "–")]
)
def test_nothing_less_than_all_is_said_to_be_complete(ended: int, missing: int, said: str) -> None:
    assert complete(ended, missing) == said


def test_tables_that_do_not_answer_are_said_to_be_silent(
    housed: Housed, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*span: int) -> Quality:
        raise AnswerUnavailable("the tables did not answer")

    monkeypatch.setattr(housed[0].state.house.quality, "quality", silent)
    assert signed_in(STEWARD).get("/feeds/quality").status_code == 503


def test_a_house_without_tables_has_no_such_page(
    housed: Housed, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = housed[0].state.house
    monkeypatch.setitem(house.__dict__, "quality", None)
    assert signed_in(STEWARD).get("/feeds/quality").status_code == 404
