"""The tables that a command asks: where they are, and what to do when they do not answer."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.failure import Failure

if TYPE_CHECKING:
    from sinks.clickhouse import ClickHouseStore

FromClickHouse = Annotated[
    str | None,
    typer.Option(
        "--clickhouse",
        metavar="URL",
        envvar="PORTCLOCK_CLICKHOUSE",
        help="Where the tables are. [default: this machine, 9000]",
    ),
]


@contextmanager
def tables_at(
    said: str | None, otherwise: str = "start it (portclock up)"
) -> "Iterator[ClickHouseStore]":
    """The tables of the command line, else of the environment. Raises Failure; where they do not
    answer, `otherwise` says what to do."""
    from portclock.commands.wiring import settings
    from sinks.clickhouse import ClickHouseStore
    from sinks.settings import ClickHouseAddress, SettingsError
    from sinks.store import StoreRefused, StoreUnavailable

    try:
        address = ClickHouseAddress.parse(said) if said else settings().clickhouse
    except SettingsError as error:
        raise typer.BadParameter(str(error), param_hint="--clickhouse") from None
    try:
        with closing(ClickHouseStore(address)) as store:
            yield store
    except StoreUnavailable as error:
        raise Failure(str(error), do=otherwise) from error
    except StoreRefused as error:
        raise Failure(str(error), do="run portclock schema diff") from error
