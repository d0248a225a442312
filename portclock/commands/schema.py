"""`portclock schema apply|diff|show|roles`: the ClickHouse schema, forward only, and who may."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.options import Json
from portclock.failure import Failure

if TYPE_CHECKING:
    from sinks.clickhouse import ClickHouseStore
    from sinks.migrate import Rendering

Cluster = Annotated[
    bool, typer.Option("--cluster", help="Replicated and distributed tables, for a cluster.")
]
EXISTING = "default"
"""A database every server has: ours may not be there before the first apply."""


def apply(cluster: Cluster = False, json: Json = False) -> None:
    """Bring the database up to date; running it again changes nothing."""
    from portclock.commands.output import print_json, say
    from sinks import migrate

    with _database() as (database, name):
        applied = [str(one) for one in migrate.apply(database, name, _rendering(cluster))]
    if json:
        print_json({"database": name, "applied": applied})
    else:
        say(f"{name}: applied {', '.join(applied)}" if applied else f"{name} was up to date")


def diff(cluster: Cluster = False, json: Json = False) -> None:
    """Say where the database is not what is declared; ends with 1 when there is a difference."""
    from portclock.commands.output import print_json, stdout
    from sinks import migrate

    with _database() as (database, name):
        found = migrate.diff(database, name, _rendering(cluster))
    if json:
        for one in found:
            print_json({"what": one.what, "declared": one.declared, "found": one.found})
    for one in () if json else found:
        stdout().print(str(one), markup=False)
    if found:
        raise Failure(
            f"{name} differs from the schema in {len(found)} places",
            do="run portclock schema apply; what is still different then was changed by hand",
        )


def show(cluster: Cluster = False, json: Json = False) -> None:
    """Print the whole schema as SQL, for review; needs no server."""
    from portclock.commands.output import print_json
    from portclock.commands.wiring import settings
    from sinks import migrate

    sql = migrate.show(settings().clickhouse.database, _rendering(cluster))
    if json:
        print_json({"sql": sql})
    else:
        typer.echo(sql)


def roles(
    apply: Annotated[
        bool, typer.Option("--apply", help="Make them, as a user who may manage access.")
    ] = False,
    json: Json = False,
) -> None:
    """Print roles with the least rights, one for each thing that is done with the tables.

    For a server that keeps its users in SQL; the containers have theirs in users.xml. Users and
    their passwords are the administrator's: GRANT portclock_writer TO ... Running it again changes
    nothing, and takes no right away.
    """
    from portclock.commands.output import print_json, say
    from sinks.rights import ROLES, statements

    made = statements()
    if apply:
        with _database() as (database, name):
            for statement in made:
                database.command(statement)
        say(f"{name}: {len(ROLES)} roles have {len(made) - len(ROLES)} rights")
    elif json:
        print_json({"roles": list(ROLES), "statements": list(made)})
    else:
        typer.echo("\n".join(f"{statement};" for statement in made))


def _rendering(cluster: bool) -> "Rendering":
    from sinks.migrate import Rendering

    return Rendering.CLUSTER if cluster else Rendering.ONE_SERVER


@contextmanager
def _database() -> "Iterator[tuple[ClickHouseStore, str]]":
    """A connection to the server of the settings, and the name of our database there."""
    from portclock.commands.wiring import settings
    from sinks.clickhouse import ClickHouseStore
    from sinks.migrate import SchemaError
    from sinks.store import StoreRefused, StoreUnavailable

    address = settings().clickhouse
    try:
        with closing(ClickHouseStore(address.within(EXISTING))) as store:
            yield store, address.database
    except StoreUnavailable as error:
        raise Failure(
            str(error), do="start it (portclock up), or set PORTCLOCK_CLICKHOUSE"
        ) from error
    except (SchemaError, StoreRefused) as error:
        raise Failure(str(error)) from error
