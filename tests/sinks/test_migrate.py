"""The schema: applied once and in order, the same in two renderings, and never edited."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from events.testing import box, outcome
from sinks.clickhouse import ClickHouseStore
from sinks.migrate import (
    RELEASED,
    SCHEMA,
    Migration,
    Rendering,
    SchemaError,
    applied,
    apply,
    diff,
    load,
    plan,
    render,
    show,
)
from sinks.publishing import PUBLISHING_TABLES
from sinks.read import outcomes
from sinks.rows import outcome_row
from sinks.settings import ClickHouseAddress
from sinks.store import StoreUnavailable
from sinks.tables import DWELLS, TABLES

Make = Callable[[dict[str, str]], Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The schema's files, to be spoiled."""
    return copytree(SCHEMA, tmp_path / "schema")


@pytest.fixture
def made(tmp_path: Path) -> Make:
    """A schema folder with these files."""

    def make(files: dict[str, str]) -> Path:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return make


def _differences(server: ClickHouseStore, name: str) -> list[str]:
    return [str(difference) for difference in diff(server, name)]


def test_database_is_what_is_declared(server: ClickHouseStore, address: ClickHouseAddress) -> None:
    """Also holds sinks/tables.py and the SQL together: names, types and order of the columns."""
    assert diff(server, address.database) == ()
    for table in TABLES:
        asked = "SELECT name FROM system.columns WHERE database = %(d)s AND table = %(t)s"
        found = server.fetch(f"{asked} ORDER BY position", {"d": address.database, "t": table.name})
        assert tuple(name for (name,) in found) == table.columns


def test_keys_are_what_is_declared(server: ClickHouseStore, address: ClickHouseAddress) -> None:
    for table in TABLES:
        asked = (
            "SELECT sorting_key, engine_full FROM system.tables "
            "WHERE database = %(d)s AND name = %(t)s"
        )
        ((key, engine),) = server.fetch(asked, {"d": address.database, "t": table.name})
        assert key == ", ".join(table.key)
        merged = f"version, {table.withdrawn}" if table.withdrawn else "version"
        assert engine.startswith(f"ReplacingMergeTree({merged})")


def test_partition_never_changes_for_a_key(
    server: ClickHouseStore, address: ClickHouseAddress
) -> None:
    """`visit_opened_at` is read from the visit's id, which every such key holds."""
    fixed_by = {
        "toYYYYMM(visit_opened_at)": "visit_id",
        "toYYYYMM(occurred_at)": "occurred_at",
        "toYYYYMM(received_at)": "received_at",
    }
    asked = "SELECT name, partition_key FROM system.tables WHERE database = %(d)s"
    found: dict[str, str] = dict(server.fetch(asked, {"d": address.database}))
    for table in TABLES:
        assert not found[table.name] or fixed_by[found[table.name]] in table.key


def test_every_table_remembers_tokens(server: ClickHouseStore, address: ClickHouseAddress) -> None:
    asked = (
        "SELECT name, engine_full FROM system.tables WHERE database = %(d)s AND engine != 'View'"
    )
    engines: dict[str, str] = dict(server.fetch(asked, {"d": address.database}))
    assert len(engines) == len(TABLES) + len(PUBLISHING_TABLES) + 1
    for engine in engines.values():
        assert " non_replicated_deduplication_window = 10000" in engine
        assert " replicated_deduplication_window = 10000" in engine
        assert "replicated_deduplication_window_seconds = 604800" in engine


def test_second_time_nothing_is_applied(
    server: ClickHouseStore, address: ClickHouseAddress
) -> None:
    assert apply(server, address.database) == ()
    done = applied(server, address.database)
    assert done == {one.number: (one.name, one.sha256) for one in load()}


def test_every_statement_may_be_run_again(
    server: ClickHouseStore, address: ClickHouseAddress
) -> None:
    for migration in load():
        for statement in render(migration, address.database, Rendering.ONE_SERVER):
            server.command(statement)
    assert diff(server, address.database) == ()


class _Dying:
    """A connection that breaks at the n-th command."""

    def __init__(self, server: ClickHouseStore, commands: int) -> None:
        self.server, self.left = server, commands
        self.fetch = server.fetch

    def command(self, sql: str, parameters: object = None) -> None:
        if not self.left:
            raise StoreUnavailable("the wire is cut")
        self.left -= 1
        self.server.command(sql, parameters)  # type: ignore[arg-type]


