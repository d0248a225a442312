"""ClickHouse in containers: who may do what, which server is which, and what evaluators see.

XML is read as the server reads it; SQL runs on the engine of the tests. That engine knows no users
of its own and no Keeper, so rights and replication themselves are not tried here.
"""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from events.testing import box, outcome
from portclock.reporting import report_tables
from portclock.standalone.clickhouse.testing import engine_in
from reports.testing import published, vintage
from reports.vintages.kept import TableLedger, keep_cells
from sinks import migrate, publishing
from sinks.clickhouse import ClickHouseStore
from sinks.rights import ROLES
from sinks.rows import outcome_row
from sinks.tables import BY_TOPIC, TABLES

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "docker" / "clickhouse"
SQL = (HERE / "evaluation.sql").read_text(encoding="utf-8")
SECRET = {
    table.name for table in (publishing.COHORTS, publishing.VINTAGE_FACTS, publishing.COUNTED_CELLS)
}
"""What months are counted from: rows of single boxes, companies, and cells before protection."""
OF_BOXES = {"unit_id", "unit_extra", "visit_id", "event_ids", "cause_id", "trader"}
READY_S = 60
WRITES = re.compile(
    r"INSERT|ALTER|CREATE|DROP|TRUNCATE|DELETE|UPDATE|SYSTEM|ALL|ROLE|USER|REMOTE|URL|FILE|S3"
)
"""What a reader has no business with, other machines and files included."""


def _xml(name: str) -> ElementTree.Element:
    return ElementTree.parse(HERE / name).getroot()


def _compose(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "docker" / name).read_text(encoding="utf-8"))
    services: dict[str, Any] = document["services"]
    return services


def _users() -> dict[str, ElementTree.Element]:
    users = _xml("users.xml").find("users")
    assert users is not None
    return {user.tag: user for user in users}


def _grants(user: ElementTree.Element) -> list[str]:
    return [str(query.text) for query in user.iterfind("grants/query")]


def _told(element: ElementTree.Element, path: str) -> str:
    found = element.findtext(path)
    assert found is not None, path
    return found


# -- users


def test_the_user_who_may_do_everything_is_taken_away() -> None:
    users = _users()
    assert users.pop("default").get("remove") == "1"
    assert len(users) == 7


def test_passwords_come_from_the_environment_that_compose_gives() -> None:
    given = _compose("compose.yaml")["clickhouse"]["environment"]
    for name, user in _users().items():
        if name != "default":
            (password,) = user.iterfind("password")
            assert password.text is None
            assert password.get("from_env") in given, name
    assert "password_sha256_hex" not in (HERE / "users.xml").read_text(encoding="utf-8")


def test_profiles_and_quotas_that_users_have_are_there() -> None:
    document = _xml("users.xml")
    for name, user in _users().items():
        if name != "default":
            assert document.find(f"profiles/{_told(user, 'profile')}") is not None
            assert document.find(f"quotas/{_told(user, 'quota')}") is not None


@pytest.mark.parametrize("name", ["portclock_grafana", "portclock_evaluator"])
def test_people_read_only_and_may_set_how_long_a_query_takes_up_to_a_bound(name: str) -> None:
    user, document = _users()[name], _xml("users.xml")
    profile = document.find(f"profiles/{_told(user, 'profile')}")
    assert profile is not None
    assert _told(profile, "readonly") == "1"
    constraint = profile.find("constraints/max_execution_time")
    assert constraint is not None
    assert constraint.find("changeable_in_readonly") is not None
    assert int(_told(constraint, "max")) >= int(_told(profile, "max_execution_time"))


@pytest.mark.parametrize("name", ["portclock_grafana", "portclock_evaluator", "portclock_board"])
def test_readers_are_granted_no_writing(name: str) -> None:
    grants = _grants(_users()[name])
    assert grants
    assert [grant for grant in grants if WRITES.search(grant.split(" ON ")[0])] == []


def test_the_writer_adds_where_topics_land_and_neither_changes_nor_publishes() -> None:
    granted = " ".join(_grants(_users()["portclock_writer"]))
    tables = {name for table in TABLES for name in (table.name, f"{table.name}_local")}
    assert set(re.findall(r"(?:GRANT|,) ([^,]+?) ?(?=,| ON )", granted)) == {"INSERT"}
    assert set(re.findall(r"INSERT ON portclock\.(\S+?)(?:,|\s|$)", granted)) == tables


