"""Who may pull, what they are told when something is wrong, and what the access log says of it."""

import re
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import anyio
import pytest
from fastapi import FastAPI

import serving.evaluators
from serving.access.guard import Rule, rules
from serving.access.testing import Browser, Clock
from serving.access.viewers import Role, Viewer
from serving.evaluators.app import Under, make_app
from serving.evaluators.asks import Catalogue
from serving.evaluators.library import Library
from serving.evaluators.problems import Kind, Refused
from serving.evaluators.testing import SEALS, SPLIT, PublishedInMemory
from serving.evaluators.turns import Turns
from serving.evaluators.wording import tables

PATHS = (
    "/v1/", "/v1/datasets", "/v1/definitions", "/v1/editions", "/v1/vintages", "/v1/keys",
    "/v1/vintages/2026-02.2", "/v1/vintages/2026-02.2/files/manifest.json", "/v1/problems",
    "/v1/datasets/clearance/cells", "/v1/datasets/split/cells", "/v1/openapi.json",
)  # fmt: skip


def inner(app: FastAPI) -> FastAPI:
    """The application under /v1."""
    found = next(route.app for route in app.routes if isinstance(route, Under))
    assert isinstance(found, FastAPI)
    return found


def test_every_route_demands_that_whoever_asks_may_pull(office: Any) -> None:
    found = list(rules(inner(office.app)))
    assert {one.rule for one in found} == {Rule.PULLS}
    tried = {re.sub(r"2026-02\.2", "{vintage}", path.removeprefix("/v1")) for path in PATHS}
    shown = {one.path.replace("{name:path}", "manifest.json") for one in found}
    assert tried == shown, "a route that is not tried below"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("role", Role)
def test_evaluators_and_stewards_pull_and_nobody_else(office: Any, role: Role, path: str) -> None:
    feeds = frozenset({"gate"}) if role is Role.SENDER else frozenset()
    answer = office.program(Viewer("Someone", role, feeds=feeds)).get(path)
    allowed = role in (Role.EVALUATOR, Role.STEWARD)
    assert answer.status_code == (200 if allowed else 403)
    if not allowed:
        assert answer.json()["type"] == "/v1/problems#not-allowed"
        assert office.staff.log()[-1]["decision"] == "not-allowed"


