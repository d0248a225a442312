"""What the tests of the boards share: the engine behind ClickHouse's protocol, filled from facts.

Rows go in by the product's own client, in several tellings and with merges off, so that rows which
do not stand are really there. Statements are run as a reader's, with the types of their columns.
"""

import re
import select
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import ServerException

import dashboards
from dashboards.verify.facts import Facts, Standing
from dashboards.verify.frames import Answer, Run
from dashboards.verify.panels import EngineRefused
from dashboards.verify.seeded import Seeded
from sinks import migrate
from sinks.accepted import event_row
from sinks.clickhouse import ClickHouseStore
from sinks.rows import alert_row, deed_row, delivery_row, fate_row, outcome_row, refusal_row
from sinks.settings import ClickHouseAddress
from sinks.tables import ALERTS, DEEDS, DELIVERIES, DWELLS, EVENTS, FATES, REFUSALS, Row, Table

ROOT = Path(dashboards.__file__).parents[1]
EVALUATION = ROOT / "docker" / "clickhouse" / "evaluation.sql"
READY_S = 60
DATABASE = "portclock"
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


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseAddress]:
    """The product's own front over the embedded engine, as a process of its own."""
    path, port, http_port = tmp_path_factory.mktemp("engine"), _free_port(), _free_port()
    command = [sys.executable, "-m", "portclock.standalone.clickhouse", "--path", str(path)]
    command += ["--port", str(port), "--http-port", str(http_port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout
            ready, _, _ = select.select([process.stdout], [], [], READY_S)
            line = process.stdout.readline() if ready else ""
            assert line, "the engine said nothing before it ended or the time was up"
            yield ClickHouseAddress(host="127.0.0.1", port=port)
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def facts() -> Facts:
    """The made-up facts of one seed."""
    return Seeded().tell()


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
    with _client(engine, DATABASE) as client:
        yield _runner(client)


@pytest.fixture(scope="session")
def run_empty(engine: ClickHouseAddress) -> Iterator[Run]:
    """Runs a statement where nothing has landed yet."""
    server = ClickHouseStore(engine.within("default"))
    migrate.apply(server, "nothing_yet")
    server.close()
    with _client(engine, "nothing_yet") as client:
        yield _runner(client)


@pytest.fixture(scope="session")
def run_evaluator(engine: ClickHouseAddress, run: Run) -> Iterator[Run]:
    """Runs a statement in the database that is made for evaluators.

    The engine here has no users but its own, who takes the place of the views' maker.
    """
    text = EVALUATION.read_text(encoding="utf-8").replace("= portclock_schema", "= CURRENT_USER")
    server = ClickHouseStore(engine.within("default"))
    statements = [one for one in re.sub(r"--.*", "", text).split(";") if one.strip()]
    for statement in (*statements, *statements):  # it may be run again
        server.command(statement)
    server.close()
    with _client(engine, "portclock_evaluation") as client:
        yield _runner(client)


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