def test_an_evaluator_may_read_the_views_of_what_was_published_and_nothing_else() -> None:
    user = _users()["portclock_evaluator"]
    views = set(re.findall(r"^CREATE OR REPLACE VIEW (\S+)", SQL, re.MULTILINE))
    assert views == {f"portclock_evaluation.{name}" for name in ("vintages", "published_cells")}
    assert set(_grants(user)) == {f"GRANT SELECT ON {view}" for view in views}
    assert _told(user, "default_database") == "portclock_evaluation"


def _allowed(name: str) -> set[tuple[str, str]]:
    """Each right and what it is on, of every part of every grant."""
    found = set()
    for grant in _grants(_users()[name]):
        for rights, on in re.findall(r"(?:GRANT |, )([A-Z, ]+?) ON ([\w.*]+)", grant):
            found |= {(right.strip(), on) for right in rights.split(",")}
    return found


def _statements_in(document: Any) -> Iterator[str]:
    """Every statement of a board or of the alerts."""
    if isinstance(document, dict):
        yield from (document[key] for key in ("rawSql", "definition") if key in document)
        document = list(document.values())
    if isinstance(document, list):
        for part in document:
            yield from _statements_in(part)


def _tables_in(file: Path) -> set[str]:
    read = json.loads if file.suffix == ".json" else yaml.safe_load
    statements = list(_statements_in(read(file.read_text(encoding="utf-8"))))
    assert len(statements) > 2
    named = {t for sql in statements for t in re.findall(r"\b(?:FROM|JOIN) ([a-z_]+)", sql)}
    return named - {"map"}  # ARRAY JOIN mapKeys(...)


def _asked_by_grafana() -> set[str]:
    """Every table and view in a statement of the boards, but the evaluators', and of the alerts."""
    boards = (ROOT / "dashboards" / "boards").glob("*/*.json")
    files = [board for board in boards if board.stem != "evaluators"]
    files += [ROOT / "dashboards" / "provisioning" / "alerting" / "rules.yaml"]
    return set().union(*map(_tables_in, files))


def test_grafana_may_read_what_boards_and_alerts_ask_and_what_that_reads(
    engine: ClickHouseStore,
) -> None:
    """Views read with the rights of whoever asks, and tables of a cluster lie in `_local`."""
    listed = "SELECT name, as_select FROM system.tables WHERE database = 'portclock'"
    made: dict[str, str] = dict(engine.fetch(listed))
    asked = _asked_by_grafana()
    assert len(asked) > 5
    for view in sorted(asked):
        asked |= set(re.findall(r"portclock\.(\w+)", made[view]))
    local = {f"{name}_local" for name in asked if not made[name]}
    assert _allowed("portclock_grafana") == {
        ("SELECT", f"portclock.{name}") for name in asked | local
    }


def test_what_months_are_counted_from_is_for_no_data_source_of_grafana() -> None:
    for name in ("portclock_grafana", "portclock_evaluator"):
        named = {on.split(".")[1].removesuffix("_local") for _, on in _allowed(name)}
        assert "*" not in named
        assert not named & SECRET


@pytest.mark.parametrize("name", sorted(ROLES))
def test_each_user_has_the_rights_of_its_role_and_no_other(name: str) -> None:
    """One table says both: the roles of a server whose users are in SQL, and these users."""
    granted = {tuple(grant.rsplit(" ON ", 1)) for grant in ROLES[name].grants()}
    assert _allowed(name) == granted


def test_whoever_migrates_publishes_nothing_by_another_s_name() -> None:
    users = _users()
    passwords = [p.get("from_env") for user in users.values() for p in user.iterfind("password")]
    assert len(passwords) == len(set(passwords)) == 7


@pytest.mark.parametrize("name", ["portclock_board", "portclock_grafana", "portclock_evaluator"])
def test_whoever_serves_can_publish_nothing(name: str) -> None:
    assert {right for right, _ in _allowed(name)} == {"SELECT"}


def test_every_grant_is_one_that_the_engine_can_read(engine: ClickHouseStore) -> None:
    grants = [grant for user in _users().values() for grant in _grants(user)]
    assert len(grants) >= 15
    for grant in grants:
        assert list(engine.fetch(f"EXPLAIN AST {grant} TO somebody"))


# -- one server, and many


