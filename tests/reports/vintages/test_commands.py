"""The commands: a month is closed, a document sealed, and both are looked into by whoever may."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from events.envelope import Event
from portclock.cli import app
from portclock.commands.documents import keys_in
from reports.datasets import dataset
from reports.frozen import frozen_facts
from reports.tables import Tables
from reports.testing import vintage
from reports.vintages.kept import published_cells
from reports.vintages.keyring import Keyring
from reports.vintages.manifest import Contents
from reports.vintages.packing import packed, write
from reports.vintages.testing import MADE_AT
from sinks.settings import ClickHouseAddress

Tell = Callable[[Sequence[Event]], Sequence[Event]]
Run = Callable[..., Any]


@pytest.fixture
def run(address: ClickHouseAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command as somebody at the port runs it, on the ninth of April."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("portclock.commands.moments.now", lambda: MADE_AT)
    environ = {"PORTCLOCK_CLICKHOUSE": address.url, "PORTCLOCK_DATA": str(tmp_path)}

    def command(*words: str) -> Any:
        return CliRunner(env={"COLUMNS": "160", **environ}).invoke(app, list(words))

    return command


def documents(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


def test_a_month_is_closed_printed_and_verified_and_every_touch_is_named(
    run: Run, tell: Tell, stories: Sequence[Event], tables: Tables, tmp_path: Path
) -> None:
    """One long test, since counting a month takes a second."""
    tell(stories)
    closed = run("vintage", "close", "--month", "2026-03", "--json")
    assert closed.exit_code == 0, closed.output
    (said,) = documents(closed.stdout)
    assert (said["made"], said["vintage"]["id"]) == (True, "2026-03.1")
    assert "names a company" not in closed.stderr
    assert set(said["vintage"]["rules"]) >= {"cohort", "disclosure", "calendar", "code", "register"}
    assert "nothing has changed" in run("vintage", "close", "--month", "2026-03").stderr
    sealed = run("bulletin", "--month", "2026-03", "--forms", "md,html,csv", "--out", "march")
    assert sealed.exit_code == 0, sealed.output
    good = run("verify", "march", "--json")
    found = {one["finding"]: one["state"] for one in documents(good.stdout)}
    assert good.exit_code == 0, good.output
    assert set(found.values()) == {"equal"}
    assert set(found) >= {
        "signed", "file-same", "cells-as-published", "document-same", "vintage-same", "chain-whole",
        "facts-same", "stored-cells-same", "counted-again-same", "today-same",
    }  # fmt: skip
    _it_is_listed_and_shown(run)
    _a_number_leads_to_its_facts(run, tables)
    _the_tables_are_touched(run, tables)
    _the_folder_is_touched(run, tmp_path)
    _a_third_party_looks_at_it(run, tmp_path)


def _it_is_listed_and_shown(run: Run) -> None:
    assert "2026-03.1" in run("vintage", "list").stdout
    (listed,) = documents(run("vintage", "list", "--json").stdout)
    (shown,) = documents(run("vintage", "show", "2026-03.1", "--json").stdout)
    assert listed == {**shown, "superseded_by": None, "touched_since": {}}
    assert len(shown["hash"]) == len(shown["facts_hash"]) == 64
    page = run("vintage", "show", "2026-03.1").stdout
    assert shown["hash"] in page
    assert shown["rules"]["register"] in page
    missing = run("vintage", "show", "2026-03.9")
    assert (missing.exit_code, "no vintage 2026-03.9" in missing.stderr) == (1, True)


def _a_number_leads_to_its_facts(run: Run, tables: Tables) -> None:
    ended = [one for one in frozen_facts(tables, "2026-03.1") if one.standing == "ended"]
    fact = next(one for one in ended if not one.left_out and one.facility)
    direction, stage, port, facility = fact.direction, fact.stage, fact.port, fact.facility
    words = [f"direction={direction}", f"stage={stage}", f"port={port}", f"facility={facility}"]
    plain, hidden = (
        documents(run("vintage", "trace", "2026-03.1", "stages", *words, *more, "--json").stdout)[0]
        for more in (("--visits",), ())
    )
    visits, names = ([fact["visit"] for fact in one["facts"]] for one in (plain, hidden))
    assert len(set(names)) == len(set(visits)) > 0
    assert all(visit.startswith(f"{port}/") for visit in visits)
    assert not any("/" in name for name in names)
    counted = [fact for fact in plain["facts"] if fact["part"] == "counted"]
    assert counted
    assert all(fact["events"] for fact in counted)
    assert plain["rules"]["code"].startswith("portclock ")
    again = run("vintage", "trace", "2026-03.1", "stages", *words)
    assert all(name in again.stdout for name in names[:5])
    assert run("vintage", "trace", "2026-03.1", "stages", "colour=red").exit_code == 2


def _the_tables_are_touched(run: Run, tables: Tables) -> None:
    tables.run(
        "ALTER TABLE published_cells UPDATE figures = map('n', '4711'), suppressed = NULL "
        "WHERE dataset = 'clearance' SETTINGS mutations_sync = 2"
    )
    touched = run("verify", "march")
    assert touched.exit_code == 1
    assert "clearance in the tables are not those of 2026-03.1" in touched.stdout
    assert touched.stderr.startswith("portclock: not as it should be:")
    assert run("verify", "march", "--offline").exit_code == 0


def _the_folder_is_touched(run: Run, tmp_path: Path) -> None:
    shutil.copytree("march", "copy")
    page = next((tmp_path / "copy").glob("*.en.md"))
    page.write_text(page.read_text(encoding="utf-8").replace("1", "2", 1), encoding="utf-8")
    touched = run("verify", "copy", "--offline", "--json")
    assert touched.exit_code == 1
    wrong = {(d["finding"], d["subject"]) for d in documents(touched.stdout)
             if d["state"] == "different"}  # fmt: skip
    assert wrong == {("file-changed", page.name), ("document-changed", page.name)}
    chinese = run("verify", "copy", "--offline", "--lang", "zh")
    assert f"{page.name} 已被改动" in chinese.stdout


def _a_third_party_looks_at_it(run: Run, tmp_path: Path) -> None:
    """Whoever has the folder and the issuer's public keys, and no secret."""
    issuer, stranger = tmp_path / "issuer.json", tmp_path / "stranger.json"
    issuer.write_text(run("vintage", "keys").stdout)
    stranger.write_text(run("vintage", "keys", "--keys", "elsewhere").stdout)
    shutil.move("secrets", "hidden")
    assert run("verify", "march", "--offline", "--keys", str(issuer)).exit_code == 0
    assert run("verify", "march/manifest.json", "--offline", "--keys", "issuer.json").exit_code == 0
    nobody = run("verify", "march", "--offline")
    assert nobody.exit_code == 1
    assert "nobody can tell who signed" in nobody.stderr
    other = run("verify", "march", "--offline", "--keys", str(stranger))
    assert other.exit_code == 1
    assert "not among the public keys given" in other.stdout
    assert run("verify", "march", "--offline", "--keys", "march/manifest.jws").exit_code == 1
    assert run("verify", "hidden", "--offline").exit_code == 1