@pytest.mark.parametrize("commands", [0, 1, 2, 5, 9, 13, 15, 17, 20, 23, 26, 29])
def test_interrupted_migration_is_finished_next_time(
    server: ClickHouseStore, commands: int
) -> None:
    name = f"interrupted_{commands}"
    with pytest.raises(StoreUnavailable):
        apply(_Dying(server, commands), name)
    apply(server, name)
    assert diff(server, name) == ()
    assert len(applied(server, name)) == len(load())
    server.command(f"DROP DATABASE {name}")


def test_rows_from_before_a_column_was_added_are_read(
    server: ClickHouseStore, engine: ClickHouseAddress, folder: Path
) -> None:
    """An outcome that landed before there was a split and a cause has neither; the next one has."""
    for path in [*folder.glob("000[789]_*.sql"), *folder.glob("001*.sql")]:
        path.unlink()
    name = "grown"
    apply(server, name, folder=folder)
    store = ClickHouseStore(engine.within(name))
    late = ("split_s", "cause_what", "cause_id")
    before = [place for place, column in enumerate(DWELLS.columns) if column not in late]
    old = outcome("box-move", "10:00", "10:30", unit=box(1), split_s={}, cause=None)
    row = outcome_row(old, 1)
    earlier = replace(DWELLS, types={c: t for c, t in DWELLS.types.items() if c not in late})
    store.insert(earlier, [tuple(row[place] for place in before)], "t1")
    apply(server, name)
    new = outcome("box-move", "10:00", "10:30", unit=box(2), cause={"what": "time", "id": None})
    store.insert(DWELLS, [outcome_row(new, 1)], "t2")
    assert list(outcomes(store)) == [old, new]
    shown = store.fetch(
        "SELECT split_s, cause_what, cause_id FROM outcomes_latest ORDER BY unit_id"
    )
    assert list(shown) == [({}, None, None), ({"terminal": 1800}, "time", None)]
    assert diff(server, name) == ()
    store.close()
    server.command(f"DROP DATABASE {name}")


def test_view_shows_every_column_but_what_it_decides_by(
    server: ClickHouseStore, address: ClickHouseAddress
) -> None:
    """A view keeps the columns of its making: whoever adds one must make it anew."""
    asked = "SELECT name FROM system.columns WHERE database = %(d)s AND table = 'outcomes_latest'"
    shown = [name for (name,) in server.fetch(asked, {"d": address.database})]
    assert set(shown) == set(DWELLS.columns) - {"withdrawn"}


def test_difference_names_what_is_wrong(
    server: ClickHouseStore, address: ClickHouseAddress
) -> None:
    name = address.database
    server.command(f"ALTER TABLE {name}.stage_dwells DROP COLUMN facility")
    server.command(f"ALTER TABLE {name}.event_fates ADD COLUMN mood String")
    server.command(f"ALTER TABLE {name}.refusals MODIFY COLUMN detail LowCardinality(String)")
    server.command(f"DROP VIEW {name}.alerts_latest")
    server.command(f"CREATE TABLE {name}.stray (n UInt8) ENGINE = Memory")
    assert _differences(server, name) == [
        "alerts_latest: declared view, found nothing",
        "stray: declared nothing, found table",
        "stage_dwells.facility: declared LowCardinality(Nullable(String)), found nothing",
        "event_fates.mood: declared nothing, found String",
        "refusals.detail: declared String, found LowCardinality(String)",
    ]


def test_what_a_later_migration_drops_is_not_declared(
    server: ClickHouseStore, address: ClickHouseAddress
) -> None:
    name = address.database
    assert f"DROP TABLE IF EXISTS {name}.vintage_seals_local" in show(name, Rendering.CLUSTER)
    server.command(f"CREATE TABLE {name}.vintage_seals (n UInt8) ENGINE = Memory")
    assert _differences(server, name) == ["vintage_seals: declared nothing, found table"]


def test_empty_server_lacks_everything(server: ClickHouseStore) -> None:
    found = _differences(server, "nowhere")
    assert len([line for line in found if line.startswith("migration 0")]) == len(load())
    assert "stage_dwells: declared table, found nothing" in found