def test_the_server_tells_prometheus_where_it_is_asked() -> None:
    text = (ROOT / "dashboards/prometheus/prometheus.yml").read_text(encoding="utf-8")
    jobs = {job["job_name"]: job for job in yaml.safe_load(text)["scrape_configs"]}
    (asked,) = jobs["clickhouse"]["dns_sd_configs"]
    assert int(_told(_xml("config.xml"), "prometheus/port")) == asked["port"]
    assert _told(_xml("config.xml"), "prometheus/asynchronous_metrics") == "true"


def test_the_macros_are_those_of_the_cluster_s_schema() -> None:
    used = set(re.findall(r"\{(\w+)\}", migrate.show(rendering=migrate.Rendering.CLUSTER)))
    macros = _xml("cluster.xml").find("macros")
    assert macros is not None
    assert used == {macro.tag for macro in macros}
    assert [cluster.tag for cluster in _xml("cluster.xml").iterfind("remote_servers/*")] == [
        macros.findtext("cluster")
    ]


def test_each_server_is_the_replica_that_the_cluster_says_it_is() -> None:
    services = _compose("compose.cluster.yaml")
    shards = _xml("cluster.xml").findall("remote_servers/portclock/shard")
    placed = {
        _told(replica, "host"): str(number)
        for number, shard in enumerate(shards, 1)
        for replica in shard.iterfind("replica")
    }
    told = {
        service["environment"]["CLICKHOUSE_REPLICA"]: service["environment"]["CLICKHOUSE_SHARD"]
        for name, service in services.items()
        if name.startswith("clickhouse")
    }
    assert placed == told
    assert set(placed) == {name for name in services if name.startswith("clickhouse")}
    assert [len(shard.findall("replica")) for shard in shards] == [2, 2]
    assert all(_told(shard, "internal_replication") == "true" for shard in shards)


def test_the_keepers_know_each_other_and_the_servers_know_them() -> None:
    services = _compose("compose.cluster.yaml")
    keepers = {n: s["environment"]["KEEPER_ID"] for n, s in services.items() if "keeper" in n}
    raft = _xml("keeper.xml").findall("keeper_server/raft_configuration/server")
    assert {_told(one, "hostname"): _told(one, "id") for one in raft} == keepers
    assert len(keepers) == 3
    nodes = _xml("cluster.xml").findall("zookeeper/node")
    port = _told(_xml("keeper.xml"), "keeper_server/tcp_port")
    assert {(_told(n, "host"), _told(n, "port")) for n in nodes} == {(k, port) for k in keepers}


@pytest.mark.parametrize("file", sorted(HERE.glob("*.xml")), ids=lambda file: file.name)
def test_what_configurations_take_from_the_environment_is_given(file: Path) -> None:
    wanted = {one.get("from_env") for one in ElementTree.parse(file).iter()} - {None}
    one = _compose("compose.yaml")["clickhouse"]["environment"]
    for name, service in _compose("compose.cluster.yaml").items():
        mounted = file.name in str(service.get("volumes", ""))
        if mounted:
            assert wanted <= {*service["environment"], *(one if name == "clickhouse" else ())}


def test_three_brokers_lose_nothing_when_one_goes() -> None:
    services = _compose("compose.cluster.yaml")
    brokers = {n: s["environment"] for n, s in services.items() if n.startswith("kafka")}
    voters = ",".join(f"{e['KAFKA_NODE_ID']}@{name}:9093" for name, e in brokers.items())
    for name, environment in brokers.items():
        assert environment["KAFKA_CONTROLLER_QUORUM_VOTERS"] == voters
        assert environment["KAFKA_ADVERTISED_LISTENERS"] == f"INSIDE://{name}:9092"
        assert environment["KAFKA_MIN_INSYNC_REPLICAS"] == "2"
    asked = {s["environment"].get("PORTCLOCK_BROKER") for s in services.values()
             if "PORTCLOCK_BROKER" in s.get("environment", {})}  # fmt: skip
    assert asked == {",".join(f"{name}:9092" for name in brokers)}
    assert services["worker"]["environment"]["PORTCLOCK_WORKER_REPLICATION"] == str(len(brokers))


# -- what evaluators see, on the engine


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseStore]:
    """The embedded engine in a process of its own, with the schema, two outcomes and the views."""
    with (
        engine_in(tmp_path_factory.mktemp("engine")) as address,
        closing(ClickHouseStore(address.within("default"))) as store,
    ):
        migrate.apply(store, "portclock")
        yield store


