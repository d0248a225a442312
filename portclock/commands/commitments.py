"""`portclock commitments`: what was promised of many, evaluated offline over files of events."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from portclock.commands.history import Files
from portclock.commands.options import Json, Limits
from portclock.failure import Failure

if TYPE_CHECKING:
    from events.envelope import Event
    from timing.commitments.evaluation import Evaluated
    from timing.commitments.facts import Facts
    from timing.commitments.period import Period
    from timing.rules import Rules

Month = Annotated[
    str | None,
    typer.Option(
        metavar="YYYY-MM",
        help="What ended in that month, by port time. [default: the last event's month]",
    ),
]
Port = Annotated[
    str | None,
    typer.Option(metavar="CODE", help="One port only. [default: every port the files speak of]"),
]


def commitments(
    files: Files,
    limits: Limits = None,
    month: Month = None,
    port: Port = None,
    json: Json = False,
) -> None:
    """Evaluate commitments (承诺) over a month: completion rates, percentiles, means, vessel calls.

    Every unit or call that a commitment speaks of is in its figure or left out with a reason; on
    nothing, nothing is kept. With --json, one commitment per line.
    """
    from portclock.commands.history import read_lines, require_files
    from portclock.commands.wiring import rules
    from timing.commitments.evaluation import evaluate
    from timing.commitments.period import month_of

    require_files(files)
    named = _named(month) if month else None
    law = rules(limits)
    known = _known(list(read_lines(files)), law)
    period = named or month_of(int(known.now.timestamp()))
    ports = {port} if port else {o.port for o in known.facts.outcomes}
    editions = law.register.editions
    found = [one for one in evaluate(editions, known.facts, period) if one.edition.port in ports]
    _print_documents(found) if json else _print_tables(found, known, period)


class _Known(NamedTuple):
    """What the files amount to."""

    facts: "Facts"
    now: datetime
    nameless: int
    refused: int


def _known(lines: list[bytes], law: "Rules") -> _Known:
    from timing.calls import calls_of
    from timing.commitments.facts import Facts, traits_in
    from timing.gathered import gather
    from timing.judge import judge

    received_at = datetime.now(UTC)
    judged = judge(lines, law, received_at=received_at)
    if judged.now is None:
        raise Failure("there is no event in these files", do="name files that hold some")
    units = gather(_events(lines, received_at))
    calls = calls_of(units, int(judged.now.timestamp()))
    facts = Facts(tuple(judged.outcomes), calls.calls, traits_in(units, law.patience))
    return _Known(facts, judged.now, calls.nameless, len(judged.refused))


def _events(lines: Iterable[bytes], received_at: datetime) -> "Iterator[Event]":
    from events.codec import decode
    from events.refusals import InvalidEvent

    for line in lines:
        try:
            yield from decode(line, received_at=received_at)
        except InvalidEvent:
            continue


def _named(name: str) -> "Period":
    from timing.commitments.period import month

    try:
        return month(name)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--month") from None


def _print_documents(found: "list[Evaluated]") -> None:
    from portclock.commands.output import print_json
    from portclock.promises import document

    for one in found:
        print_json(document(one))


def _print_tables(found: "list[Evaluated]", known: _Known, period: "Period") -> None:
    from portclock.commands.output import say, stdout
    from portclock.promises import tables

    console = stdout()
    for table in tables(found):
        console.print(table)
    if not found:
        console.print(f"no commitment is in force for these ports in {period.name} 无承诺")
    if known.nameless:
        say(f"{known.nameless:,} lifts by water name no voyage and are in no call")
    if known.refused:
        say(f"{known.refused:,} lines could not be read; `portclock judge` says which")
