"""What the tests of the boards share: the engine behind ClickHouse's protocol, filled from facts.

Rows go in by the product's own client, in several tellings and with merges off, so that rows which
do not stand are really there. Statements are run as a reader's, with the types of their columns.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import ServerException

import dashboards
from dashboards.verify.facts import Facts, Standing
from dashboards.verify.frames import Answer, Run
from dashboards.verify.panels import EngineRefused
from dashboards.verify.seeded import Seeded
from portclock.reporting import report_tables
from portclock.standalone.clickhouse.testing import engine_in
from reports.datasets import datasets
from reports.shapes import PublishedCell, Vintage
from reports.testing import published, vintage
from reports.vintages.kept import TableLedger, keep_cells
from sinks import migrate
from sinks.accepted import event_row
from sinks.clickhouse import ClickHouseStore
from sinks.rows import alert_row, deed_row, delivery_row, fate_row, outcome_row, refusal_row
from sinks.settings import ClickHouseAddress
from sinks.tables import ALERTS, DEEDS, DELIVERIES, DWELLS, EVENTS, FATES, REFUSALS, Row, Table

ROOT = Path(dashboards.__file__).parents[1]
EVALUATION = ROOT / "docker" / "clickhouse" / "evaluation.sql"
DATABASE, EMPTY = "portclock", "nothing_yet"
SETTINGS = {
    "readonly": 2,
    "max_execution_time": 60,
    "max_threads": 1,
    "compile_expressions": 0,
    "compile_aggregate_expressions": 0,
    "compile_sort_description": 0,
}
"""A reader's rights and a bound on every query, as the plugin asks; and no pains for speed, which
hundreds of small queries never get back."""


class Told(NamedTuple):
    """A vintage of the tests: of which month, which number, and what else is said of it."""

    month: str
    number: int
    said: dict[str, Any]
    recorded: bool = True


TOLD: Final = (
    Told("2025-11", 1, {"standing": "provisional"}),
    Told("2026-01", 1, {"standing": "provisional"}),
    Told("2026-01", 2, {"standing": "final"}),
    Told("2026-02", 9, {"standing": "final"}),
    Told("2026-02", 10, {"standing": "restated", "reason": "O'Higgins sent its gate again"}),
    Told("2026-03", 1, {"standing": "provisional"}),
    Told("2026-03", 2, {}, recorded=False),
    Told("2026-01/2026-03", 5, {"standing": "provisional"}),
)
"""Months told again, once past the ninth; a month before the range, a span, a killed attempt."""
CALLED: Final = {"CNNGB": "宁波舟山", "CNTAO": "O'Higgins"}
"""Ports by names that are hard to quote, as the selections choose them."""
VISITS: Final = 300
HEADLINE: Final = ("export", *["*"] * 8)
"""The exports of all ports: suppressed in one of the vintages that are shown."""
SILENT: Final = 5


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseAddress]:
    """The product's own front over the embedded engine, as a process of its own."""
    with engine_in(tmp_path_factory.mktemp("engine")) as address:
        yield address


@pytest.fixture(scope="session")
def facts() -> Facts:
    """The made-up facts of one seed, and what was published of others."""
    vintages = [_vintage(one) for one in TOLD if one.recorded]
    cells = {
        (_vintage(one).id, dataset): _published(dataset, seed)
        for seed, one in enumerate(TOLD)
        for dataset in datasets()
    }
    return replace(Seeded().tell(), vintages=vintages, cells=cells)


def _vintage(one: Told) -> Vintage:
    return vintage(one.number, one.month, **one.said)


def _published(dataset: str, seed: int) -> list[PublishedCell]:
    """Cells with ports renamed, some figures withheld, and a reason that is published."""
    found = published(dataset, seed, VISITS)
    return [_hidden(cell, place, seed == SILENT) for place, cell in enumerate(found)]


def _hidden(cell: PublishedCell, place: int, silent: bool) -> PublishedCell:
    key = tuple(CALLED.get(word, word) for word in cell.key)
    figures, withheld = dict(cell.figures), {}
    for measure, reason in (("p90_h", "few-on-a-side"), ("modal_h", "few-alike")):
        if measure in figures and place % 3 == 0:
            del figures[measure]
            withheld[measure] = reason
    if "kept_pct" in figures and place % 5 == 0:
        del figures["kept_pct"]
        withheld["kept_pct"] = "protected"
    if "excused" in figures:
        figures["excused"] = place % 4  # the fixture excuses nobody
    headline = silent and cell.key == HEADLINE
    suppressed = "protected" if cell.suppressed or headline or place % 11 == 0 else None
    if suppressed:
        return PublishedCell(key, {}, suppressed)
    return PublishedCell(key, figures, None, withheld)


@pytest.fixture(scope="session")
def standing(facts: Facts) -> Standing:
    """What stands of them."""
    return Standing(facts)