def _statements() -> list[str]:
    """Without the clause that needs users, which this engine has not."""
    plain = re.sub(r"^--.*$", "", SQL, flags=re.MULTILINE)
    plain = plain.replace("DEFINER = portclock_schema SQL SECURITY DEFINER", "")
    return [statement for statement in plain.split(";") if statement.strip()]


@pytest.fixture(scope="module")
def evaluated(engine: ClickHouseStore) -> ClickHouseStore:
    """Outcomes of two boxes, a month that was published, another that was not, and the views."""
    dwells = BY_TOPIC["stage-dwells"]
    told = [
        outcome("box-move", "09:00", "10:00"),
        outcome("truck-turn", "09:00", "09:40"),
        outcome("box-move", "09:00", unit=box(7)),
    ]
    here = engine._address.within("portclock")
    with closing(ClickHouseStore(here)) as store:
        store.insert(dwells, [outcome_row(one, n) for n, one in enumerate(told, 1)], "t1")
    for statement in BEFORE:
        engine.command(statement)
    for _ in range(2):
        for statement in _statements():
            engine.command(statement)
    with report_tables(here) as tables:
        for made in ("2026-03.1", "2026-03.2"):
            keep_cells(tables, made, "clearance", published("clearance", visits=200), "first")
        TableLedger(tables).append(vintage())
    return engine


BEFORE = (
    "CREATE DATABASE IF NOT EXISTS portclock_evaluation",
    "CREATE TABLE portclock_evaluation.veil (first UInt64) ENGINE = MergeTree ORDER BY first",
    *(
        f"CREATE VIEW portclock_evaluation.{view} AS SELECT * FROM portclock.{view}"
        for view in ("outcomes_latest", "stage_dwells")
    ),
)
"""What was there of an earlier portclock: a row for each visit."""


def _columns(store: ClickHouseStore, database: str, table: str) -> set[str]:
    asked = "SELECT name FROM system.columns WHERE database = %(d)s AND table = %(t)s"
    return {name for (name,) in store.fetch(asked, {"d": database, "t": table})}


def test_an_evaluator_finds_two_views_and_nothing_of_what_was_there_before(
    evaluated: ClickHouseStore,
) -> None:
    asked = "SELECT name, engine FROM system.tables WHERE database = 'portclock_evaluation'"
    assert sorted(evaluated.fetch(asked)) == [("published_cells", "View"), ("vintages", "View")]


def test_an_evaluator_can_read_no_single_visit(evaluated: ClickHouseStore) -> None:
    """Neither by a column of one box, nor by a value, nor by a table that a view stands on."""
    for view in (publishing.PUBLISHED_CELLS, publishing.VINTAGES):
        columns = _columns(evaluated, "portclock_evaluation", view.name)
        assert columns == set(view.columns) == columns - OF_BOXES
        rows = list(evaluated.fetch(f"SELECT * FROM portclock_evaluation.{view.name}"))
        assert rows
        assert not [row for row in rows if box() in str(row) or box(7) in str(row)]
    read = re.findall(r"(?:FROM|JOIN) (portclock\.\w+)", SQL)
    assert set(read) == {"portclock.published_cells", "portclock.vintages"}


def test_cells_that_were_never_recorded_are_not_published(evaluated: ClickHouseStore) -> None:
    asked = "SELECT vintage, count() FROM {}.published_cells GROUP BY vintage ORDER BY vintage"
    cells = len(published("clearance", visits=200))
    there = list(evaluated.fetch(asked.format("portclock")))
    assert there == [("2026-03.1", cells), ("2026-03.2", cells)]
    assert list(evaluated.fetch(asked.format("portclock_evaluation"))) == there[:1]


def test_the_views_read_with_the_rights_of_their_maker(engine: ClickHouseStore) -> None:
    made = re.findall(r"CREATE OR REPLACE VIEW [^;]+", SQL)
    assert len(made) == 2
    for statement in made:
        assert "DEFINER = portclock_schema SQL SECURITY DEFINER" in statement
        assert list(engine.fetch(f"EXPLAIN AST {statement}"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_evaluators_board_asks_for_nothing_that_its_views_have_not(language: str) -> None:
    board = ROOT / "dashboards" / "boards" / language / "evaluators.json"
    assert _tables_in(board) == {"published_cells", "vintages"}
    statements = list(_statements_in(json.loads(board.read_text(encoding="utf-8"))))
    assert not [s for s in statements if any(re.search(rf"\b{word}\b", s) for word in OF_BOXES)]
