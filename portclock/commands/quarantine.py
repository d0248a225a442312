"""`portclock quarantine list|show|replay`: what was refused, and sending it again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.options import AtBroker, Feeds, Json
from portclock.failure import Failure

if TYPE_CHECKING:
    from datetime import datetime

    from portclock.intake.delivery import Post
    from portclock.quarantine import Choice, Quarantined
    from portclock.resending import HandIn

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
    broker: AtBroker = None,
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
    from portclock.commands.quarantine_words import print_counts, print_list
    from portclock.quarantine import Choice
    from portclock.quarantine import counts as count

    chosen = Choice(reason=_known(reason), settled=settled).among(_refused(broker))
    if counts:
        print_counts(count(chosen), json)
    else:
        print_list(chosen[-limit:], len(chosen), json)


def show(
    place: PlaceWord,
    broker: AtBroker = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the bytes there, untouched.")
    ] = None,
    json: Json = False,
) -> None:
    """Show one refused message: why, and its bytes."""
    from portclock.commands.quarantine_words import print_one
    from portclock.dead_letters import read_message
    from portclock.quarantine import Choice

    choice = Choice(_places([place]))
    (entry,) = _found(_refused(broker), choice)
    message = read_message(_brokers(broker), entry.shelf)
    if out:
        out.write_bytes(message)
    print_one(entry, message, json)


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
    feeds: Feeds = None,
    broker: AtBroker = None,
    json: Json = False,
) -> None:
    """Send refused messages again, to where they came from, and settle them.

    A message that is still wrong is held back, unless forced: it would only be refused again, under
    a new place. A corrected message takes the place of exactly one. What portclock intake refused
    is read by its feed again, whose profile is found with --feeds; it is taken whole or held back.
    """
    from portclock.commands.intake import announced
    from portclock.commands.moments import now
    from portclock.commands.quarantine_words import print_report
    from portclock.dead_letters import read_records
    from portclock.intake.delivery import Post
    from portclock.outbox import KafkaOutbox
    from portclock.resending import Correction, send_again

    choice = _asked_for(_places(places or []), reason, everything)
    if corrected and len(choice.positions) != 1:
        raise typer.BadParameter("a corrected message takes exactly one PLACE", param_hint="--with")
    chosen = {entry.position: entry for entry in _found(_refused(broker), choice)}
    brokers, at = _brokers(broker), now()
    with KafkaOutbox(brokers) as outbox, announced() as keeper:
        hand_in = _handing_in(feeds, Post(outbox, keeper), at) if feeds else None
        correction = Correction(_bytes_of(corrected), force, hand_in)
        report = send_again(chosen, read_records(brokers), outbox, correction, at)
    print_report(report, json)


def _handing_in(folder: Path, post: "Post", at: "datetime") -> "HandIn":
    from portclock.intake.again import handing_in
    from portclock.intake.feeds import load_feeds

    return handing_in(load_feeds(folder), post, at)


def _brokers(broker: str | None) -> tuple[str, ...]:
    from portclock.commands.wiring import broker_of

    return broker_of(broker, "--broker")


def _refused(broker: str | None) -> "dict[str, Quarantined]":
    from portclock.dead_letters import read_records
    from portclock.quarantine import fold

    return fold(read_records(_brokers(broker)))


def _places(words: list[str]) -> tuple[str, ...]:
    from pydantic import TypeAdapter, ValidationError

    from events.dead_letters import Position

    try:
        return TypeAdapter(tuple[Position, ...]).validate_python(words)
    except ValidationError as error:
        wrong = error.errors()[0]["input"]
        raise typer.BadParameter(
            f"{wrong} is not written topic/partition/offset", param_hint="PLACE"
        ) from None


def _known(reason: str | None) -> str | None:
    from events.dialects.troubles import Trouble
    from events.refusals import Reason

    if reason and reason not in (*Reason, *Trouble):
        words = ", ".join((*Reason, *Trouble))
        raise typer.BadParameter(f"{reason} is not one of {words}", param_hint="--reason")
    return reason


def _asked_for(places: tuple[str, ...], reason: str | None, everything: bool) -> "Choice":
    from portclock.quarantine import Choice

    if sum((bool(places), bool(reason), everything)) != 1:
        raise typer.BadParameter("name PLACE..., or --reason R, or --all; one of the three")
    return Choice(places, _known(reason))


def _found(refused: "dict[str, Quarantined]", choice: "Choice") -> "list[Quarantined]":
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
