"""How `portclock quarantine` says what it found: tables for people, JSON for programs."""

from rich.table import Table
from rich.text import Text

from events.instants import format_instant
from portclock.commands.output import print_json, say, stdout
from portclock.failure import Failure
from portclock.quarantine import Quarantined
from portclock.resending import Report


def print_counts(counts: dict[str, int], json: bool) -> None:
    """How many by reason."""
    if json:
        print_json(counts)
        return
    table = Table("reason", "messages", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for reason, number in counts.items():
        table.add_row(reason, f"{number:,}")
    stdout().print(table if counts else "nothing is in quarantine")


def print_list(shown: list[Quarantined], among: int, json: bool) -> None:
    """The entries shown, of so many."""
    if json:
        for entry in shown:
            print_json(entry.document())
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("place", "received", "reason", "what was found", "what to do"):
        table.add_column(heading, overflow="fold")
    for entry in shown:
        said = entry.refused
        received = format_instant(said.received_at)
        settled = " (sent again)" if entry.settled_at else ""
        table.add_row(entry.position, received, said.reason + settled, said.detail, said.remedy)
    stdout().print(table if shown else "nothing is in quarantine")
    if among > len(shown):
        say(f"the latest {len(shown)} of {among}; see more with --limit {among}")


def print_one(entry: Quarantined, message: bytes, json: bool) -> None:
    """One refusal, with its bytes as text."""
    text = message.decode(errors="backslashreplace")
    document = {**entry.document(), "message": text}
    if json:
        print_json(document)
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, value in document.items():
        table.add_row(Text(name, "dim"), Text("-" if value is None else str(value)))
    stdout().print(table)


def print_report(report: Report, json: bool) -> None:
    """What was sent; what was held back ends the command with exit code 1."""
    if json:
        print_json(report.document())
    else:
        say(f"sent again and settled: {len(report.sent)}")
    for entry, refusal in () if json else report.held_back:
        say(f"held back: {entry.position}: {refusal.reason}: {refusal.detail}; {refusal.remedy}")
    if report.held_back:
        raise Failure(
            f"{len(report.held_back)} would be refused again and were not sent",
            do="correct them (quarantine show PLACE --out FILE, then replay PLACE --with FILE), "
            "or send them as they are with --force",
        )
