"""`portclock restate`: history judged again where editions or calendars say otherwise now."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from portclock.commands.options import AtBroker, Json, Limits, Quiet
from portclock.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from events.outcomes import Because
    from portclock.restating.ranges import Effect, Range
    from portclock.restating.rounds import Rounds
    from sinks.store import Store
    from sinks.units import Span
    from timing.editions import Edition
    from timing.rules import Rules

From = Annotated[
    str | None,
    typer.Option("--from", metavar="YYYY-MM", help="The first month, by port time."),
]
To = Annotated[
    str | None,
    typer.Option("--to", metavar="YYYY-MM", help="The last month. [default: the first one]"),
]
Port = Annotated[
    str | None, typer.Option(metavar="CODE", help="One port alone. [default: every port]")
]
OneUnit = Annotated[
    str | None, typer.Option("--unit", metavar="PORT/UNIT", help="One unit alone, all of it.")
]
EditionFile = Annotated[
    Path | None,
    typer.Option(
        "--edition",
        metavar="FILE.toml",
        help="The edition because of which history is judged again. With --dry-run it may be one "
        "that is not in force yet.",
    ),
]
Reason = Annotated[
    str | None, typer.Option(metavar="WORDS", help="Why, to be kept beside what was touched.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
]
Lang = Annotated[Literal["en", "zh"], typer.Option("--lang", help="English or Chinese (中文).")]


def restate(
    from_: From = None,
    to: To = None,
    port: Port = None,
    unit: OneUnit = None,
    edition: EditionFile = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    limits: Limits = None,
    broker: AtBroker = None,
    lang: Lang = "en",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Have history judged again as a whole, where editions or calendars changed since (追溯重述).

    Every unit that was at a port in these months is brought back from the tables; where it stands
    otherwise than a judge of everything says, the workers judge it again, and the months that this
    touches are marked. Twice is once. Killed, it goes on where it was, if PORTCLOCK_DATA is set.
    """
    from portclock.commands.wiring import rules

    law = rules(limits)
    law, named = _with_edition(law, edition, dry_run) if edition else (law, None)
    wanted = _Wanted(_span(from_, to, unit), port, unit, named, reason)
    if dry_run:
        _show(_tried(law, wanted, quiet), lang, json)
    else:
        _tell(_restated(law, wanted, broker, quiet), lang, json)


class _Wanted:
    """What was asked for. `named` is the edition that it is put down to."""

    def __init__(
        self,
        span: "Span",
        port: str | None,
        unit: str | None,
        named: "Edition | None",
        reason: str | None,
    ) -> None:
        self.span, self.reason, self._named = span, reason, named
        self.unit: str | None = None
        self.port = port
        if unit is not None:
            self.port, _, self.unit = unit.partition("/")

    @property
    def because(self) -> "Because":
        """What every revision is put down to; of a limit, the edition that judges it."""
        from events.outcomes import Because
        from events.vocabulary import Cause

        return Because(what=Cause.EDITION, id=self._named.edition if self._named else None)

    def run(self, law: "Rules") -> str:
        """The same wish under the same register has one name."""
        from hashlib import sha256

        said = (self.span, self.port, self.unit, self.because.id, self.reason)
        return sha256(f"{said} {law.register.fingerprint}".encode()).hexdigest()[:16]


def _span(first: str | None, last: str | None, unit: str | None) -> "Span":
    from portclock.restating.places import FOREVER_S
    from sinks.units import Span
    from timing.commitments.period import month

    if unit is not None:
        if first or last or unit.count("/") != 1:
            raise typer.BadParameter("name one as PORT/UNIT, without months", param_hint="--unit")
        return Span(0, FOREVER_S)
    if first is None:
        raise typer.BadParameter("name the first month, as 2026-03", param_hint="--from")
    try:
        begins, ends = month(first), month(last or first)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--from, --to") from None
    if ends.ends_at <= begins.begins_at:
        raise typer.BadParameter(f"{last} is before {first}", param_hint="--to")
    return Span(begins.begins_at, ends.ends_at)


def _with_edition(law: "Rules", file: Path, dry_run: bool) -> "tuple[Rules, Edition]":
    """The law with this edition, which must be in force already unless nothing is to change."""
    from dataclasses import replace

    from portclock.commands.output import say
    from reports.whatif.draft import reviewed
    from timing.limits import Register, read_editions

    if not file.is_file():
        raise Failure(f"there is no file {file}", do="name the file of an edition")
    read, _ = read_editions([file])
    if read and read[0].edition in law.register.editions:
        return law, read[0].edition
    if not dry_run:
        raise Failure(
            f"{file} is not among the editions that judge",
            do="put it into the folder of limits (PORTCLOCK_LIMITS), start the workers again, and "
            "run this again; --dry-run shows what it would change",
        )
    found = reviewed(file, law.register.editions)
    for complaint in found.complaints:
        say(str(complaint))
    if found.draft is None or found.complaints:
        raise Failure(
            f"{len(found.complaints)} findings in {file}", do="correct the lines named above"
        )
    register = Register((*law.register.editions, found.draft))
    return replace(law, register=register), found.draft


