"""`portclock vintage close|list|show|trace|keys`: what was published, made and looked into."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.documents import Keys, keys_in
from portclock.commands.options import Json, Limits, Quiet
from portclock.failure import Failure

if TYPE_CHECKING:
    from reports.shapes import Standing, Vintage
    from reports.tables import Tables
    from reports.vintages.changes import Change
    from reports.vintages.closing import Closed
    from reports.vintages.standing import Wanted

Month = Annotated[
    str,
    typer.Option(
        "--month", metavar="YYYY-MM", help="Which month; or a span of them, as 2026-01/2026-06."
    ),
]
VintageId = Annotated[str, typer.Argument(metavar="ID", help="A vintage, as 2026-03.1.")]


def close(
    month: Month,
    final: Annotated[
        bool, typer.Option("--final", help="No provisional one: the month's figures are settled.")
    ] = False,
    restate: Annotated[
        bool, typer.Option("--restate", help="Settled figures are published anew.")
    ] = False,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why it is restated; published with it.")
    ] = None,
    limits: Limits = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Close a month: freeze its facts, count, protect and publish its cells, as a new vintage.

    It appears all at once, or not at all when it is stopped; run again, it begins anew. Where
    nothing would change nothing is made. Says what differs from the vintage before, and why.
    A span is counted from the frozen facts of its months, which are closed before.
    """
    from portclock.commands.wiring import settings
    from portclock.vintages import alone

    wanted = _wanted(month, final, restate, reason)
    with the_tables() as tables, alone(settings().clickhouse):
        closed = _closed(tables, wanted, limits, quiet)
        changes = _changes(tables, closed)
        spans = _spans_remade(tables, closed, limits, quiet)
        _say_what_is_unknown(tables, closed)
    _print_closed(closed, changes, json)
    for span in spans:
        _print_closed(span, [], json)


def list_vintages(json: Json = False) -> None:
    """List every vintage ever made, in the order of making, and what has become of it since.

    A later one supersedes it, or units of its months were judged again, because something was
    heard of too late: then a restatement is due.
    """
    from portclock.commands.output import print_json, stdout
    from reports.vintages.digest import vintage_document, vintage_hash
    from reports.vintages.touched import superseded_by, touched_since

    with the_tables() as tables:
        made = made_so_far(tables)
        later = {one.id: superseded_by(made, one) for one in made}
        since = {one.id: touched_since(tables, one) for one in made if later[one.id] is None}
    for vintage in made if json else ():
        by, touched = later[vintage.id], since.get(vintage.id)
        more = {
            "hash": vintage_hash(vintage),
            "superseded_by": by.id if by else None,
            "touched_since": dict(touched.units) if touched else {},
        }
        print_json({**vintage_document(vintage), **more})
    if not json:
        from rich.table import Table

        table = Table(
            *("vintage 版次", "standing 状态", "made 发布", "facts 事实", "reason 原因"),
            "touched since 此后变动",
            box=None,
        )
        for one in made:
            at = f"{one.made_at:%Y-%m-%d %H:%M} UTC"
            by = later[one.id]
            became = f"→ {by.id}" if by else str(since[one.id])
            told = (_standing(one.standing), at, f"{one.facts:,}", one.reason or "", became)
            table.add_row(one.id, *told)
        stdout().print(table)


def show(id: VintageId, json: Json = False) -> None:
    """Show one vintage: what it rests on, every rule that it follows, and its hashes."""
    from portclock.commands.output import print_json, stdout
    from reports.vintages.digest import vintage_document, vintage_hash

    with the_tables() as tables:
        vintage = named(made_so_far(tables), id)
    document = {**vintage_document(vintage), "hash": vintage_hash(vintage)}
    if json:
        print_json(document)
        return
    from rich.table import Table

    table = Table("", "", box=None, show_header=False)
    for name, value in document.items():
        rows = sorted(value.items()) if isinstance(value, dict) else [("", value)]
        for place, (what, said) in enumerate(rows):
            text = f"{what}  {said}" if what else str(said if said not in (None, "") else "-")
            table.add_row(name if place == 0 else "", text)
    stdout().print(table)


def keys(
    folder: Keys = None,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Make a new key; the old ones still prove.")
    ] = False,
    pem: Annotated[
        bool, typer.Option("--pem", help="The newest key alone, as openssl reads it.")
    ] = False,
) -> None:
    """Print the public keys that documents are sealed with, as a JWK Set to publish (RFC 7517).

    Whoever has it checks a document: `portclock verify FOLDER --keys FILE`, or with stock tools.
    """
    from portclock.commands.output import print_line
    from reports.vintages.digest import canonical
    from reports.vintages.keyring import Keyring, KeyringError

    ring = Keyring(keys_in(folder))
    try:
        newest = ring.rotate() if rotate else ring.signing()
        print_line(newest.as_pem(private=False).strip() if pem else canonical(ring.jwks()))
    except (KeyringError, OSError) as error:
        raise Failure(str(error), do="name another folder with --keys") from error


def _wanted(month: str, final: bool, restate: bool, reason: str | None) -> "Wanted":
    from reports.vintages.spans import period_of
    from reports.vintages.standing import Wanted

    if final and restate:
        raise typer.BadParameter("a vintage is final or restated, not both", param_hint="--restate")
    standing: Standing = "restated" if restate else "final" if final else "provisional"
    try:
        return Wanted(period_of(month), standing, reason)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--month") from None


