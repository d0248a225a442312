"""The roles, enforced by the engine itself: each does its own work with its rights, and no other's.

One data directory is made with all rights, then opened anew with those of each role.
"""

import json
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from events.testing import box, outcome
from portclock.board import promised, visits
from portclock.judging import trial_tables
from portclock.standalone.clickhouse.testing import engine_in
from portclock.standalone.ports import free_ports
from reports import freezing
from reports.cohorts import land_cohorts
from reports.testing import published, vintage
from reports.vintages.kept import TableLedger, keep_cells, published_cells
from sinks import beginning, ends, figures, history, migrate, quality
from sinks.clickhouse import ClickHouseStore
from sinks.publishing import PUBLISHING_TABLES, PublishingStore
from sinks.rights import ROLES, statements
from sinks.rows import outcome_row
from sinks.settings import ClickHouseAddress
from sinks.store import Question, StoreRefused
from sinks.tables import DWELLS, TABLES
from timing.commitments.period import month
from timing.patience import Patience

READY_S = 60
HERE = Path(__file__).parent
BOARD_ASKS = (beginning, ends, figures, history, promised, quality, visits, trial_tables)
"""Modules whose questions the board and its commands ask."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the schema and an outcome. The engine that made it has read the
    statements of the roles, which it has no place to keep."""
    made = tmp_path_factory.mktemp("engine")
    with engine_in(made) as address:
        with closing(ClickHouseStore(address.within("default"))) as store:
            migrate.apply(store, "portclock")
            for statement in statements():
                assert list(store.fetch(f"EXPLAIN AST {statement}"))
        with closing(ClickHouseStore(address)) as store:
            told = outcome("box-move", "09:00", "10:00", unit=box(1))
            store.insert(DWELLS, [outcome_row(told, 1)], "first")
    return made


@contextmanager
def _as(role: str, folder: Path) -> Iterator[ClickHouseStore]:
    """A connection to the engine, which has the rights of this role."""
    port, http_port = free_ports(2)
    command = [sys.executable, str(HERE / "engine_as.py"), role, "--path", str(folder)]
    command += ["--port", str(port), "--http-port", str(http_port)]
    root = Path(migrate.__file__).parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout
            ready, _, _ = select.select([process.stdout], [], [], READY_S)
            assert ready
            assert isinstance(json.loads(process.stdout.readline()), dict)
            with closing(ClickHouseStore(ClickHouseAddress(host="127.0.0.1", port=port))) as store:
                yield store
        finally:
            process.terminate()
            process.wait(timeout=30)


def _refused(store: ClickHouseStore, *asked: str) -> None:
    for sql in asked:
        with pytest.raises(StoreRefused, match=r"Not enough privileges|code 497"):
            list(store.fetch(sql))


def test_the_writer_lands_and_can_do_nothing_else(folder: Path) -> None:
    with _as("portclock_writer", folder) as store:
        told = outcome("box-move", "09:00", "10:00", unit=box(2))
        store.insert(DWELLS, [outcome_row(told, 2)], "second")
        for table in TABLES:
            store.command(_adding(table.name, table.columns[0]))
        _refused(
            store,
            "SELECT count() FROM stage_dwells",
            "ALTER TABLE stage_dwells DELETE WHERE 1",
            "TRUNCATE TABLE stage_dwells",
            "DROP TABLE events",
            "CREATE TABLE portclock.mine (a Int8) ENGINE = MergeTree ORDER BY a",
        )
        _refused(store, *(_adding(table.name, table.columns[0]) for table in PUBLISHING_TABLES))


def _adding(table: str, column: str) -> str:
    """An insert of nothing: the right is asked for all the same."""
    return f"INSERT INTO {table} ({column}) SELECT '' WHERE 0"


def _asked() -> set[str]:
    """The tables and views in every question that the board and its commands ask."""
    questions = [q for m in BOARD_ASKS for q in vars(m).values() if isinstance(q, Question)]
    assert len(questions) > 8
    named = {t for q in questions for t in re.findall(r"\b(?:FROM|JOIN) ([a-z_]+)", q.sql)}
    return named & {table.name for table in TABLES} | {n for n in named if n.endswith("_latest")}


def test_the_board_reads_what_it_asks_and_no_more(folder: Path) -> None:
    with _as("portclock_board", folder) as store:
        for name in sorted(_asked() | {"vintages", "published_cells", "restatements"}):
            assert list(store.fetch(f"SELECT count() >= 0 FROM {name}")) == [(1,)]
        _refused(
            store,
            *(f"SELECT count() FROM {name}" for name in CLOSED),
            "INSERT INTO stage_dwells SELECT * FROM stage_dwells",
            "ALTER TABLE published_cells DELETE WHERE 1",
            "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
            "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        )


CLOSED = ("vintage_facts", "counted_cells", "visit_cohorts", "migrations")


def test_the_publisher_closes_a_month_and_cannot_touch_what_was_judged(folder: Path) -> None:
    with _as("portclock_publisher", folder) as store:
        tables = PublishingStore(store)
        march = month("2026-03")
        land_cohorts(tables, march, Patience())
        freezing.forget(tables, "2026-03.1")
        freezing.freeze(tables, "2026-03.1", march)
        cells = published("clearance", visits=200)
        keep_cells(tables, "2026-03.1", "clearance", cells, "first")
        TableLedger(tables).append(vintage())
        assert len(published_cells(tables, "2026-03.1")["clearance"]) == len(cells)
        assert freezing.unknown_visits(tables, "2026-03.1").visits >= 1
        _refused(
            store,
            "ALTER TABLE stage_dwells DELETE WHERE 1",
            "ALTER TABLE vintages DELETE WHERE 1",
            "TRUNCATE TABLE published_cells",
            "DROP TABLE vintages",
        )
        _refused(store, *(_adding(table.name, table.columns[0]) for table in TABLES))


def test_the_roles_are_statements_without_a_wildcard(folder: Path) -> None:
    """That the engine reads each is looked at where it is opened first."""
    assert sum(one.startswith("CREATE ROLE") for one in statements()) == len(ROLES)
    assert not [one for one in statements() if "*" in one or "ALL" in one or "OPTION" in one]
    assert folder.is_dir()
