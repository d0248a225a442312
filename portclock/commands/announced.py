"""`portclock announced`: what senders said lies ahead, as the doors of this machine kept it."""

from datetime import datetime
from typing import Annotated, Any

import typer

from portclock.commands.options import Json

FeedName = Annotated[str, typer.Option("--feed", metavar="NAME", help="Only of this feed.")]
Unit = Annotated[str, typer.Option("--unit", metavar="ID", help="Only of this box or wagon.")]
KindName = Annotated[
    str, typer.Option("--kind", metavar="KIND", help="Only what would be reported as this.")
]
Since = Annotated[
    str | None, typer.Option(metavar="INSTANT", help="Only what is expected from then on.")
]
Until = Annotated[
    str | None, typer.Option(metavar="INSTANT", help="Only what is expected before then.")
]


def announced(
    feed: FeedName = "",
    unit: Unit = "",
    kind: KindName = "",
    since: Since = None,
    until: Until = None,
    json: Json = False,
) -> None:
    """List what was announced and not withdrawn: planned, estimated or ordered, no report.

    COPRAR, COPARN, COPINO, provisional messages, and planned or estimated events of DCSA are kept
    for 90 days by portclock intake, pull and serve, in intake.sqlite of the data folder. A later
    version takes the place of an earlier one. What tells no time is listed last, and is expected in
    no span.
    """
    from portclock.commands.intake import announced as kept
    from portclock.commands.output import print_json, stdout
    from portclock.intake.announced import Wanted

    wanted = Wanted(feed, unit, kind, _instant(since, "--since"), _instant(until, "--until"))
    with kept() as store:
        found = store.find(wanted)
    if json:
        for one in found:
            print_json(one)
        return
    from rich.table import Table

    table = Table("expected", "", "kind", "unit", "feed", "document", "message", box=None)
    for one in found:
        table.add_row(*_row(one))
    stdout().print(table)


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    said = one.get("said", {})
    words = ("expected_at", "announced", "kind", "unit", "feed", "document")
    return (*(str(one.get(word, "")) for word in words), str(said.get("message", "")))


def _instant(text: str | None, option: str) -> datetime | None:
    from portclock.commands.moments import instant

    return None if text is None else instant(text, option)
