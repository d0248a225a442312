"""The schema, forward only: numbered files, each applied once, in order, and recorded by its hash.

One text has two renderings: one server, and a cluster (replicated tables, a distributed table over
each, every statement on all servers). Must never know a row or a topic's content.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Protocol

from sinks.names import quoted_name
from sinks.tables import TABLES, Row

SCHEMA: Final = Path(__file__).parent / "schema"
RELEASED: Final = "released.sha256"

_FILE = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_DATABASE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD = re.compile(r"\{\{(\w+)\}\}")
_DISTRIBUTED = re.compile(r"\{\{distributed (\w+) by (.+?)\}\}")
_COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)


class SchemaError(Exception):
    """The files and the database do not fit together; one sentence says what to do."""


class Rendering(StrEnum):
    """For whom the text is rendered."""

    ONE_SERVER = "one-server"
    CLUSTER = "cluster"


class Database(Protocol):
    """A connection that runs SQL. `fetch` streams; both raise StoreRefused, StoreUnavailable."""

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None: ...
    def fetch(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[Row]: ...


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of sinks/schema."""

    number: int
    name: str
    text: str

    @property
    def sha256(self) -> str:
        """The hash of the text, before any rendering."""
        return sha256(self.text.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.number:04}_{self.name}"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something declared that the database has otherwise, or has not, or has besides."""

    what: str
    declared: str
    found: str

    def __str__(self) -> str:
        return (
            f"{self.what}: declared {self.declared or 'nothing'}, found {self.found or 'nothing'}"
        )


def load(folder: Path = SCHEMA) -> tuple[Migration, ...]:
    """All migrations in order; raises SchemaError for a gap, a wrong name, a changed release."""
    found = [_read(path) for path in sorted(folder.glob("*.sql"))]
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise SchemaError(f"the files in {folder.name}/ are not numbered 0001, 0002 and so on")
    released = _released(folder / RELEASED)
    for migration in found:
        expected = released.get(f"{migration}.sql", migration.sha256)
        if expected != migration.sha256:
            raise SchemaError(
                f"{migration}.sql is released and was changed; put it back and write a new file"
            )
    return tuple(found)


def render(migration: Migration, database: str, rendering: Rendering) -> tuple[str, ...]:
    """The statements of one migration, each safe to run again."""
    if not _DATABASE.fullmatch(database):
        raise SchemaError(f"{database!r} is no name of a database")
    cluster = rendering is Rendering.CLUSTER
    words = {
        "database": database,
        "on_cluster": "ON CLUSTER '{cluster}'" if cluster else "",
        "Replicated": "Replicated" if cluster else "",
        "local": "_local" if cluster else "",
        "everywhere": (
            f"'/clickhouse/tables/{database}/migrations', '{{shard}}-{{replica}}', "
            if cluster
            else ""
        ),
    }
    text = _COMMENT.sub("", migration.text)
    text = _DISTRIBUTED.sub(_distributed if cluster else "", text)
    text = _WORD.sub(lambda found: words[found[1]], text)
    return tuple(part.strip() for part in re.split(r";\s*(?:\n|\Z)", text) if part.strip())


def applied(database: Database, name: str) -> dict[int, tuple[str, str]]:
    """Number to (name, sha256) of what the database says was applied; empty before the first."""
    known = database.fetch(
        "SELECT name FROM system.tables WHERE database = %(name)s AND name = 'migrations'",
        {"name": name},
    )
    if not list(known):
        return {}
    rows = database.fetch(f"SELECT number, name, sha256 FROM {quoted_name(name)}.migrations FINAL")
    return {number: (title, digest) for number, title, digest in rows}


def plan(
    migrations: Sequence[Migration], done: Mapping[int, tuple[str, str]]
) -> tuple[Migration, ...]:
    """What is still to apply; raises SchemaError when files and database contradict each other."""
    for migration in migrations:
        if migration.number in done and done[migration.number][1] != migration.sha256:
            raise SchemaError(
                f"{migration} was applied with another text (sha256 {done[migration.number][1]}, "
                f"the file has {migration.sha256}); put the file back and write a new one"
            )
    unknown = sorted(done.keys() - {migration.number for migration in migrations})
    if unknown:
        raise SchemaError(
            f"the database has migration {unknown[0]:04} ({done[unknown[0]][0]}), which this "
            "portclock does not know; use the newer portclock"
        )
    pending = tuple(migration for migration in migrations if migration.number not in done)
    if pending and done and pending[0].number < max(done):
        raise SchemaError(f"{pending[0]} was skipped: later ones are applied already")
    return pending