def _range(store: "Store", wanted: _Wanted) -> "Range":
    from portclock.restating.ranges import Range, ports_of
    from sinks.units import ports_told

    ports = ports_of(wanted.port, () if wanted.port else ports_told(store))
    return Range(ports, wanted.span, wanted.because)


def _tried(law: "Rules", wanted: _Wanted, quiet: bool) -> "Effect":
    from functools import partial

    from portclock.commands.moments import now
    from portclock.restating.ranges import Effect, tried
    from portclock.restating.settings import Bounds
    from portclock.restating.whole import brought_back

    now_s = int(now().timestamp())
    with _store() as store:
        bring = partial(brought_back, store, law, now_s=now_s)
        if wanted.unit is None:
            return tried(bring, store, _range(store, wanted), Bounds(), _counting(quiet))
        effect = Effect()
        for whole in bring(wanted.port or "", [wanted.unit]).values():
            effect.add(whole)
        return effect


def _restated(law: "Rules", wanted: _Wanted, broker: str | None, quiet: bool) -> "Rounds":
    """Have it done. Raises Failure where it was stopped, or units are left."""
    import time

    from portclock.commands.stopping import asked_to_stop
    from portclock.commands.wiring import broker_of, settings
    from portclock.environment import environment
    from portclock.failure import Stopped
    from portclock.outbox import require_topics
    from portclock.restating.asking import Wish
    from portclock.restating.ranges import Course, Notes, restated
    from portclock.restating.settings import Bounds
    from portclock.restating.settling import Pace, settle
    from portclock.restating.suspects import Suspect
    from portclock.restating.wiring import asking

    brokers, bounds = broker_of(broker, "--broker"), Bounds.from_mapping(environment())
    require_topics(brokers, ["unit-recalls"])
    run, folder = wanted.run(law), settings().data
    notes = Notes(folder / "restating" if folder else None, run)
    wish = Wish(run, wanted.reason)
    with (
        asked_to_stop() as stopping,
        _said(),
        asking(settings().clickhouse, brokers, law, bounds, wish) as (store, rounds),
    ):
        pace = Pace(time.monotonic, stopping.wait)
        if wanted.unit is None:
            course = Course(bounds, pace, notes, _counting(quiet))
            done = restated(rounds, store, _range(store, wanted), course)
        else:
            one = Suspect(wanted.port or "", wanted.unit, None, wanted.because)
            done = settle(rounds, [one], bounds, pace)
    if not done:
        raise Stopped("stopped: what is done is done, and the same command goes on from there")
    return rounds


def _counting(quiet: bool) -> "Callable[[int], None]":
    from portclock.commands.output import say

    def told(units: int) -> None:
        if not quiet:
            say(f"{units:,} units looked at")

    return told


def _show(effect: "Effect", lang: str, json: bool) -> None:
    from portclock.commands.output import print_json, stdout
    from portclock.restating.wording import words

    if json:
        print_json(effect.document())
        return
    from rich.table import Table

    said = words(lang)
    months = ", ".join(sorted(effect.months)) or said.none
    if not effect.cells:
        stdout().print(said.same.format(units=f"{effect.units:,}"))
        return
    table = Table(
        said.port, said.stage, said.limit, said.before, said.after, said.outcomes, box=None
    )
    for cell, number in sorted(effect.cells.items()):
        verdicts = (said.verdicts[cell.before], said.verdicts[cell.after])
        table.add_row(cell.port, cell.stage, cell.limit_id, *verdicts, f"{number:,}")
    stdout().print(table)
    counts = {"units": f"{effect.units:,}", "differing": f"{effect.differing:,}"}
    stdout().print(said.summary.format(**counts, months=months))


def _tell(rounds: "Rounds", lang: str, json: bool) -> None:
    from portclock.commands.output import print_json, stdout
    from portclock.restating.rounds import Ended
    from portclock.restating.wording import words

    ended = {how.value: number for how, number in rounds.ended.items()}
    left = [{"unit": f"{port}/{id}", "why": how.value} for port, id, how in rounds.left]
    if json:
        print_json({**ended, "left": left})
    else:
        counts = {"restated": ended[Ended.RESTATED], "agreed": ended[Ended.AGREED]}
        stdout().print(words(lang).done.format(**counts))
    if left:
        raise Failure(
            f"{len(left)} units are not as a judge of everything has them, such as "
            f"{left[0]['unit']} ({left[0]['why']})",
            do="see that worker and writer run, and that the workers judge by the same editions; "
            "then run this again",
        )


@contextmanager
def _store() -> "Iterator[Store]":
    """The tables of the environment."""
    from contextlib import closing

    from portclock.commands.wiring import settings
    from sinks.clickhouse import ClickHouseStore

    with _said(), closing(ClickHouseStore(settings().clickhouse)) as store:
        yield store


@contextmanager
def _said() -> "Iterator[None]":
    """What tables raise, as a sentence."""
    from sinks.store import StoreRefused, StoreUnavailable

    try:
        yield
    except StoreUnavailable as error:
        raise Failure(str(error), do="start it (portclock up), or set PORTCLOCK_CLICKHOUSE") from (
            error
        )
    except StoreRefused as error:
        raise Failure(str(error), do="run portclock schema diff") from error
