"""`portclock limits check|list|show|hash`: the register of published limits."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portclock.commands.options import Json, Limits
from portclock.failure import Failure

if TYPE_CHECKING:
    from timing.limits import Edition, Limit, Register

Folder = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", help="A folder of editions. [default: those shipped]"),
]
Name = Annotated[
    str | None,
    typer.Argument(metavar="NAME", help="An edition, or a limit; or give --port instead."),
]
Port = Annotated[
    str | None,
    typer.Option("--port", metavar="PORT", help="Show what is in force at this port (UN/LOCODE)."),
]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="DATE",
        help="With --port: on this day, as 2026-03-02, or at this instant. [default: now]",
    ),
]


def check(folder: Folder = None, json: Json = False) -> None:
    """Check editions: their form, their sense, their terms, and the examples they carry.

    Every limit needs an example; every example is judged and must come out as it says. No two
    editions may speak of one thing at once, and no gap may be silent. A released edition may not
    change. Each finding names the file, the line and what to do.
    """
    from portclock.commands.output import print_json, say, stdout
    from timing.limits import PUBLISHED, read_editions
    from timing.review import complaints

    where = folder or PUBLISHED
    findings = list(complaints(where))
    editions = [one.edition for one in read_editions(sorted(where.rglob("*.toml")))[0]]
    summary = {
        "editions": len(editions),
        "limits": sum(len(edition.limit) for edition in editions),
        "commitments": sum(len(edition.commitment) for edition in editions),
        "examples": sum(len(edition.example) for edition in editions),
        "findings": [{**one._asdict(), "file": str(one.file)} for one in findings],
    }
    if json:
        print_json(summary)
    else:
        for finding in findings:
            say(str(finding))
    if findings:
        raise Failure(
            f"{len(findings)} findings in the register", do="correct the files named above"
        )
    if not json:
        counts = "{editions} editions, {limits} limits, {commitments} commitments, {examples}"
        stdout().print(f"{counts} examples: good".format(**summary))


def list_editions(limits: Limits = None, json: Json = False) -> None:
    """List the editions: whose, for which port, from when, how many limits."""
    from portclock.commands.output import print_json, stdout
    from portclock.commands.wiring import rules

    rows = [_summary(edition) for edition in rules(limits).register.editions]
    if json:
        for row in rows:
            print_json(row)
        return
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in rows[0]:
        table.add_column(heading.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*("-" if value is None else str(value) for value in row.values()))
    stdout().print(table)


def show(
    name: Name = None,
    port: Port = None,
    at: At = None,
    limits: Limits = None,
    json: Json = False,
) -> None:
    """Show an edition, or one limit in the words it was published in; or what is in force at a port
    on a day: limits by stage, calendars, scope, sources, and the commitments over many.
    """
    from portclock.commands.output import print_json, stdout
    from portclock.commands.wiring import rules

    if (name is None) == (port is None):
        raise typer.BadParameter("give the name of an edition or limit, or else --port")
    if at and not port:
        raise typer.BadParameter("--at is about --port", param_hint="--at")
    register = rules(limits).register
    if port:
        from portclock.commands import limits_in_force

        document = limits_in_force.document(register, _known(port, register), _moment(at))
        lines = limits_in_force.lines(document)
    else:
        document = _named(name or "", register.editions)
        lines = _lines(document)
    if json:
        print_json(document)
        return
    console = stdout()
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)


def _known(port: str, register: "Register") -> str:
    ports = sorted({edition.port for edition in register.editions})
    if port not in ports:
        raise Failure(
            f"the register has no edition for {port}", do=f"it has some for {', '.join(ports)}"
        )
    return port


def _moment(at: str | None) -> datetime:
    """The midnight with which a day begins at the port, or an instant; now when neither is said."""
    from portclock.commands.moments import instant, now
    from timing.written import midnight

    if at is None:
        return now()
    try:
        return datetime.fromtimestamp(midnight(date.fromisoformat(at)), UTC)
    except ValueError:
        return instant(at, "--at")


def show_hash(limits: Limits = None, json: Json = False) -> None:
    """Print the hash of every edition, as the list of released editions holds it.

    The fingerprint of the whole register, with --json, changes whenever any limit does.
    """
    from portclock.commands.output import print_json, stdout
    from portclock.commands.wiring import rules
    from timing.limits import PUBLISHED
    from timing.review import hashes

    fingerprint = rules(limits).register.fingerprint
    found = hashes(limits or PUBLISHED)
    if json:
        print_json({"fingerprint": fingerprint, "editions": found})
        return
    for path, digest in found.items():
        stdout().print(f"{digest}  {path}", markup=False, highlight=False, soft_wrap=True)


def _summary(edition: "Edition") -> dict[str, Any]:
    return {
        "edition": edition.edition,
        "port": edition.port,
        "issuer": edition.issuer,
        "status": edition.status,
        "effective_from": str(edition.effective_from),
        "effective_to": str(edition.effective_to) if edition.effective_to else None,
        "limits": len(edition.limit),
    }


def _named(name: str, editions: "tuple[Edition, ...]") -> dict[str, Any]:
    for edition in editions:
        if edition.edition == name:
            return edition.model_dump(
                mode="json", exclude_none=True, exclude={"example"}, by_alias=True
            )
        for limit in edition.limit:
            if limit.id == name:
                return _limit(limit, edition)
    raise Failure(
        f"the register has no edition and no limit {name}", do="see portclock limits list"
    )


def _limit(limit: "Limit", edition: "Edition") -> dict[str, Any]:
    from portclock.commands.limits_words import allowance

    examples = [example for example in edition.example if example.limit == limit.id]
    return {
        **limit.model_dump(mode="json", exclude_none=True, by_alias=True),
        "allowance": allowance(limit)._asdict(),
        "edition": edition.edition,
        "source": edition.source,
        "examples": [example.model_dump(mode="json", exclude_none=True) for example in examples],
    }


def _lines(value: Any, depth: int = 0) -> Iterator[str]:
    """A document as indented lines; what is empty is left out."""
    indent = "  " * depth
    for name, part in value.items():
        if isinstance(part, list) and part and isinstance(part[0], dict):
            yield f"{indent}{name}:"
            for one in part:
                yield from _lines(one, depth + 1)
                yield ""
        elif part not in ("", [], {}):
            yield f"{indent}{name}: {_said(part)}"


def _said(part: Any) -> str:
    if isinstance(part, dict):
        return ", ".join(f"{name} {value}" for name, value in part.items())
    return ", ".join(map(str, part)) if isinstance(part, list) else str(part)
