"""What evaluators pull is put together from the environment, and comes out of the tables."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI

from portclock.board.library import library, shelf
from portclock.board.testing import PlainPublished
from portclock.reporting import report_tables
from reports.testing import published, vintage
from reports.vintages.standing import standing_now
from reports.vintages.tabled import TableLedger, TableWorkshop
from serving.access.entrance import install
from serving.access.testing import Browser, Staff
from serving.access.viewers import Role, Viewer
from serving.evaluators.app import mounted
from serving.evaluators.asks import Asked
from serving.evaluators.choosing import choose
from serving.web.testing import example_rules
from sinks.clickhouse import ClickHouseStore
from sinks.settings import ClickHouseAddress

LATER = vintage(1, "2026-06")


@pytest.mark.parametrize(
    ("environ", "sealed", "keys"),
    [
        ({}, "data/sealed", "data/secrets/seal"),
        ({"PORTCLOCK_SEALED": " /srv/sealed "}, "/srv/sealed", "data/secrets/seal"),
        ({"PORTCLOCK_SEAL_KEYS": "keys", "PORTCLOCK_SEALED": ""}, "data/sealed", "keys"),
    ],
)
def test_folders_are_where_the_environment_says(
    environ: dict[str, str], sealed: str, keys: str, address: ClickHouseAddress
) -> None:
    found = shelf(environ, Path("data"), partial(ClickHouseStore, address))
    assert (found.sealed, found.keys) == (Path(sealed), Path(keys))
    found.tables.close()


def test_a_page_comes_from_the_tables_to_whoever_asks(
    address: ClickHouseAddress, tmp_path: Path
) -> None:
    cells = published("stage-split", 7, 200, LATER.month)
    with report_tables(address) as tables:
        TableWorkshop(tables, {}, "attempt").publish(LATER.id, "stage-split", cells)
        TableLedger(tables).append(LATER)
    staff, app = Staff(), FastAPI(openapi_url=None)
    kept = shelf({}, tmp_path, partial(ClickHouseStore, address))
    app.router.routes.append(mounted(library(kept, example_rules(), staff.doorkeeper.now)))
    install(app, staff.doorkeeper)
    token = staff.hire(Viewer("Sun", Role.EVALUATOR), timedelta(days=9))
    answer = Browser(app).get(
        "/v1/datasets/stage-split/cells?month=2026-06&by=stage&direction=import",
        headers={"authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.text
    asked = Asked(LATER.id, "stage-split", {"direction": ("import",)}, ("direction", "stage"),
                  None, 1_000)  # fmt: skip
    wanted = PlainPublished([LATER], {LATER.id: {"stage-split": cells}}).cells(asked)
    assert len(wanted) == 5
    for shown, cell in zip(answer.json()["cells"], wanted, strict=True):
        assert tuple(shown["key"].values()) == cell.key
        assert shown["figures"] == {name: float(value) for name, value in cell.figures.items()}
    kept.tables.close()


def test_the_vintage_that_evaluators_get_is_the_one_that_bulletins_are_made_of() -> None:
    said = ("provisional", "final", "restated", "provisional", "restated")
    for many in range(1, len(said) + 1):
        made = [vintage(n, standing=one) for n, one in enumerate(said[:many], 1)]
        chosen = choose(PlainPublished(made, {}).vintages(), "", made[0].month)
        counts = standing_now(made, made[0].month)
        assert chosen is not None
        assert counts is not None
        assert chosen.vintage.id == counts.id
