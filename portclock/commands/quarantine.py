"""`portclock quarantine list|show|replay`: what was refused, and sending it again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.options import Broker, Json
from portclock.failure import Failure

if TYPE_CHECKING:
    from portclock.quarantine import Choice, Refused
    from portclock.resending import Report
    from sinks.dead_letters import Source

PlaceWord = Annotated[
    str, typer.Argument(metavar="PLACE", help="Where it stood: topic/partition/offset.")
]
PlaceWords = Annotated[
    list[str] | None,
    typer.Argument(metavar="PLACE...", help="Where they stood: topic/partition/offset."),
]
ReasonWord = Annotated[
    str | None, typer.Option("--reason", metavar="REASON", help="Only those refused for this.")
]
SHOWN_MAX = 50


def list_refused(
    to: Broker = None,
    reason: ReasonWord = None,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="At most this many, the latest.")
    ] = SHOWN_MAX,
    settled: Annotated[
        bool, typer.Option("--settled", help="Also those that were sent again already.")
    ] = False,
    counts: Annotated[bool, typer.Option("--counts", help="Only how many, by reason.")] = False,
    json: Json = False,
) -> None:
    """List the messages that were refused, with the reason and what to do."""
    from portclock.quarantine import Choice
    from portclock.quarantine import counts as count

    chosen = Choice(reason=_known(reason), settled=settled).among(_refused(to))
    if counts:
        _print_counts(count(chosen), json)
    else:
        _print_list(chosen[-limit:], len(chosen), json)


def show(
    place: PlaceWord,
    to: Broker = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the bytes there, untouched.")
    ] = None,
    json: Json = False,
) -> None:
    """Show one refused message: why, and its bytes."""
    from portclock.dead_letters import read_message
    from portclock.quarantine import Choice

    entry = _found(_refused(to), Choice(_places([place])))[0]
    message = read_message(_brokers(to), entry.stored)
    if out:
        out.write_bytes(message)
    _print_one(entry, message, json)


def replay(
    places: PlaceWords = None,
    reason: ReasonWord = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All that are not settled yet.")
    ] = False,
    corrected: Annotated[
        Path | None,
        typer.Option("--with", metavar="FILE", help="Send this corrected message in its place."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Send also what would be refused again.")
    ] = False,
    to: Broker = None,
    json: Json = False,
) -> None:
    """Send refused messages again, to where they came from, and settle them.

    A message that is still wrong is held back, unless forced: it would only be refused again, under
    a new place. A corrected message takes the place of exactly one.
    """
    from portclock.commands.moments import now
    from portclock.dead_letters import read_records
    from portclock.outbox import KafkaOutbox
    from portclock.resending import Correction, send_again

    choice = _asked_for(_places(places or []), reason, everything)
    if corrected and len(choice.places) != 1:
        raise typer.BadParameter("a corrected message takes exactly one PLACE", param_hint="--with")
    chosen = {entry.place: entry for entry in _found(_refused(to), choice)}
    correction = Correction(_bytes_of(corrected), force)
    brokers = _brokers(to)
    with KafkaOutbox(brokers) as outbox:
        report = send_again(chosen, read_records(brokers), outbox, correction, now())
    _print_report(report, json)


def _brokers(to: str | None) -> tuple[str, ...]:
    from portclock.commands.wiring import settings

    return settings(broker=to).broker


def _refused(to: str | None) -> "dict[Source, Refused]":
    from portclock.dead_letters import read_records
    from portclock.quarantine import fold

    return fold(read_records(_brokers(to)))


def _places(words: list[str]) -> "tuple[Source, ...]":
    from sinks.dead_letters import Source

    try:
        return tuple(Source.parse(word) for word in words)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="PLACE") from None


def _known(reason: str | None) -> str | None:
    from events.refusals import Reason

    if reason and reason not in list(Reason):
        words = ", ".join(Reason)
        raise typer.BadParameter(f"{reason} is not one of {words}", param_hint="--reason")
    return reason


def _asked_for(places: "tuple[Source, ...]", reason: str | None, everything: bool) -> "Choice":
    from portclock.quarantine import Choice

    if sum((bool(places), bool(reason), everything)) != 1:
        raise typer.BadParameter("name PLACE..., or --reason R, or --all; one of the three")
    return Choice(places, _known(reason))


def _found(refused: "dict[Source, Refused]", choice: "Choice") -> "list[Refused]":
    try:
        return choice.among(refused)
    except KeyError as error:
        raise Failure(
            f"nothing was refused at {error.args[0]}", do="see portclock quarantine list"
        ) from None


def _bytes_of(file: Path | None) -> bytes | None:
    """A corrected message, without the line end that an editor leaves."""
    if file is None:
        return None
    try:
        return file.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise Failure(f"{file} cannot be read ({error.strerror})", do="check its path") from error


def _print_counts(counts: dict[str, int], json: bool) -> None:
    from rich.table import Table

    from portclock.commands.output import print_json, stdout

    if json:
        print_json(counts)
        return
    table = Table("reason", "messages", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for reason, number in counts.items():
        table.add_row(reason, f"{number:,}")
    stdout().print(table if counts else "nothing is in quarantine")


def _print_list(shown: "list[Refused]", among: int, json: bool) -> None:
    from rich.table import Table

    from portclock.commands.output import print_json, say, stdout

    if json:
        for entry in shown:
            print_json(entry.document())
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("place", "received", "reason", "what was found", "what to do"):
        table.add_column(heading, overflow="fold")
    for entry in shown:
        received = str(entry.document()["received_at"] or "-")
        settled = " (sent again)" if entry.settled_at else ""
        table.add_row(str(entry.place), received, entry.reason + settled, entry.detail, entry.remedy)
    stdout().print(table if shown else "nothing is in quarantine")
    if among > len(shown):
        say(f"the latest {len(shown)} of {among}; see more with --limit {among}")


def _print_one(entry: "Refused", message: bytes, json: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    from portclock.commands.output import print_json, stdout

    text = message.decode(errors="backslashreplace")
    document = {**entry.document(), "message": text}
    if json:
        print_json(document)
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, value in document.items():
        table.add_row(Text(name, "dim"), Text("-" if value is None else str(value)))
    stdout().print(table)


def _print_report(report: "Report", json: bool) -> None:
    """What was sent; what was held back ends the command with exit code 1."""
    from portclock.commands.output import print_json, say

    if json:
        print_json(report.document())
    else:
        say(f"sent again and settled: {len(report.sent)}")
    for entry, refusal in () if json else report.held_back:
        say(f"held back: {entry.place}: {refusal.reason}: {refusal.detail}; {refusal.remedy}")
    if report.held_back:
        raise Failure(
            f"{len(report.held_back)} would be refused again and were not sent",
            do="correct them (quarantine show PLACE --out FILE, then replay PLACE --with FILE), "
            "or send them as they are with --force",
        )