def test_a_month_in_which_nobody_names_a_company_says_so_and_shows_nothing(
    run: Run,
    tell: Tell,
    stories: Sequence[Event],
    tables: Tables,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("portclock.vintages.counted_now", lambda limits: (dataset("stage-split"),))
    tell([one.model_copy(update={"customs": None}) for one in stories])
    closed = run("vintage", "close", "--month", "2026-03")
    assert closed.exit_code == 0, closed.output
    assert "no report names a company (customs.trader)" in closed.stderr
    cells = published_cells(tables, "2026-03.1")["stage-split"]
    assert len(cells) > 10
    shown = [cell for cell in cells if cell.suppressed is None]
    assert all(int(cell.figures["n"]) == 0 for cell in shown), "only that nothing ended"


REFUSALS = [
    (("--month", "2026-04"), 1, "2026-04 is not over"),
    (("--month", "2026-13"), 2, "is no month"),
    (("--month", "2026-03", "--final", "--restate"), 2, "not both"),
    (("--month", "2026-03", "--restate"), 1, "no final vintage"),
    (("--month", "2026-03", "--reason", "x"), 1, "only a restatement"),
    (("--month", "2026-02/2026-03"), 1, "2026-02 has no vintage"),
    (("--month", "2026-03/2026-02"), 2, "does not go forward"),
]


def test_what_may_not_be_closed_is_refused_in_one_sentence(run: Run) -> None:
    for words, code, says in REFUSALS:
        refused = run("vintage", "close", *words)
        assert refused.exit_code == code, words
        assert says in refused.output


def test_rotating_publishes_both_keys_and_the_newest_alone_as_pem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first, both, newest = (
        CliRunner().invoke(app, ["vintage", "keys", *words]).stdout
        for words in ((), ("--rotate",), ("--pem",))
    )
    older, all_of_them = (json.loads(printed)["keys"] for printed in (first, both))
    assert [key["kid"] for key in all_of_them[1:]] == [key["kid"] for key in older]
    assert all("d" not in key for key in all_of_them)
    assert newest.startswith("-----BEGIN PUBLIC KEY-----")


def test_without_tables_it_is_said_that_nothing_was_compared_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = vintage(1)
    contents = Contents("letter/1", {}, MADE_AT, [made], [made])
    write(
        tmp_path / "sealed", packed({"a.md": b"a"}, contents, {}, Keyring(keys_in(None)).signing())
    )
    environ = {"PORTCLOCK_CLICKHOUSE": "clickhouse://127.0.0.1:1/portclock", "COLUMNS": "160"}
    looked = CliRunner(env=environ).invoke(app, ["verify", "sealed"])
    assert looked.exit_code == 0, looked.output
    assert "Nothing was compared with the tables" in looked.stdout
    assert "makes no documents of the sort letter/1" in looked.stdout