def test_changed_migration_is_refused(
    server: ClickHouseStore, address: ClickHouseAddress, folder: Path
) -> None:
    (folder / RELEASED).unlink()
    changed = folder / "0004_event_fates.sql"
    changed.write_text(changed.read_text(encoding="utf-8") + "-- a word more\n", encoding="utf-8")
    with pytest.raises(SchemaError, match="0004_event_fates was applied with another text"):
        apply(server, address.database, folder=folder)
    differing = diff(server, address.database, folder=folder)
    assert [difference.what for difference in differing] == ["migration 0004"]


def test_changed_release_is_refused_before_any_database(folder: Path) -> None:
    changed = folder / "0002_stage_dwells.sql"
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"0002_stage_dwells\.sql is released and was changed"):
        load(folder)


def test_every_file_is_released() -> None:
    lines = (SCHEMA / RELEASED).read_text(encoding="utf-8").split()
    assert lines[1::2] == [path.name for path in sorted(SCHEMA.glob("*.sql"))]
    assert lines[::2] == [migration.sha256 for migration in load()]


def test_newer_database_is_refused() -> None:
    done = {one.number: (one.name, one.sha256) for one in load()} | {99: ("later", "x")}
    with pytest.raises(SchemaError, match=r"migration 0099 \(later\)"):
        plan(load(), done)


def test_skipped_migration_is_refused() -> None:
    done = {one.number: (one.name, one.sha256) for one in load() if one.number != 3}
    with pytest.raises(SchemaError, match="0003_limit_alerts was skipped"):
        plan(load(), done)


def test_plan_is_what_is_missing_in_order() -> None:
    done = {one.number: (one.name, one.sha256) for one in load()[:2]}
    assert plan(load(), done) == load()[2:]
    assert plan(load(), {}) == load()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"0001_one.sql": "", "0003_three.sql": ""}, "not numbered"),
        ({"0002_two.sql": ""}, "not numbered"),
        ({"1_one.sql": ""}, "not named"),
        ({"0001_One.sql": ""}, "not named"),
    ],
)
def test_file_out_of_order_is_refused(made: Make, files: dict[str, str], words: str) -> None:
    with pytest.raises(SchemaError, match=words):
        load(made(files))


def test_cluster_rendering_parses(server: ClickHouseStore) -> None:
    """Parsed, not executed: there is no Keeper here."""
    statements = [
        statement
        for migration in load()
        for statement in render(migration, "portclock", Rendering.CLUSTER)
    ]
    assert len(statements) == 52
    for statement in statements:
        assert next(server.fetch(f"EXPLAIN AST {statement}"))
        assert "ON CLUSTER '{cluster}'" in statement


def test_cluster_has_a_distributed_table_over_each_replicated_one() -> None:
    text = show(rendering=Rendering.CLUSTER)
    names = [table.name for table in TABLES] + [table.name for table in PUBLISHING_TABLES]
    for name in names:
        assert f"CREATE TABLE IF NOT EXISTS portclock.{name}_local ON CLUSTER" in text
        assert f"Distributed('{{cluster}}', 'portclock', '{name}_local'," in text
    beside = ("migrations", "vintage_seals")  # the second is dropped again
    made = text.count("ENGINE = ReplicatedReplacingMergeTree(")
    assert made == len(names) + len(beside)
    assert "'/clickhouse/tables/portclock/migrations', '{shard}-{replica}', applied_at" in text
    assert "{{" not in text


def test_one_server_knows_no_cluster() -> None:
    text = show()
    assert "CLUSTER" not in text
    assert "Replicated" not in text
    assert "_local" not in text
    assert "{" not in text.replace("{{", "")


def test_shown_schema_cites_every_migration() -> None:
    text = show("port_2")
    for migration in load():
        assert f"-- {migration} sha256 {migration.sha256}" in text
    assert "portclock." not in text
    assert "CREATE TABLE IF NOT EXISTS port_2.stage_dwells" in text


@pytest.mark.parametrize("name", ["", "a.b", "a b", "a;DROP", "1a", "a'"])
def test_name_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(SchemaError, match="no name of a database"):
        render(load()[0], name, Rendering.ONE_SERVER)


def test_statements_end_at_their_semicolon() -> None:
    text = "-- a;\nCREATE x COMMENT 'a; b';\n\n-- c;\nCREATE y;\n"
    migration = Migration(1, "one", text)
    assert render(migration, "d", Rendering.ONE_SERVER) == (
        *("CREATE x COMMENT 'a; b'", "CREATE y"),
    )
