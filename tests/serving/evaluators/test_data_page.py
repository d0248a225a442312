"""The page of published data: in both languages, for whoever pulls, from what there is."""

from collections.abc import Callable
from typing import Any

import pytest

from serving.access.testing import Browser
from serving.access.viewers import Role, Viewer
from serving.evaluators.testing import CATALOGUE


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_dataset_and_vintage_is_there_with_a_call_that_works(
    program: Browser, lang: Any
) -> None:
    said = program.get(f"/data?lang={lang}").text
    for one in CATALOGUE.datasets:
        assert one.title[lang] in said
        assert all(f"<code>{measure.id}</code>" in said for measure in one.measures)
        assert f"/v1/datasets/{one.id}/cells?format=parquet" in said
    vintages = program.get("/v1/vintages").json()["vintages"]
    assert all(f'/v1/vintages/{one["id"]}"' in said for one in vintages)
    called = said.split("curl -H")[1].split('"')[3].replace("&amp;", "&").split("/v1/")[1]
    assert program.get(f"/v1/{called}").status_code == 200


def test_whoever_may_not_pull_is_not_led_there(open_office: Callable[..., Any]) -> None:
    office = open_office()
    operator = office.program(Viewer("Wang", Role.OPERATOR))
    assert operator.get("/data").status_code == 403
    assert 'href="/data' not in operator.get("/now").text
    assert 'href="/data' in office.program().get("/stages").text


def test_tables_that_are_away_are_said_on_the_page(open_office: Callable[..., Any]) -> None:
    office = open_office()
    office.published.down = True
    answer = office.program().get("/data?lang=en")
    assert (answer.status_code, "do not answer" in answer.text) == (200, True)
