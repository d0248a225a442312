"""Whoever has an answer already is told so, and whoever has another is not."""

from collections.abc import Callable
from typing import Any

import pytest

from serving.access.testing import Browser
from serving.access.viewers import Role, Viewer
from serving.evaluators.testing import LATER

CELLS = "/v1/datasets/clearance/cells"
PATHS = ("/v1/", "/v1/datasets", "/v1/vintages", "/v1/vintages/2026-02.2", "/v1/keys", CELLS,
         "/v1/vintages/2026-02.2/files/manifest.json", "/v1/problems")  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_what_is_known_is_not_sent_again(program: Browser, path: str) -> None:
    first = program.get(path)
    assert first.status_code == 200
    tag = first.headers["etag"]
    for said in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = program.get(path, headers={"if-none-match": said})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    other = program.get(path, headers={"if-none-match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


def test_a_tag_is_of_the_question_the_format_and_the_scope(office: Any) -> None:
    asked = ["", "?page_size=3", "?format=csv", "?measures=n", "?port=CNLYG", "?by=port",
             "?vintage=2026-02.1", "?month=2026-03"]  # fmt: skip
    tags = [office.program().get(f"{CELLS}{query}").headers["etag"] for query in asked]
    narrow = Viewer("Zhou", Role.EVALUATOR, frozenset({"CNLYG"}))
    tags.append(office.program(narrow).get(CELLS).headers["etag"])
    tags.append(office.program(narrow).get(f"{CELLS}?port=CNLYG").headers["etag"])
    assert len(set(tags)) == len(tags) - 1, "within a scope, naming it changes nothing"


def test_a_known_page_is_not_read_again(open_office: Callable[..., Any]) -> None:
    office = open_office()
    program = office.program()
    tag = program.get(CELLS).headers["etag"]
    program.get(CELLS, headers={"if-none-match": tag})
    assert len(office.published.asked) == 1


def test_a_later_vintage_is_news(open_office: Callable[..., Any]) -> None:
    office = open_office()
    program = office.program()
    tags = {path: program.get(path).headers["etag"] for path in (CELLS, "/v1/", "/v1/vintages")}
    pinned = program.get(f"{CELLS}?vintage=2026-02.2").headers["etag"]
    office.published.kept.append(LATER)
    for path, tag in tags.items():
        assert program.get(path, headers={"if-none-match": tag}).status_code == 200
    # That it was superseded is news, too, for whoever pinned the older one.
    again = program.get(f"{CELLS}?vintage=2026-02.2", headers={"if-none-match": pinned})
    assert again.status_code == 200
    assert again.json()["head"]["vintage"]["newest"] == LATER.id


def test_nobody_between_keeps_an_answer(program: Browser) -> None:
    for path in PATHS:
        headers = program.get(path).headers
        assert headers["cache-control"] == "private, no-cache"
        assert "authorization" in headers["vary"]
