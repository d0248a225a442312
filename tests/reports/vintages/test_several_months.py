"""A bulletin beside the month and the year before, and a study of several months, on the engine.

What is printed is held against plain Python over the frozen facts of the months it speaks of.
"""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from load_tests.year.landing import Lander
from load_tests.year.ports import Chunk, ports
from portclock.cli import app
from reports.datasets import dataset
from reports.facts import FrozenFact
from reports.frozen import frozen_facts
from reports.tables import Tables
from sinks.settings import ClickHouseAddress
from timing.commitments.period import month
from timing.measures.change import change
from timing.measures.printed import hours

TRENDS: Final = {"2025-03": 1.6, "2026-02": 1.2, "2026-03": 1.0}
"""Months, and how long things took in them: no two have the same mean."""
VISITS: Final = 60
SOME: Final = (dataset("clearance"), dataset("stage-split"))
"""What is counted: the way of the rest is the same."""
NOW: Final = datetime(2026, 6, 1, tzinfo=UTC)
Run = Callable[..., Any]


@pytest.fixture
def run(address: ClickHouseAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command as somebody at the port runs it, on the first of June; it must end well."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("portclock.commands.moments.now", lambda: NOW)
    monkeypatch.setattr("portclock.vintages.counted_now", lambda limits: SOME)
    environ = {"PORTCLOCK_CLICKHOUSE": address.url, "PORTCLOCK_DATA": str(tmp_path)}

    def command(*words: str) -> Any:
        done = CliRunner(env={"COLUMNS": "160", **environ}).invoke(app, list(words))
        assert done.exit_code == 0, (words, done.output)
        return done

    return command


@pytest.fixture
def landed(address: ClickHouseAddress) -> None:
    """The months at one port, told and judged."""
    port = next(one for one in ports() if one.code == "CNTAC")
    lander = Lander(address, 7, NOW)
    for at, (name, trend) in enumerate(TRENDS.items()):
        lander.land(Chunk(port, month(name), trend, at * VISITS, (at + 1) * VISITS))
    lander.close()


@pytest.mark.usefixtures("landed")
def test_months_are_held_against_each_other_and_studied_together(run: Run, tables: Tables) -> None:
    """One long test, since counting a month takes a second."""
    for name in TRENDS:
        run("vintage", "close", "--month", name, "--final", "--quiet")
    facts = {name: list(frozen_facts(tables, f"{name}.1", "overall-clearance")) for name in TRENDS}
    run("bulletin", "--month", "2026-03", "--forms", "md,csv", "--out", "march")
    _changes_follow_from_the_facts_of_each_month(facts)
    _the_page_names_both_vintages()
    run("vintage", "close", "--month", "2026-02/2026-03", "--final", "--quiet")
    run("study", "--from", "2026-02", "--to", "2026-03", "--forms", "md,csv", "--out", "both")
    _the_study_counts_both_months_and_no_third(facts)
    for folder in ("march", "both"):
        said = run("verify", folder, "--offline").stdout
        assert "≠" not in said


def _changes_follow_from_the_facts_of_each_month(facts: dict[str, list[FrozenFact]]) -> None:
    printed = _figures("march", "change")
    compared = {"month": "2026-02", "year": "2025-03"}
    for direction in ("import", "export"):
        means = {name: _mean(some, direction) for name, some in facts.items()}
        assert len(set(means.values())) == len(means)
        for against, name in compared.items():
            cut = change(means["2026-03"], means[name]).cut_pct
            for port in ("*", "CNTAC"):
                assert printed[direction, port, f"cut_on_{against}_pct"] == cut


def _the_page_names_both_vintages() -> None:
    (page,) = Path("march").glob("*.en.md")
    said = page.read_text(encoding="utf-8")
    for words in ("Month before, from vintage", "A year before, from vintage"):
        assert words in said
    for vintage in ("2026-03.1", "2026-02.1", "2025-03.1"):
        assert vintage in said


def _the_study_counts_both_months_and_no_third(facts: dict[str, list[FrozenFact]]) -> None:
    printed = _figures("both", "clearance/1")
    both = [*facts["2026-02"], *facts["2026-03"]]
    for direction in ("import", "export"):
        assert printed[direction, "*", "n"] == len(_ended(both, direction))
        assert printed[direction, "*", "mean_h"] == _mean(both, direction)
        of_march = [one for one in facts["2026-03"] if one.direction == direction]
        still = sum(one.standing == "open" for one in of_march)
        assert printed[direction, "*", "open"] == still, "open counts at the end of the last month"


def _figures(folder: str, dataset: str) -> dict[tuple[str, str, str], Decimal]:
    """The figures of a folder's table about a direction and, at most, a port."""
    (file,) = Path(folder).glob("*.csv")
    found = {}
    text = file.read_bytes().decode()
    for line in csv.DictReader(StringIO(text, newline="")):
        named = {line[name] for name in ("mode", "inspected", "advance", "goods", "peak")}
        if line["dataset"] == dataset and named == {"*"} and line["value"]:
            found[line["direction"], line["port"], line["measure"]] = Decimal(line["value"])
    return found


def _mean(facts: list[FrozenFact], direction: str) -> Decimal:
    ended = _ended(facts, direction)
    return hours(sum(one.gross_s for one in ended), len(ended))


def _ended(facts: list[FrozenFact], direction: str) -> list[FrozenFact]:
    mine = [one for one in facts if one.direction == direction and one.standing == "ended"]
    return [one for one in mine if not one.left_out]
