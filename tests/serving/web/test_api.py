"""The answers for programs: the rows of the board, in the shapes that the description says."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from serving.access.testing import Browser
from serving.access.viewers import Role, Viewer
from serving.board.views import Asked, Sought
from serving.web.testing import DeskInMemory, PortInMemory

STEWARD = Viewer("Zhao", Role.STEWARD)
EVALUATOR = Viewer("Sun", Role.EVALUATOR)
SignedIn = Callable[[Viewer], Browser]
ANSWERS = ("now", "counts", "breaches", "inspections", "feeds", "stages")


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_has_the_shape_that_the_description_says(
    name: str, signed_in: SignedIn
) -> None:
    browser = signed_in(STEWARD)
    answer = browser.get(f"/api/{name}")
    assert answer.status_code == 200
    said: dict[str, Any] = browser.get("/api/openapi.json").json()
    shown = said["paths"][f"/api/{name}"]["get"]["responses"]["200"]["content"]
    schema = {**shown["application/json"]["schema"], "components": said["components"]}
    Draft202012Validator(schema).validate(answer.json())
    rows = [value for value in answer.json().values() if isinstance(value, list)]
    assert any(rows), "an empty answer proves no shape"


def test_a_shape_that_is_broken_is_noticed(signed_in: SignedIn) -> None:
    browser = signed_in(STEWARD)
    said: dict[str, Any] = browser.get("/api/openapi.json").json()
    shown = said["paths"]["/api/now"]["get"]["responses"]["200"]["content"]
    schema = {**shown["application/json"]["schema"], "components": said["components"]}
    broken = browser.get("/api/now").json()
    del broken["rows"][0]["unit_id"]
    assert not Draft202012Validator(schema).is_valid(broken)


def test_the_rows_are_those_of_the_board(signed_in: SignedIn, busy_port: PortInMemory) -> None:
    answer = signed_in(STEWARD).get("/api/now?stage=box-move&limit=3").json()
    rows = busy_port.board.at_risk(STEWARD, Asked(stage="box-move"), 3)
    assert answer["rows"] == msgspec.to_builtins(rows)
    assert answer["now_s"] == busy_port.board.now_s


def test_counts_are_by_any_word(signed_in: SignedIn) -> None:
    browser = signed_in(STEWARD)
    for by in ("port", "stage", "facility", "yard", "answers"):
        answer = browser.get(f"/api/counts?by={by}").json()
        opened = sum(share["counts"]["open"] for share in answer["shares"])
        assert opened == answer["counts"]["open"]
    assert browser.get("/api/counts?by=colour").status_code == 422


@pytest.mark.parametrize("path", ["breaches", "inspections", "unit/CNLYG/PCKU0000707"])
def test_an_evaluator_gets_no_single_unit(path: str, signed_in: SignedIn) -> None:
    answer = signed_in(EVALUATOR).get(f"/api/{path}")
    assert answer.status_code == 403
    assert answer.json()["problem"] == "refused"


def test_an_evaluator_gets_counts_without_rows(signed_in: SignedIn) -> None:
    answer = signed_in(EVALUATOR).get("/api/now").json()
    assert answer["counts"]["open"] > 0
    assert answer["rows"] == []


def test_whoever_is_unknown_gets_nothing(unknown: Browser) -> None:
    for name in (*ANSWERS, "openapi.json"):
        assert unknown.get(f"/api/{name}").status_code == 401


def test_a_deed_is_answered_once_the_log_has_it(
    bearer: Browser, busy_port: PortInMemory, desk: DeskInMemory
) -> None:
    found = busy_port.board.incidents(STEWARD, Asked(), Sought(frozenset({"breached"})), 3)[2]
    doing = {"deed": "assigned", "to": "crane 4", "deed_id": "d-1"}
    for _ in range(2):
        answer = bearer.ask("POST", f"/api/incidents/{found.incident}/deeds", json=doing)
        assert answer.status_code == 201
    assert desk.written[-1].deed_id == "d-1"
    assert answer.json()["to"] == "crane 4"
    after = busy_port.board.incident(STEWARD, found.incident)
    assert after is not None
    assert after.assigned_to == "crane 4"
    assert [note.what for note in after.notes].count("assigned") == 1


@pytest.mark.parametrize(
    ("incident", "doing", "status", "problem"),
    [
        ("no/such/alert", {"deed": "acknowledged"}, 404, "no-incident"),
        ("any", {"deed": "commented"}, 422, "wrong"),
        ("any", {"deed": "resolved"}, 422, "wrong"),
        ("any", {"deed": "acknowledged", "colour": "red"}, 422, "wrong"),
    ],
)
def test_a_deed_that_is_wrong_is_told_so(
    incident: str, doing: dict[str, str], status: int, problem: str, bearer: Browser
) -> None:
    answer = bearer.ask("POST", f"/api/incidents/{incident}/deeds", json=doing)
    assert (answer.status_code, answer.json()["problem"]) == (status, problem)
    assert answer.json()["do"]


def test_problems_are_said_in_the_language_that_was_asked_for(bearer: Browser) -> None:
    answer = bearer.get("/api/unit/CNLYG/PCKU9999999?lang=zh")
    assert answer.status_code == 404
    assert answer.json()["what"] == "没有这个页面。"