@pytest.mark.parametrize("path", PATHS)
def test_whoever_is_unknown_gets_nothing(open_office: Callable[..., Any], path: str) -> None:
    office = open_office()
    for headers in ({}, {"authorization": "Bearer pck_wrong"}):
        answer = Browser(office.app).get(path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["status"] == 401


def test_a_revoked_token_pulls_nothing_more(open_office: Callable[..., Any]) -> None:
    office = open_office()
    token = office.staff.hire(Viewer("Sun", Role.EVALUATOR))
    headers = {"authorization": f"Bearer {token}"}
    assert Browser(office.app).get("/v1/", headers=headers).status_code == 200
    office.staff.fire(token)
    assert Browser(office.app).get("/v1/", headers=headers).status_code == 401


def test_the_log_says_who_pulled_what_and_how_much(office: Any) -> None:
    program = office.program()
    first = program.get("/v1/datasets/clearance/cells?port=CNLYG&page_size=4")
    line = office.staff.log()[-1]
    assert line["who"] == "Sun 孙"
    assert (line["path"], line["status"]) == ("/v1/datasets/clearance/cells", 200)
    assert (line["dataset"], line["vintage"], line["rows"]) == ("clearance/1", "2026-02.2", 4)
    assert "CNLYG" not in str(line)
    program.get(
        "/v1/datasets/clearance/cells?port=CNLYG&page_size=4",
        headers={"if-none-match": first.headers["etag"]},
    )
    assert (office.staff.log()[-1]["status"], "rows" in office.staff.log()[-1]) == (304, False)


@pytest.mark.parametrize("path", ["/v1/nowhere", "/v1/datasets/nowhere/cells", "/v1/x%0A",
                                  "/v1/vintages/2026-09.1", "/v1/vintages/x%0Ay",
                                  f"/v1/vintages/{'9' * 41}", "/v1/datasets/",
                                  "/v1/vintages/2026-02.2/files/other",
                                  "/v1/vintages/2026-02.2/files/..%2Fmanifest.json",
                                  "/v1/vintages/2026-02.1/files/manifest.json",
                                  "/v1/datasets/clearance/cells?month=2020-01"])  # fmt: skip
def test_what_is_not_there_is_a_problem_that_says_what_to_do(program: Browser, path: str) -> None:
    answer = program.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    said = answer.json()
    assert said["type"] == "/v1/problems#unknown"
    assert "/v1/vintages" in said["do"]


@pytest.mark.parametrize("path", ["/v1/", "/v1/vintages", "/v1/datasets/clearance/cells",
                                  "/v1/datasets/nowhere/cells"])  # fmt: skip
def test_head_tells_the_headers_of_get_and_no_body(program: Browser, path: str) -> None:
    full, head = program.ask("GET", path), program.ask("HEAD", path)
    assert (head.status_code, head.content) == (full.status_code, b"")
    told = {name: full.headers.get(name) for name in ("etag", "content-type", "ratelimit-policy")}
    assert {name: head.headers.get(name) for name in told} == told
    assert "content-length" not in head.headers, "what is packed on its way has another length"
    assert full.content


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_is_written_here(program: Browser, method: str) -> None:
    answer = program.ask(method, "/v1/vintages")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.json()["type"] == "/v1/problems#no-such-method"


def test_tables_that_are_away_are_a_problem_with_a_time_to_come_back(
    open_office: Callable[..., Any],
) -> None:
    office = open_office()
    office.published.down = True
    for path in ("/v1/", "/v1/vintages", "/v1/datasets/clearance/cells"):
        answer = office.program().get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        assert answer.json()["type"] == "/v1/problems#unavailable"
        assert "the tables are away" not in answer.text, "what is within stays within"


def test_as_many_wait_as_may_and_the_next_comes_back_later() -> None:
    async def crowd() -> list[str]:
        turns, told = Turns(1, 2), list[str]()
        began, end = anyio.Event(), Event()

        def hold() -> None:
            anyio.from_thread.run_sync(began.set)
            assert end.wait(20)

        async def ask(name: str) -> None:
            try:
                await turns.take(hold)
                told.append(f"{name} answered")
            except Refused as refused:
                told.append(f"{name} {refused.kind.id}")

        async with anyio.create_task_group() as group:
            group.start_soon(ask, "first")
            await began.wait()
            for name in ("second", "third"):
                group.start_soon(ask, name)
            await anyio.wait_all_tasks_blocked()
            await ask("fourth")
            end.set()
        return told

    told = anyio.run(crowd)
    assert told[0] == "fourth busy"
    assert sorted(told[1:]) == ["first answered", "second answered", "third answered"]


@pytest.mark.parametrize("kind", Kind, ids=lambda one: one.id)
def test_every_kind_of_problem_is_explained_in_both_languages(program: Browser, kind: Kind) -> None:
    found = {}
    for language in ("zh", "en"):
        answer = program.get("/v1/problems", headers={"accept-language": language})
        (found[language],) = (
            one for one in answer.json()["problems"] if one["type"].endswith(f"#{kind.id}")
        )
    assert found["zh"]["do"] != found["en"]["do"]
    assert found["en"]["title"]
    assert found["en"]["status"] == kind.status


def test_there_are_words_for_every_kind_and_for_nothing_else() -> None:
    for language in ("zh", "en"):
        entries = tables(language)["problem"]
        assert set(entries) == {kind.id for kind in Kind}
        assert all(set(entry) == {"title", "do"} for entry in entries.values())


def test_a_problem_is_told_in_the_language_of_whoever_asks(program: Browser) -> None:
    answer = program.get("/v1/nowhere", headers={"accept-language": "zh-CN, en;q=0.5"})
    assert answer.headers["content-language"] == "zh"
    assert answer.json()["title"] == "没有这个地址、数据集、版次或文件。"


def test_the_files_of_a_seal_are_handed_out_byte_for_byte(program: Browser) -> None:
    listed = program.get("/v1/vintages/2026-02.2").json()["files"]
    kept = SEALS.files["2026-02.2"]
    assert len(listed) == len(kept)
    for address, (name, body) in zip(listed, sorted(kept.items()), strict=True):
        answer = program.get(address)
        assert answer.content == body, name
        assert answer.headers["content-disposition"].startswith("attachment;")
    assert program.get("/v1/vintages/2026-02.1").json()["files"] == []


def test_the_catalogue_says_what_the_cells_are_made_of(program: Browser) -> None:
    for dataset in program.get("/v1/datasets").json()["datasets"]:
        page = program.get(f"{dataset['cells']}?page_size=1").json()
        assert page["head"]["dataset"] == f"{dataset['id']}/{dataset['version']}"
        assert list(page["cells"][0]["key"]) == [one["id"] for one in dataset["dimensions"]]
        assert page["head"]["measures"] == [one["id"] for one in dataset["measures"]]
    clocks = program.get("/v1/definitions").json()["clocks"]
    assert {"overall-clearance-import/1", "customs-clearance/1"} <= {one["id"] for one in clocks}
    editions = program.get("/v1/editions").json()["editions"]
    assert any("jiangsu-sea.pickup" in edition["limits"] for edition in editions)


def test_the_first_page_leads_to_every_other(program: Browser) -> None:
    first = program.get("/v1").headers.get("location") or "/v1/"
    said = program.get(first).json()
    assert said["newest"] == "2026-02.2"
    for link in said["links"].values():
        assert program.get(link).status_code == 200


def test_a_dimension_named_like_another_parameter_is_found_before_anybody_asks() -> None:
    by = SPLIT.dimensions[0]._replace(id="by")
    catalogue = Catalogue((SPLIT._replace(dimensions=(by, *SPLIT.dimensions[1:])),))
    library = Library(catalogue, PublishedInMemory(), SEALS, (), Clock())
    with pytest.raises(ValueError, match="by"):
        make_app(library)


def test_no_module_of_the_evaluators_reads_a_single_box() -> None:
    folder = Path(serving.evaluators.__file__).parent
    for file in folder.glob("*.py"):
        assert "serving.board" not in file.read_text(encoding="utf-8"), file.name