def _closed(tables: "Tables", wanted: "Wanted", limits: Path | None, quiet: bool) -> "Closed":
    from portclock.commands.moments import now
    from portclock.commands.output import say
    from portclock.vintages import workshop_now
    from reports.vintages.chain import ChainBroken
    from reports.vintages.closing import Closer, Disturbed, close
    from reports.vintages.standing import Refused
    from reports.vintages.tabled import TableLedger

    ledger = TableLedger(tables)
    told = (lambda step: None) if quiet else (lambda step: say(f"{wanted.month.name}: {step}"))
    try:
        workshop = workshop_now(tables, wanted, ledger.vintages(), limits)
        return close(Closer(ledger, workshop, told), wanted, now())
    except Refused as refused:
        raise Failure(refused.what, do=refused.do) from None
    except ChainBroken as broken:
        raise Failure(
            f"the vintages in the tables are not those that were made: {broken}",
            do="find out who wrote there; nothing is published after a record that was changed",
        ) from None
    except Disturbed as disturbed:
        raise Failure(str(disturbed)) from None


def _spans_remade(
    tables: "Tables", closed: "Closed", limits: Path | None, quiet: bool
) -> "list[Closed]":
    """Spans that rest on an earlier vintage of a month that was just closed, made again."""
    from reports.vintages.tabled import TableLedger
    from reports.vintages.touched import spans_to_remake

    if not closed.made or closed.last is None:
        return []
    made = TableLedger(tables).vintages()
    spans = spans_to_remake(made, closed.vintage)
    return [_closed(tables, wanted, limits, quiet) for wanted in spans]


def _changes(tables: "Tables", closed: "Closed") -> "list[Change]":
    from portclock.vintages import attempt
    from reports.vintages.spans import parts_of
    from reports.vintages.tabled import TableLedger
    from reports.vintages.tabled_changes import TableObservatory

    if closed.last is None or not closed.made:
        return []
    made = TableLedger(tables).vintages()
    parts = zip(parts_of(closed.last, made), parts_of(closed.vintage, made), strict=True)
    observatory = TableObservatory(tables, attempt())
    both = [(older.id, newer.id) for older, newer in parts if older.id != newer.id]
    return [change for older, newer in both for change in observatory.changes(older, newer)]


def _print_closed(closed: "Closed", changes: "list[Change]", json: bool) -> None:
    from portclock.commands.output import print_json, say
    from reports.vintages.changes import numbers
    from reports.vintages.digest import vintage_document

    vintage, last = closed.vintage, closed.last
    counted = numbers(changes)
    if json:
        causes = [{"deed": d, "cause": c, "facts": n} for (d, c), n in counted.items()]
        since = last.id if last and closed.made else None
        said = {"made": closed.made, "since": since, "changes": causes}
        print_json({**said, "vintage": vintage_document(vintage)})
        return
    if not closed.made:
        say(f"{vintage.id} stands: nothing has changed since, so no vintage was made")
        return
    say(f"{vintage.id} is published: {_standing(vintage.standing)}, {vintage.facts:,} facts")
    for (deed, cause), number in counted.items():
        say(f"  since {last.id if last else ''}: {number:,} facts {deed}, cause {cause}")


def _say_what_is_unknown(tables: "Tables", closed: "Closed") -> None:
    """What a month lacks that its figures need; of a span, its months have said it."""
    from portclock.commands.output import say
    from reports.freezing import known_companies, unknown_visits
    from reports.vintages.spans import MONTHS

    id = closed.vintage.id
    if not closed.made or MONTHS in closed.vintage.rules:
        return
    visits, unknown = unknown_visits(tables, id)
    if unknown:
        say(f"{id}: the events of {unknown:,} of {visits:,} visits are not in the tables")
    if visits and not known_companies(tables, id):
        say(
            f"{id}: no report names a company (customs.trader), so every cell is withheld; "
            "see docs/disclosure.md"
        )


def _standing(standing: str) -> str:
    words = {"provisional": "初步", "final": "定稿", "restated": "重述"}
    return f"{standing} {words[standing]}"


def made_so_far(tables: "Tables") -> "list[Vintage]":
    """All vintages, in the order of making. Raises Failure where they are no chain."""
    from reports.vintages.chain import ChainBroken, ordered
    from reports.vintages.tabled import TableLedger

    try:
        return ordered(TableLedger(tables).vintages())
    except ChainBroken as broken:
        raise Failure(
            f"the vintages in the tables are not those that were made: {broken}",
            do="see docs/vintages.md",
        ) from None


def named(made: "list[Vintage]", id: str) -> "Vintage":
    """The vintage of that id. Raises Failure."""
    found = next((vintage for vintage in made if vintage.id == id), None)
    if found is None:
        raise Failure(f"there is no vintage {id}", do="see portclock vintage list")
    return found


@contextmanager
def the_tables() -> "Iterator[Tables]":
    """The tables of the environment. Raises Failure."""
    from portclock.commands.wiring import settings
    from portclock.reporting import report_tables
    from reports.tables import TablesUnavailable

    try:
        with report_tables(settings().clickhouse) as tables:
            yield tables
    except TablesUnavailable as error:
        do = "start it (portclock up), or set PORTCLOCK_CLICKHOUSE; portclock schema apply"
        raise Failure(str(error), do=do) from error
