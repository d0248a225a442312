"""`portclock restate` says in one sentence what it cannot do, and shows what a draft changes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from events.envelope import Event
from events.testing import box, told, wire
from portclock.cli import app
from portclock.restating.wording import words
from portclock.standalone.clickhouse.testing import engine_in
from sinks import migrate
from sinks.accepted import event_row
from sinks.clickhouse import ClickHouseStore
from sinks.rows import fate_row, outcome_row
from sinks.settings import ClickHouseAddress
from sinks.tables import DWELLS, EVENTS, FATES
from timing.judge import judge
from timing.rules import Rules

PORT = "CNSHD"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseAddress]:
    """Tables that say what the judge says of three boxes of March."""
    with engine_in(tmp_path_factory.mktemp("engine")) as engine:
        server = ClickHouseStore(engine.within("default"))
        migrate.apply(server, "restating")
        server.close()
        found = engine.within("restating")
        store = ClickHouseStore(found)
        _land(store)
        store.close()
        yield found


def _events() -> list[Event]:
    said = ("09:00 gated-in", "09:30 inspection-ordered", "10:20 positioned", "12:00 gated-out")
    return [one for n in range(3) for one in told(*said, unit=box(n), ids=f"a{n}-", port=PORT)]


def _land(store: ClickHouseStore) -> None:
    events = _events()
    verdict = judge(wire(*events), Rules())
    store.insert(EVENTS, [event_row(one, n) for n, one in enumerate(events)], "e")
    store.insert(DWELLS, [outcome_row(one, n) for n, one in enumerate(verdict.outcomes)], "o")
    store.insert(FATES, [fate_row(one, n) for n, one in enumerate(verdict.fates)], "f")


def run(*words: str, **environ: str) -> Any:
    usual = {"COLUMNS": "160", "PORTCLOCK_BROKER": "127.0.0.1:1"}
    return CliRunner(env={**usual, **environ}).invoke(app, ["restate", *words])


def draft(folder: Path) -> Path:
    """The edition of Shidao with another time for inspection moves, from now on forever."""
    file = folder / "draft.toml"
    file.write_text(
        f'''edition = "shidao/2026-01-01"
title = "作业流程及时限标准 草案"
status = "published"
issuer = "石岛新港港务股份有限公司"
port = "{PORT}"
source = "https://example.org/draft"
effective_from = 2026-01-01
supersedes = "shidao/undated"
withdraws = [
    "shidao.delivery", "shidao.empty-return", "shidao.paperwork", "shidao.pickup",
    "shidao.restuffing", "shidao.tally-report", "shidao.unstuffing",
]

[[limit]]
id = "shidao.inspection-move"
stage = "inspection-positioning"
kind = "duration"
within = "PT2H"

[[example]]
limit = "shidao.inspection-move"
given = ["10:00 inspection-ordered", "12:00 positioned"]
expect = "met"

[[example]]
limit = "shidao.inspection-move"
given = ["10:00 inspection-ordered", "12:00:01 positioned"]
expect = "breached"
'''
    )
    return file


USAGE = {
    "no month": ((), "name the first month"),
    "no such month": (("--from", "2026-13"), "is no month"),
    "backwards": (("--from", "2026-03", "--to", "2026-02"), "is before"),
    "a unit and months": (("--unit", "CNSHD/X", "--from", "2026-03"), "without months"),
    "a unit without its port": (("--unit", "X"), "PORT/UNIT"),
}


@pytest.mark.parametrize(("words", "says"), USAGE.values(), ids=USAGE.keys())
def test_bad_usage_is_said_in_one_sentence(words: tuple[str, ...], says: str) -> None:
    found = run(*words)
    assert found.exit_code == 2
    assert says in " ".join(found.output.split())


def test_an_edition_that_is_not_in_force_restates_nothing(tmp_path: Path) -> None:
    found = run("--from", "2026-03", "--edition", str(draft(tmp_path)))
    assert found.exit_code == 1
    assert "not among the editions that judge" in found.output
    assert "PORTCLOCK_LIMITS" in found.output
    missing = run("--from", "2026-03", "--edition", str(tmp_path / "none.toml"))
    assert (missing.exit_code, "there is no file" in missing.output) == (1, True)


def test_tables_and_brokers_that_are_away_are_named(address: ClickHouseAddress) -> None:
    tables = run("--from", "2026-03", "--dry-run", PORTCLOCK_CLICKHOUSE="clickhouse://127.0.0.1:1")
    assert tables.exit_code == 1
    assert "127.0.0.1:1" in tables.output
    broker = run("--from", "2026-03", PORTCLOCK_CLICKHOUSE=address.url)
    assert broker.exit_code == 1
    assert "no broker answers at 127.0.0.1:1" in broker.output


def test_what_stands_as_it_should_is_said_so_in_both_languages(address: ClickHouseAddress) -> None:
    for language, said in (("en", "nothing would change"), ("zh", "没有变化")):
        found = run("--from", "2026-03", "--dry-run", "--lang", language, "--quiet",
                    PORTCLOCK_CLICKHOUSE=address.url)  # fmt: skip
        assert found.exit_code == 0, found.output
        assert said in found.stdout
    elsewhere = run("--from", "2026-05", "--dry-run", "--json", PORTCLOCK_CLICKHOUSE=address.url)
    assert json.loads(elsewhere.stdout)["units"] == 0


def test_a_draft_shows_what_it_would_change(address: ClickHouseAddress, tmp_path: Path) -> None:
    said = ("--from", "2026-03", "--dry-run", "--edition", str(draft(tmp_path)))
    found = run(*said, "--json", PORTCLOCK_CLICKHOUSE=address.url)
    assert found.exit_code == 0, found.output
    document = json.loads(found.stdout)
    assert (document["units"], document["differing"], document["months"]) == (3, 3, ["2026-03"])
    changes = {(c["limit_id"], c["before"], c["after"]): c["outcomes"] for c in document["changes"]}
    assert changes["shidao.inspection-move", "breached", "met"] == 3
    table = run(*said, "--lang", "zh", PORTCLOCK_CLICKHOUSE=address.url)
    assert "超时" in table.stdout
    assert "达标" in table.stdout
    assert "其中 3 个的判定将改变" in table.stdout


def test_both_languages_say_the_same_things() -> None:
    english, chinese = words("en"), words("zh")
    assert set(english.verdicts) == set(chinese.verdicts)
    for name, text in english.model_dump(exclude={"verdicts"}).items():
        other = getattr(chinese, name)
        assert sorted(_fields(text)) == sorted(_fields(other)), name


def _fields(text: str) -> list[str]:
    return [part.partition("}")[0] for part in text.split("{")[1:]]
