"""`portclock judge`: events to outcomes, offline: the oracle of the live stream."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.history import Files
from portclock.commands.options import Json, Limits, Quiet

if TYPE_CHECKING:
    from events.outcomes import Outcome
    from portclock.judging.court import Judged
    from timing.hearing import Accounts
    from timing.rules import Rules

REFUSED_SHOWN = 5
JOBS_MAX = 64

Now = Annotated[
    str | None,
    typer.Option(metavar="T", help="Judge as of then (ISO 8601). [default: the last event's time]"),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        min=1,
        max=JOBS_MAX,
        help="How many processes share the work. [default: one for each core, fewer for little]",
    ),
]
Revisions = Annotated[
    bool, typer.Option("--revisions", help="Print every revision of each outcome, not the last.")
]


def judge(
    files: Files,
    limits: Limits = None,
    now: Now = None,
    jobs: Jobs = None,
    revisions: Revisions = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Judge files of events offline: no broker, no database.

    With --json, one outcome per line, sorted; otherwise a table of verdicts and what became of
    every message.
    """
    from portclock.commands.history import require_files, size_bytes
    from portclock.commands.moments import instant
    from portclock.commands.output import progress
    from portclock.commands.wiring import rules
    from portclock.judging.bench import held_by, jobs_for
    from portclock.judging.court import judge_in_shares
    from portclock.judging.display import Display
    from portclock.judging.share import Task

    require_files(files)
    at, law = instant(now, "--now") if now else None, rules(limits)
    if revisions:
        _print_revisions(files, law, json)
        return
    size = size_bytes(files)
    if jobs is None:
        jobs = jobs_for(size)
    elif jobs > 1 and size is None:
        raise typer.BadParameter("stdin can be read by one process alone", param_hint="--jobs")
    task = Task(tuple(files), law, datetime.now(UTC), lines=json)
    with held_by(jobs, task) as bench:
        with progress(quiet) as shown:
            found = judge_in_shares(bench, at, Display(shown, size, jobs))
        _print_lines(found) if json else _print_tables(found)


def _print_lines(found: "Judged") -> None:
    from portclock.commands.output import print_line

    for block in found.lines:
        print_line(b"\n".join(block))


def _print_revisions(files: Files, law: "Rules", json: bool) -> None:
    """In the order in which they would have been published: it is a story, not a set."""
    from events.codec import encode
    from portclock.commands.history import read_lines
    from portclock.commands.output import print_line
    from timing.judge import revisions

    for outcome in revisions(read_lines(files), law):
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


def _print_tables(found: "Judged") -> None:
    from portclock.commands.output import stdout
    from portclock.verdicts import table

    console = stdout()
    if found.tallies:
        console.print(table(found.tallies))
    console.print(_accounts(found.accounts))
    for line, refusal in found.refused[:REFUSED_SHOWN]:
        console.print(
            f"line {line}: {refusal.reason}: {refusal.detail}; {refusal.remedy}", markup=False
        )
    if (more := len(found.refused) - REFUSED_SHOWN) > 0:
        console.print(f"and {more} more refused lines")


def _accounts(sums: "Accounts") -> str:
    """What became of every message, in one sentence that adds up."""
    return (
        f"{sums.messages:,} messages: {sums.judged:,} events judged, {sums.kept:,} kept, "
        f"{sums.quarantined:,} refused, {sums.duplicates:,} said twice, "
        f"{sums.corrections:,} corrections, "
        f"{sums.split:,} more from messages of many units; {sums.unexplained} unexplained"
    )
