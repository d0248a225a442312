"""`portclock judge`: events to outcomes, offline: the oracle of the live stream."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.history import Files
from portclock.commands.options import Json, Limits

if TYPE_CHECKING:
    from events.outcomes import Outcome
    from timing.judge import Judgement

REFUSED_SHOWN = 5

Now = Annotated[
    str | None,
    typer.Option(metavar="T", help="Judge as of then (ISO 8601). [default: the last event's time]"),
]
Revisions = Annotated[
    bool, typer.Option("--revisions", help="Print every revision of each outcome, not the last.")
]


def judge(
    files: Files,
    limits: Limits = None,
    now: Now = None,
    revisions: Revisions = False,
    json: Json = False,
) -> None:
    """Judge files of events offline: no broker, no database.

    With --json, one outcome per line, sorted; otherwise a table of verdicts and what became of
    every message.
    """
    from portclock.commands.history import read_lines, require_files
    from portclock.commands.moments import instant
    from portclock.commands.wiring import rules
    from timing.judge import judge as offline
    from timing.judge import revisions as every_revision

    require_files(files)
    at = instant(now, "--now") if now else None
    lines, law = read_lines(files), rules(limits)
    if revisions:
        _print_revisions(every_revision(lines, law), json)
        return
    found = offline(lines, law, at, received_at=datetime.now(UTC))
    _print_outcomes(found) if json else _print_tables(found)


def _print_outcomes(found: "Judgement") -> None:
    from portclock.commands.output import print_line

    for line in found.lines():
        print_line(line)


def _print_revisions(outcomes: "Iterable[Outcome]", json: bool) -> None:
    """In the order in which they would have been published: it is a story, not a set."""
    from events.codec import encode
    from portclock.commands.output import print_line

    for outcome in outcomes:
        print_line(encode(outcome) if json else _told(outcome))


def _told(outcome: "Outcome") -> bytes:
    limit = outcome.limit.id if outcome.limit else "no limit"
    decided_at = outcome.decided_at.isoformat()
    what = f"{outcome.stage} {outcome.occurrence}, {limit}: {outcome.verdict}"
    because = f"revision {outcome.revision}, by {_because(outcome)}"
    return f"{decided_at}  {outcome.visit_id}  {what} ({because})".encode()


def _because(outcome: "Outcome") -> str:
    cause = outcome.cause
    assert cause is not None, "every revision has a cause"
    return str(cause.what) if cause.id is None else f"{cause.what} {cause.id}"


def _print_tables(found: "Judgement") -> None:
    from portclock.commands.output import stdout
    from portclock.verdicts import table, tally

    console = stdout()
    if found.outcomes:
        console.print(table(tally(found.outcomes)))
    console.print(_accounts(found))
    for line, refusal in found.refused[:REFUSED_SHOWN]:
        console.print(
            f"line {line}: {refusal.reason}: {refusal.detail}; {refusal.remedy}", markup=False
        )
    if (more := len(found.refused) - REFUSED_SHOWN) > 0:
        console.print(f"and {more} more refused lines")


def _accounts(found: "Judgement") -> str:
    """What became of every message, in one sentence that adds up."""
    sums = found.accounts
    return (
        f"{sums.messages:,} messages: {sums.judged:,} events judged, {sums.kept:,} kept, "
        f"{sums.quarantined:,} refused, {sums.duplicates:,} said twice, "
        f"{sums.corrections:,} corrections, "
        f"{sums.split:,} more from messages of many units; {sums.unexplained} unexplained"
    )
