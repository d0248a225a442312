"""`portclock feeds`: how well each feed reports, from the tables."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from portclock.commands.options import Json
from portclock.commands.tables import FromClickHouse, tables_at

Since = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="From when on. [default: seven days before the end]"),
]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Until when. [default: now]")]
Source = Annotated[
    str | None, typer.Option("--source", metavar="NAME", help="One source only, by its name.")
]
USUAL = timedelta(days=7)


def feeds(
    since: Since = None,
    until: Until = None,
    source: Source = None,
    clickhouse: FromClickHouse = None,
    json: Json = False,
) -> None:
    """Tell how well each feed reports: complete, in time, by a right clock, readable, once.

    By the broker's time of receipt. Then every word that nobody knows, with its first example, and
    the stages whose ends are missing. What the figures mean: docs/feeds.md, Quality.
    """
    from portclock.commands.output import print_json, stdout
    from portclock.feed_document import document, only
    from portclock.feed_quality import quality_of
    from portclock.feed_tables import tables

    begin, end = _span(since, until)
    with tables_at(clickhouse) as store:
        found = quality_of(store, int(begin.timestamp()), int(end.timestamp()))
    if source is not None:
        found = only(found, source)
    if json:
        print_json(document(found))
        return
    for table in tables(found):
        stdout().print(table)


def _span(since: str | None, until: str | None) -> tuple[datetime, datetime]:
    from portclock.commands.moments import instant, now

    end = instant(until, "--until") if until else now()
    begin = instant(since, "--since") if since else end - USUAL
    if begin >= end:
        raise typer.BadParameter("it is not before the end", param_hint="--since")
    return begin, end