@pytest.fixture(scope="session")
def run(engine: ClickHouseAddress, facts: Facts) -> Iterator[Run]:
    """Runs a statement where all facts have landed."""
    server = ClickHouseStore(engine.within("default"))
    migrate.apply(server, DATABASE)
    server.close()
    _fill(ClickHouseStore(engine.within(DATABASE)), facts)
    _publish(engine.within(DATABASE))
    with _client(engine, DATABASE) as client:
        yield _runner(client)


@pytest.fixture(scope="session")
def run_empty(engine: ClickHouseAddress) -> Iterator[Run]:
    """Runs a statement where nothing has landed yet."""
    server = ClickHouseStore(engine.within("default"))
    migrate.apply(server, EMPTY)
    server.close()
    with _client(engine, EMPTY) as client:
        yield _runner(client)


@pytest.fixture(scope="session")
def run_evaluator(engine: ClickHouseAddress, run: Run) -> Iterator[Run]:
    """Runs a statement in the database that is made for evaluators."""
    _evaluation(engine, DATABASE)
    with _client(engine, f"{DATABASE}_evaluation") as client:
        yield _runner(client)


@pytest.fixture(scope="session")
def run_of(run: Run, run_evaluator: Run) -> Callable[[str], Run]:
    """Runs the statements of a board as those who read it do."""
    return lambda board: run_evaluator if board == "evaluators" else run


@pytest.fixture(scope="session")
def run_empty_of(engine: ClickHouseAddress, run_empty: Run) -> Iterator[Callable[[str], Run]]:
    """The same where nothing has landed and nothing was published."""
    _evaluation(engine, EMPTY)
    with _client(engine, f"{EMPTY}_evaluation") as client:
        evaluator = _runner(client)
        yield lambda board: evaluator if board == "evaluators" else run_empty


def _evaluation(engine: ClickHouseAddress, database: str) -> None:
    """The views for evaluators over a database.

    The engine here has no users but its own, who takes the place of the views' maker.
    """
    text = EVALUATION.read_text(encoding="utf-8").replace("= portclock_schema", "= CURRENT_USER")
    text = re.sub(r"\bportclock(?=[._])(?!_schema)", database, re.sub(r"--.*", "", text))
    server = ClickHouseStore(engine.within("default"))
    statements = [one for one in text.split(";") if one.strip()]
    for statement in (*statements, *statements):  # it may be run again
        server.command(statement)
    server.close()


def _fill(store: ClickHouseStore, facts: Facts) -> None:
    tables: list[tuple[Table, Callable[..., Any], Sequence[tuple[Any, int]]]] = [
        (DWELLS, outcome_row, facts.outcomes),
        (ALERTS, alert_row, facts.alerts),
        (FATES, fate_row, facts.fates),
        (EVENTS, event_row, facts.events),
        (REFUSALS, lambda letter, version: refusal_row(letter, b"k", b"{", version), facts.letters),
        (DEEDS, deed_row, facts.deeds),
        (DELIVERIES, delivery_row, facts.deliveries),
    ]
    for table, build, told in tables:
        store.command(f"SYSTEM STOP MERGES {DATABASE}.{table.name}")
        _insert(store, table, [build(fact, version) for fact, version in told])
    store.close()


def _publish(address: ClickHouseAddress) -> None:
    """By the product's own hands; each cell twice, as where an insert was repeated."""
    with report_tables(address) as tables:
        for name in ("vintages", "published_cells"):
            tables.run(f"SYSTEM STOP MERGES {DATABASE}.{name}")
        for seed, one in enumerate(TOLD):
            for dataset in datasets():
                for attempt in ("first", "again"):
                    cells = _published(dataset, seed)
                    keep_cells(tables, _vintage(one).id, dataset, cells, attempt)
            if one.recorded:
                TableLedger(tables).append(_vintage(one))


def _insert(store: ClickHouseStore, table: Table, rows: list[Row]) -> None:
    """The first statement of each key in one insert, the later ones in others, the last first."""
    seen: dict[Row, int] = {}
    tellings: list[list[Row]] = [[], [], [], []]
    for row in rows:
        key = tuple(row[table.place(column)] for column in table.key)
        seen[key] = seen.get(key, -1) + 1
        tellings[seen[key]].append(row)
    for number, telling in reversed(list(enumerate(tellings))):
        store.insert(table, telling, f"{table.name}{number}")


def _client(address: ClickHouseAddress, database: str) -> Any:
    return Client(address.host, port=address.port, user=address.user, database=database)


def _runner(client: Client) -> Run:
    def run(sql: str) -> Answer:
        try:
            rows, columns = client.execute(sql, with_column_types=True, settings=SETTINGS)
        except ServerException as error:
            raise EngineRefused(error.message.splitlines()[0]) from error
        return Answer(tuple(columns), tuple(rows))

    return run