def apply(
    database: Database,
    name: str,
    rendering: Rendering = Rendering.ONE_SERVER,
    folder: Path = SCHEMA,
) -> tuple[Migration, ...]:
    """Bring the database up to the files and return what was applied.

    Connect to a database that exists (`default`), since `name` may not yet. A crash in between
    leaves a migration unrecorded; its statements are run again next time, which is harmless.
    """
    pending = plan(load(folder), applied(database, name))
    for migration in pending:
        for statement in render(migration, name, rendering):
            database.command(statement)
        database.command(
            f"INSERT INTO {quoted_name(name)}.migrations "
            "(number, name, sha256, rendering, applied_at) "
            "SELECT %(number)s, %(name)s, %(sha256)s, %(rendering)s, now()",
            {
                "number": migration.number,
                "name": migration.name,
                "sha256": migration.sha256,
                "rendering": rendering.value,
            },
        )
    return pending


def show(
    name: str = "portclock",
    rendering: Rendering = Rendering.ONE_SERVER,
    folder: Path = SCHEMA,
) -> str:
    """The whole schema as SQL, for review."""
    parts = []
    for migration in load(folder):
        statements = ";\n\n".join(render(migration, name, rendering))
        parts.append(f"-- {migration} sha256 {migration.sha256}\n{statements};\n")
    return "\n".join(parts)


def diff(
    database: Database,
    name: str,
    rendering: Rendering = Rendering.ONE_SERVER,
    folder: Path = SCHEMA,
) -> tuple[Difference, ...]:
    """Where the database is not what is declared; empty when all is well.

    Compares the migrations by hash, the columns of every table by name, type and order, and the
    presence of every table and view. Raises nothing for a difference, however bad.
    """
    return (
        *_differing_migrations(load(folder), applied(database, name)),
        *_differing_relations(database, name, rendering, folder),
        *_differing_columns(database, name),
    )


def _differing_migrations(
    migrations: Sequence[Migration], done: Mapping[int, tuple[str, str]]
) -> Iterator[Difference]:
    declared = {migration.number: (migration.name, migration.sha256) for migration in migrations}
    for number in sorted(declared.keys() | done.keys()):
        ours, theirs = declared.get(number), done.get(number)
        if ours != theirs:
            yield Difference(f"migration {number:04}", " ".join(ours or ()), " ".join(theirs or ()))


def _differing_relations(
    database: Database, name: str, rendering: Rendering, folder: Path
) -> Iterator[Difference]:
    declared = _declared(name, rendering, folder)
    rows = database.fetch(
        "SELECT name, if(engine = 'View', 'view', 'table') FROM system.tables "
        "WHERE database = %(name)s",
        {"name": name},
    )
    found_there = {relation: kind for relation, kind in rows}
    for relation in sorted(declared.keys() | found_there.keys()):
        ours, theirs = declared.get(relation, ""), found_there.get(relation, "")
        if ours != theirs:
            yield Difference(relation, ours, theirs)


def _declared(name: str, rendering: Rendering, folder: Path) -> dict[str, str]:
    """Every table and view that is left after all migrations, and which of the two it is."""
    made = re.compile(rf"CREATE (TABLE|VIEW) IF NOT EXISTS {quoted_name(name)}\.(\w+)")
    gone = re.compile(rf"DROP (?:TABLE|VIEW) IF EXISTS {quoted_name(name)}\.(\w+)")
    found: dict[str, str] = {}
    for migration in load(folder):
        for statement in render(migration, name, rendering):
            if relation := made.match(statement):
                found[relation[2]] = relation[1].lower()
            elif relation := gone.match(statement):
                found.pop(relation[1], None)
    return found


def _differing_columns(database: Database, name: str) -> Iterator[Difference]:
    rows = database.fetch(
        "SELECT table, name, type FROM system.columns WHERE database = %(name)s "
        "ORDER BY table, position",
        {"name": name},
    )
    there: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        there.setdefault(table, {})[column] = kind
    for declared in TABLES:
        columns = there.get(declared.name, {})
        for column in {**declared.types, **columns}:
            ours, theirs = declared.types.get(column, ""), columns.get(column, "")
            if ours != theirs:
                yield Difference(f"{declared.name}.{column}", ours, theirs)


def _distributed(found: re.Match[str]) -> str:
    table = quoted_name(found[1])
    key = found[2]
    return (
        f"CREATE TABLE IF NOT EXISTS {{{{database}}}}.{table} {{{{on_cluster}}}} "
        f"AS {{{{database}}}}.{table}_local\n"
        f"ENGINE = Distributed('{{cluster}}', '{{{{database}}}}', '{table}_local', {key});\n"
    )


def _read(path: Path) -> Migration:
    named = _FILE.fullmatch(path.name)
    if not named:
        raise SchemaError(f"{path.name} is not named 0001_what_it_makes.sql")
    return Migration(int(named[1]), named[2], path.read_text(encoding="utf-8"))


def _released(path: Path) -> dict[str, str]:
    """File name to hash, in the form of sha256sum, so that `sha256sum -c` reads it too."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines if line)}
